"""The dispatcher: orders in several threads, whatever time brings in one each, woken by NOTIFY and by the clock.

What asks the carrier or reads files has a thread of its own: a carrier that takes seconds to answer, or a plan that
cannot be read, must delay neither the sweep nor the end of an offer.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from ivr.adapters.store.wake import Listener
from ivr.assembly import Parts
from ivr.dispatcher import holding, orders, outlook, reconcile, sweep, timers, unattended
from ivr.dispatcher.plan_watch import PlanWatch
from ivr.operations.work import ORDERS_CHANNEL

_WORKERS = 4
_PLAN_SECONDS = 2.0
_LISTEN_SECONDS = 1.0
_IDLE_SECONDS = 0.25
_AFTER_ERROR_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is looked after every so many `seconds`."""

    name: str
    seconds: float
    do: Callable[[Parts], object]


DUTIES = (
    Duty("timers", 1.0, timers.run_due),
    Duty("unattended", 0.5, unattended.run_due),
    Duty("reconcile", 2.0, reconcile.run_due),
    Duty("sweep", 1.0, sweep.sweep),
    Duty("outlook", 2.0, outlook.rewrite),
    Duty("holding", 1.0, holding.run_due),
)


class InTurn:
    """A dispatcher in one thread, for whoever brings a clock of their own: tests, and playing a day through."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._done_at: dict[Duty, datetime] = {}

    def step(self, now: datetime) -> None:
        """Do the duties whose time has come, and then whatever is ordered."""
        for duty in DUTIES:
            if duty not in self._done_at or (now - self._done_at[duty]).total_seconds() >= duty.seconds:
                self._done_at[duty] = now
                duty.do(self._parts)
        while orders.carry_out_one(self._parts):
            pass


class Dispatcher:
    """Runs until it is stopped. Any number of dispatchers may run beside each other."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start all threads."""
        for number in range(_WORKERS):
            self._begin(f"orders-{number}", self._work_orders)
        for duty in DUTIES:
            self._begin(duty.name, partial(self._every, duty.seconds, partial(duty.do, self._parts)))
        plan_watch = PlanWatch(self._parts)
        self._begin("plan", lambda: self._every(_PLAN_SECONDS, plan_watch.look))
        self._begin("listen", self._listen)

    def stop(self) -> None:
        """Stop after the work in hand; what is left over is taken up by whoever runs next."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=10)

    def wake(self) -> None:
        """There may be an order."""
        with self._wake:
            self._wake.notify_all()

    def _begin(self, name: str, body: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._guarded, args=(name, body), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guarded(self, name: str, body: Callable[[], None]) -> None:
        """A thread outlives whatever goes wrong in a round: the store may be away for a while."""
        while not self._stop.is_set():
            try:
                body()
            except Exception as error:
                log.exception("dispatcher_round_failed", thread=name, error=type(error).__name__)
                self._stop.wait(_AFTER_ERROR_SECONDS)

    def _work_orders(self) -> None:
        while not self._stop.is_set():
            if not orders.carry_out_one(self._parts):
                with self._wake:
                    self._wake.wait(timeout=_IDLE_SECONDS)

    def _every(self, seconds: float, deed: Callable[[], object]) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            deed()
            self._stop.wait(max(0.0, seconds - (time.monotonic() - began)))

    def _listen(self) -> None:
        with Listener(self._parts.engine, ORDERS_CHANNEL) as listener:
            while not self._stop.is_set():
                if listener.heard(timeout_seconds=_LISTEN_SECONDS):
                    self.wake()
