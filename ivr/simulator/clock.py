"""The carrier's time: a schedule of events, moved by hand in tests and by the wall clock in the demo.

Whatever changes the carrier's state runs under `lock`, one event at a time. A request to the product is work
*outside*: no lock is held while it is on its way, because the product may ask the REST API before it answers.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

log = logging.getLogger(__name__)

Action = Callable[[], object]
EVENTS_WITHOUT_TIME_PASSING = 10_000


@dataclass(order=True)
class Timer:
    """An event to come. One that was cancelled is skipped when its time arrives."""

    due: datetime
    order: int
    action: Action = field(compare=False)
    is_outside: bool = field(default=False, compare=False)
    is_cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.is_cancelled = True


class Clock(Protocol):
    """What the carrier asks of time."""

    lock: Any

    def now(self) -> datetime: ...

    def after(self, seconds: float, action: Action) -> Timer: ...

    def outside(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None: ...

    def watch(self, hook: Action) -> None: ...


class VirtualClock:
    """Time that moves only in `run`: one thread, nothing sleeps, the same order of events every time."""

    def __init__(self, start: datetime | None = None) -> None:
        self.lock = threading.RLock()
        self._now = start or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._hooks: list[Action] = []

    def now(self) -> datetime:
        return self._now

    def after(self, seconds: float, action: Action) -> Timer:
        """Schedule `action`, which will run under the lock."""
        with self.lock:
            return self._push(seconds, action, is_outside=False)

    def outside(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do `work` without the lock, as the next thing at this instant; `then` gets its result under the lock."""

        def act() -> None:
            result = work()
            with self.lock:
                then(result)

        with self.lock:
            self._push(0, act, is_outside=True)

    def watch(self, hook: Action) -> None:
        """Call `hook`, without any lock, after every event."""
        self._hooks.append(hook)

    def advance(self, seconds: float) -> None:
        self.run(seconds)

    def run(self, seconds: float, satisfied: Callable[[], bool] = lambda: False) -> bool:
        """Move time until `satisfied`, at most `seconds`. False when the time was up first."""
        until = self._now + timedelta(seconds=seconds)
        instant, events = self._now, 0
        while True:
            with self.lock:
                if satisfied():
                    return True
                timer = self._take(until)
                if timer is None:
                    self._now = until
                    return False
                if not timer.is_outside:
                    timer.action()
            if timer.is_outside:
                timer.action()
            for hook in self._hooks:
                hook()
            instant, events = (self._now, events + 1) if instant == self._now else (self._now, 0)
            if events > EVENTS_WITHOUT_TIME_PASSING:
                raise RuntimeError(f"{events} events at {instant:%H:%M:%S} without time passing: documents in a loop?")

    def _push(self, seconds: float, action: Action, is_outside: bool) -> Timer:
        timer = Timer(self._now + timedelta(seconds=max(seconds, 0)), next(self._order), action, is_outside)
        heapq.heappush(self._heap, timer)
        return timer

    def _take(self, until: datetime) -> Timer | None:
        while self._heap and self._heap[0].due <= until:
            timer = heapq.heappop(self._heap)
            if not timer.is_cancelled:
                self._now = max(self._now, timer.due)
                return timer
        return None


class RealClock:
    """Time that passes by itself, `speed` times as fast as on the wall; requests are made by a few worker threads."""

    def __init__(self, speed: float = 1.0, workers: int = 16) -> None:
        self.lock = threading.RLock()
        self.speed = speed
        self._wake = threading.Condition(self.lock)
        self._began, self._zero = datetime.now(UTC), time.monotonic()
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._hooks: list[Action] = []
        self._is_stopped = False
        self._workers = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="carrier-webhook")
        self._thread = threading.Thread(target=self._run, name="carrier-clock", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=(time.monotonic() - self._zero) * self.speed)

    def after(self, seconds: float, action: Action) -> Timer:
        with self._wake:
            timer = Timer(self.now() + timedelta(seconds=max(seconds, 0)), next(self._order), action)
            heapq.heappush(self._heap, timer)
            self._wake.notify()
            return timer

    def outside(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        def act() -> None:
            try:
                result = work()
                with self.lock:
                    then(result)
            except Exception:
                log.exception("a request of the simulated carrier failed")
            self._call_hooks()

        if not self._is_stopped:
            self._workers.submit(act)

    def watch(self, hook: Action) -> None:
        self._hooks.append(hook)

    def stop(self) -> None:
        """Nothing further happens; requests on their way are let finish."""
        with self._wake:
            self._is_stopped = True
            self._wake.notify()
        self._thread.join(timeout=5)
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while self._step():
            self._call_hooks()

    def _step(self) -> bool:
        with self._wake:
            while not self._is_stopped:
                wait = (self._heap[0].due - self.now()).total_seconds() / self.speed if self._heap else None
                if wait is not None and wait <= 0:
                    break
                self._wake.wait(wait)
            if self._is_stopped:
                return False
            timer = heapq.heappop(self._heap)
            try:
                if not timer.is_cancelled:
                    timer.action()
            except Exception:
                log.exception("an event of the simulated carrier failed")
            return True

    def _call_hooks(self) -> None:
        for hook in self._hooks:
            hook()
