"""Finds the browser that the tests use: the system's Chromium, else one that playwright can install, else none.

`python -m tests.kit.browser` does this before the tests and says clearly when the browser tests will be left out;
with IVR_NOTHING_LEFT_OUT=1, as in CI, that is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_running: list[Playwright] = []
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def system_browser() -> str | None:
    """The path of a Chromium on this machine, `IVR_CHROMIUM` first."""
    named = os.environ.get("IVR_CHROMIUM")
    if named:
        return named
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def executable() -> str | None:
    """The browser to use, None where there is none."""
    found = system_browser()
    if found is not None:
        return found
    with _driver() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def _driver() -> Iterator[Playwright]:
    """What drives the browsers of this process: a second one cannot be started beside the first."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as started:
        _running.append(started)
        try:
            yield started
        finally:
            _running.clear()


@contextmanager
def open_browser(microphone: Path | None = None) -> Iterator[Browser]:
    """A headless browser for as long as the context lasts. `microphone` is a WAV file that its microphone hears once,
    from the moment on which a page opens it; pages get it without a question."""
    with _driver() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=[*ARGUMENTS, *(_hearing(microphone) if microphone else ())]
        )
        try:
            yield browser
        finally:
            browser.close()


def _hearing(wav: Path) -> tuple[str, ...]:
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={wav}%noloop",
    )


def main() -> int:
    """Make a browser available, if it can be had."""
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if executable() is not None:
        return 0
    print("No Chromium was found and none could be installed: THE BROWSER TESTS WILL BE LEFT OUT.", file=sys.stderr)
    print("Install Chromium, or name it in IVR_CHROMIUM.", file=sys.stderr)
    return 1 if os.environ.get("IVR_NOTHING_LEFT_OUT") else 0


if __name__ == "__main__":
    sys.exit(main())
