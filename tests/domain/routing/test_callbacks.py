"""When a callback is offered, until when it is promised, and whether the promise was kept."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.measures import callbacks
from ivr.domain.measures.callbacks import PromisedCall
from ivr.domain.measures.service_level import Share
from ivr.domain.routing.callbacks import CallbackPolicy, CallbackState, is_kept, is_offered, promised_until

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
POLICY = CallbackPolicy(offered_from=timedelta(minutes=3))


def after(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("wait", "waited", "offered"),
    [
        ((1, 3), None, False),
        ((2, 5), None, True),
        ((1, 2), timedelta(minutes=9), False),
        (None, timedelta(minutes=2), False),
        (None, timedelta(minutes=3), True),
        (None, None, False),
    ],
)
def test_it_is_offered_by_what_is_expected_and_else_by_what_has_been(wait, waited, offered):
    assert is_offered(POLICY, wait, waited) is offered


@pytest.mark.parametrize(
    ("now", "wait", "until"),
    [
        (TEN, (1, 5), after(30)),
        (after(1), (1, 5), after(45)),
        (TEN, (10, 20), after(45)),
        (TEN, (30, 60), after(120)),
        (TEN, None, after(60)),
    ],
)
def test_the_promise_is_twice_the_wait_to_a_quarter_of_an_hour(now, wait, until):
    assert promised_until(now, wait) == until


@given(st.integers(0, 1439), st.one_of(st.none(), st.integers(1, 240).map(lambda high: (1, high))))
def test_no_promise_is_shorter_than_half_an_hour_or_than_the_wait(minute, wait):
    now = TEN.replace(hour=minute // 60, minute=minute % 60)

    until = promised_until(now, wait)

    assert until - now >= max(timedelta(minutes=30), timedelta(minutes=wait[1] if wait else 0))
    assert until.minute % 15 == 0


@pytest.mark.parametrize(
    ("first_called", "ended", "now", "kept"),
    [
        (after(30), None, after(31), True),
        (after(30), after(90), after(99), True),
        (after(46), after(50), after(99), False),
        (None, None, after(46), False),
        (None, None, after(44), None),
        (None, after(20), after(99), None),
        (None, after(50), after(99), False),
    ],
    ids=["rung", "rung and not reached in time", "rung late", "late", "due", "cancelled before", "cancelled too late"],
)
def test_a_promise_is_kept_when_the_citizen_is_first_rung_in_time(first_called, ended, now, kept):
    assert is_kept(after(45), first_called, ended, now) is kept


def test_the_figures_of_a_period():
    def promised(state: CallbackState, called: float | None, ended: float | None) -> PromisedCall:
        return PromisedCall(
            state=state,
            entered_at=TEN,
            promised_until=after(45),
            first_called_at=None if called is None else after(called),
            ended_at=None if ended is None else after(ended),
        )

    calls = [
        promised(CallbackState.REACHED, 20, 21),
        promised(CallbackState.REACHED, 50, 51),
        promised(CallbackState.CANCELLED, None, 10),
        promised(CallbackState.OPEN, None, None),
    ]

    assert callbacks.kept(calls, after(40)) == Share(numerator=1, denominator=2)
    assert callbacks.count(calls, CallbackState.REACHED) == 2
    assert callbacks.longest_wait(calls) == 51 * 60
    assert callbacks.longest_wait([]) is None
