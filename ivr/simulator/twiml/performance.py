"""Carrying out a document, verb by verb, as one coroutine per leg.

A verb is a generator. It yields what it must wait for, `Wait` (time, or an occurrence it listens for) or `Fetch` (an
answer from the product), and is resumed with what came. Closing the generator takes the leg out of whatever it was
doing, so a verb that holds something (a place in a conference, a call to another party) gives it back in `finally`.

Always resumed under the clock's lock, and only from the schedule: an occurrence that one leg causes for another
travels as an event.
"""

import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from ivr.simulator.clock import Clock, Timer
from ivr.simulator.webhooks import Reply


@dataclass(frozen=True)
class Wait:
    """Until one of `until` occurs, at most `seconds` (None: for ever). Resumes with the occurrence, or None."""

    seconds: float | None = None
    until: tuple[type, ...] = ()


@dataclass(frozen=True)
class Fetch:
    """An answer from the product. Resumes with the `Reply`."""

    url: str
    method: str = "POST"
    fields: dict[str, str] = field(default_factory=dict)
    is_media: bool = False


@dataclass(frozen=True)
class Pressed:
    digit: str


@dataclass(frozen=True)
class Spoke:
    text: str
    confidence: float | None = None
    seconds: float = 1.0


@dataclass(frozen=True)
class RoomClosed:
    """The conference of this leg has ended, or the leg was put out of it."""


@dataclass(frozen=True)
class ChildReady:
    call: Any


@dataclass(frozen=True)
class ChildEnded:
    call: Any


@dataclass(frozen=True)
class Go:
    """Call flow goes on with the document found there."""

    url: str
    method: str = "POST"
    fields: dict[str, str] = field(default_factory=dict)


class Hang:
    """Call flow ends here and the carrier hangs up."""


Score = Generator[Wait | Fetch, Any, Any]


class Performance:
    """A generator under way on a leg."""

    def __init__(self, clock: Clock, fetch: Callable[[Fetch, Callable[[Reply], None]], None], score: Score) -> None:
        self.is_over = False
        self.result: Any = None
        self._clock, self._fetch, self._score = clock, fetch, score
        self._wait: Wait | None = None
        self._timer: Timer | None = None
        self._step = 0
        self._when_over: Callable[[Any], None] = lambda result: None

    @property
    def is_fetching(self) -> bool:
        return not self.is_over and self._step > 0 and self._wait is None

    def start(self, when_over: Callable[[Any], None] = lambda result: None) -> "Performance":
        """Begin as the next event, so that a performance may be started from inside another."""
        self._when_over = when_over
        self._clock.after(0, lambda: self._resume(0, None))
        return self

    def deliver(self, occurrence: object) -> bool:
        """Whether the performance was listening for this; if so it goes on with it."""
        if self.is_over or self._wait is None or not isinstance(occurrence, self._wait.until):
            return False
        self._resume(self._step, occurrence)
        return True

    def time_out(self) -> bool:
        """The period that the performance waits for ends now. False when it waits for something else."""
        if self.is_over or self._wait is None or self._wait.seconds is None:
            return False
        self._resume(self._step, None)
        return True

    def stop(self) -> None:
        """Take the leg out of whatever it is doing; nothing follows."""
        if not self.is_over:
            self.is_over = True
            self._forget_wait()
            if inspect.getgeneratorstate(self._score) == inspect.GEN_RUNNING:
                # stopped by something that it caused itself: let it reach its next wait first
                self._clock.after(0, self._score.close)
            else:
                self._score.close()

    def _resume(self, step: int, value: Any) -> None:
        if self.is_over or step != self._step:
            return
        self._forget_wait()
        self._step += 1
        try:
            wanted = self._score.send(value)
        except StopIteration as stop:
            if not self.is_over:
                self.is_over, self.result = True, stop.value
                self._when_over(stop.value)
            return
        if self.is_over:
            return
        step = self._step
        if isinstance(wanted, Fetch):
            self._fetch(wanted, lambda reply: self._resume(step, reply))
        else:
            self._wait = wanted
            if wanted.seconds is not None:
                self._timer = self._clock.after(wanted.seconds, lambda: self._resume(step, None))

    def _forget_wait(self) -> None:
        self._wait = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
