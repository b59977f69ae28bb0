"""The dispatcher: orders in several threads, whatever time brings in one each, woken by NOTIFY and by the clock.

What asks the carrier or reads files has a thread of its own: a carrier that takes seconds to answer, or a plan that
cannot be read, must delay neither the sweep nor the end of an offer.
"""

import threading
import time
from collections.abc import Callable

import structlog

from ivr.adapters.store.wake import Listener
from ivr.assembly import Parts
from ivr.dispatcher import holding, orders, reconcile, sweep, timers, unattended
from ivr.dispatcher.plan_watch import PlanWatch
from ivr.operations.work import ORDERS_CHANNEL

_WORKERS = 4
_SWEEP_SECONDS = 1.0
_UNATTENDED_SECONDS = 0.5
_PLAN_SECONDS = 2.0
_AFTER_ERROR_SECONDS = 1.0

log = structlog.get_logger()


def step(parts: Parts) -> int:
    """Everything that can be done now, once, in this thread: for tests, and for whoever brings a clock of their own."""
    done = timers.run_due(parts) + unattended.run_due(parts) + reconcile.run_due(parts)
    sweep.sweep(parts)
    done += holding.run_due(parts)
    while orders.carry_out_one(parts):
        done += 1
    return done


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
        self._begin("sweep", lambda: self._every(_SWEEP_SECONDS, lambda: sweep.sweep(self._parts)))
        self._begin("timers", lambda: self._every(_SWEEP_SECONDS, lambda: timers.run_due(self._parts)))
        self._begin("holding", lambda: self._every(_SWEEP_SECONDS, lambda: holding.run_due(self._parts)))
        self._begin("unattended", lambda: self._every(_UNATTENDED_SECONDS, lambda: unattended.run_due(self._parts)))
        self._begin("reconcile", lambda: self._every(_SWEEP_SECONDS, lambda: reconcile.run_due(self._parts)))
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
                    self._wake.wait(timeout=_SWEEP_SECONDS / 4)

    def _every(self, seconds: float, deed: Callable[[], object]) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            deed()
            self._stop.wait(max(0.0, seconds - (time.monotonic() - began)))

    def _listen(self) -> None:
        with Listener(self._parts.engine, ORDERS_CHANNEL) as listener:
            while not self._stop.is_set():
                if listener.heard(timeout_seconds=_SWEEP_SECONDS):
                    self.wake()
