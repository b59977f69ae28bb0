"""What every test may ask for: a database, a town, a browser."""

import os
from collections.abc import Iterator
from pathlib import Path

# Before anything reads it: all processes of the tests learn from the grammars once, and keep it from run to run.
os.environ.setdefault("IVR_TRAINED", str(Path(__file__).parents[1] / "var" / "trained"))

import pytest
from playwright.sync_api import Browser

from tests.kit.browser import executable, open_browser
from tests.kit.database import database_url, emptied, engine  # noqa: F401
from tests.kit.processes import LiveTown, open_live_town
from tests.kit.town import Town, open_town


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser its tests are left out, and the report says so; in CI that is a failure."""
    if executable() is not None:
        return
    if os.environ.get("IVR_NOTHING_LEFT_OUT"):
        raise pytest.UsageError("No Chromium: the browser tests would be left out, and here nothing may be.")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: the browser tests are left out"))


@pytest.fixture
def town(engine, database_url: str, tmp_path: Path) -> Iterator[Town]:  # noqa: F811
    """Lillebælt Kommune on Monday 23 November 2026 at ten, empty and open."""
    with open_town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def live_town(engine, database_url: str, tmp_path: Path) -> Iterator[LiveTown]:  # noqa: F811
    """The same town as real processes on the real clock."""
    with open_live_town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real, headless Chromium."""
    with open_browser() as opened:
        yield opened
