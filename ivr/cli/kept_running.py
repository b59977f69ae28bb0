"""Processes that are kept running: one that ends is told of in the log and forked anew, after pauses that grow.

They are forked from memory, where all they need has been imported and compiled: it takes milliseconds, and callers wait for
no start. One that was killed has not failed: whoever kills it, an operator or a machine short of memory, wants it to end and
not to stay away.

Callers would be greeted and never put through while the dispatcher is away, and not be greeted at all without the web.
One that ends time and again as soon as it is started cannot be helped from here; where it `may_give_up`, all of it ends,
so that whoever watches over this process hears of it and callers get the fallback document.
"""

import gc
import multiprocessing
import signal
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import click
import structlog
from setproctitle import setproctitle

from ivr.cli.endings import DONE, OUR_FAULT, ending_well

# Longer than a start takes: one that has lived for so long had come up, and what ended it was not its start.
_QUICK_SECONDS = 10.0
_MOST_QUICK_ENDS = 5
_LONGEST_PAUSE_SECONDS = 15.0
_LOOK_SECONDS = 0.1
_STOP_SECONDS = 10

_FORK = multiprocessing.get_context("fork")

log = structlog.get_logger()


@dataclass(kw_only=True)
class Kept:
    """A process by its name in the log and among the processes of the machine; it ends when `body` does.

    `body` must not count on what a process cannot share with another: connections, threads. `quick_ends` counts those in a
    row that came soon after a start.
    """

    name: str
    body: Callable[[], object]
    may_give_up: bool = False
    process: BaseProcess | None = None
    began: float = 0.0
    quick_ends: int = 0
    again_at: float = 0.0

    def start(self, now: float) -> None:
        self.process, self.began = _FORK.Process(target=_be, args=(self.name, self.body), name=self.name), now
        self.process.start()

    def ended(self, code: int, now: float) -> None:
        """It has ended by itself: when it is started again."""
        self.process = None
        if code != -signal.SIGKILL:
            self.quick_ends = self.quick_ends + 1 if now - self.began < _QUICK_SECONDS else 0
        pause = pause_after(self.quick_ends)
        self.again_at = now + pause
        log.error(f"{self.name}_ended", **how_it_ended(code), again_in_seconds=None if self.is_hopeless else pause)

    @property
    def is_hopeless(self) -> bool:
        return self.may_give_up and self.quick_ends >= _MOST_QUICK_ENDS


def _be(name: str, body: Callable[[], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    setproctitle(f"ivr: {name}")
    ending_well(body)


def pause_after(quick_ends: int) -> float:
    """Seconds until it is started again: at once, then after 1, 2, 4 … up to 15 while its ends are quick."""
    return min(2.0 ** (quick_ends - 1), _LONGEST_PAUSE_SECONDS) if quick_ends else 0.0


def how_it_ended(code: int) -> dict[str, int | str]:
    """By its own exit code, or by a signal, which is named."""
    if code >= 0:
        return {"code": code}
    try:
        return {"signal": signal.Signals(-code).name}
    except ValueError:
        return {"signal": str(-code)}


def until_stopped(kept: Sequence[Kept]) -> int:
    """Run them until a signal comes, or until one of them is given up; then end all of them and leave no process.

    Gives the exit code of a command.
    """

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    # What was made before is shared by all of them for as long as no collector walks through it.
    gc.collect()
    gc.freeze()
    try:
        for one in kept:
            one.start(time.monotonic())
        while True:
            time.sleep(_LOOK_SECONDS)
            for one in kept:
                _look_after(one, time.monotonic())
                if one.is_hopeless:
                    click.echo(
                        f"The {one.name} ended {one.quick_ends} times soon after its start; the lines above tell why.",
                        err=True,
                    )
                    return OUR_FAULT
    except KeyboardInterrupt:
        return DONE
    finally:
        _end(kept)


def _look_after(one: Kept, now: float) -> None:
    code = one.process.exitcode if one.process is not None else None
    if code is not None:
        one.ended(code, now)
    elif one.process is None and now >= one.again_at:
        one.start(now)
        log.warning(f"{one.name}_started_anew")


def _end(kept: Sequence[Kept]) -> None:
    # A second signal must not cut this short: what is left over would hold the port.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    running = [one.process for one in kept if one.process is not None]
    for process in running:
        process.terminate()
    for process in running:
        process.join(timeout=_STOP_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
