"""Time by hand and time by itself."""

import threading
from datetime import timedelta

import pytest

from ivr.simulator.clock import RealClock, VirtualClock


def test_events_happen_in_order_of_time_and_then_of_scheduling():
    clock, seen = VirtualClock(), []
    clock.after(2, lambda: seen.append("later"))
    clock.after(1, lambda: seen.append("first"))
    clock.after(1, lambda: seen.append("second"))

    clock.advance(1.5)
    assert seen == ["first", "second"]
    clock.advance(1)
    assert seen == ["first", "second", "later"]


def test_a_cancelled_event_does_not_happen():
    clock, seen = VirtualClock(), []
    clock.after(1, lambda: seen.append("no")).cancel()

    clock.advance(2)

    assert seen == []


def test_time_stops_where_the_condition_is_met():
    clock, seen = VirtualClock(), []
    began = clock.now()
    clock.after(3, lambda: seen.append(1))

    assert clock.run(10, lambda: bool(seen)) is True
    assert clock.now() - began == timedelta(seconds=3)
    assert clock.run(10, lambda: len(seen) > 1) is False
    assert clock.now() - began == timedelta(seconds=13)


def test_work_outside_is_done_without_the_lock_and_its_result_handled_with_it():
    clock, seen = VirtualClock(), []

    def is_free() -> bool:
        free = []

        def try_it() -> None:
            free.append(clock.lock.acquire(blocking=False))
            if free[0]:
                clock.lock.release()

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        return free[0]

    clock.outside(is_free, seen.append)
    clock.after(0, lambda: seen.append(is_free()))
    clock.advance(0)

    assert seen == [True, False]


def test_hooks_are_called_after_every_event():
    clock, calls = VirtualClock(), []
    clock.watch(lambda: calls.append(clock.now()))
    clock.after(1, lambda: None)
    clock.after(2, lambda: None)

    clock.advance(5)

    assert len(calls) == 2


def test_a_loop_without_time_passing_is_reported():
    clock = VirtualClock()

    def again() -> None:
        clock.after(0, again)

    again()

    with pytest.raises(RuntimeError, match="without time passing"):
        clock.advance(1)


def test_real_time_passes_by_itself_at_its_speed():
    clock, done = RealClock(speed=100), threading.Event()
    results = []
    began = clock.now()

    clock.after(1, lambda: clock.outside(lambda: "answer", lambda answer: (results.append(answer), done.set())))

    assert done.wait(5)
    assert results == ["answer"]
    assert clock.now() - began >= timedelta(seconds=1)
    clock.stop()
