"""What a waiting caller is told of the wait."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.routing.estimate import FEWEST_HANDLED, SETTLES_AFTER, Pace, expected, is_worse, wait_minutes

STEPS = {1, 2, 3, 5, 10, 15, 20, 30, 45}
PACE = Pace(handled=20, handle_seconds=300, wait_seconds=None, able=2, staffed=2)


def pace(**changes) -> Pace:
    return replace(PACE, **changes)


paces = st.builds(
    Pace,
    handled=st.integers(FEWEST_HANDLED, 500),
    handle_seconds=st.floats(0, 7200),
    wait_seconds=st.none() | st.floats(0, 36_000),
    able=st.integers(1, 200),
    staffed=st.integers(1, 200),
)
places = st.integers(1, 2000).flatmap(lambda place: st.tuples(st.just(place), st.integers(1, place)))


@pytest.mark.parametrize(
    ("place", "able", "handle_seconds", "minutes"),
    [
        (1, 1, 300, (5, 10)),
        (1, 10, 300, (1, 1)),
        (1, 10, 0, (1, 1)),
        (4, 2, 240, (10, 15)),
        (4, 4, 120, (2, 3)),
        (9, 3, 300, (15, 20)),
        (30, 1, 600, (300, 360)),
    ],
)
def test_the_wait_is_the_work_ahead_shared_by_those_who_take_it_as_a_range_of_minutes_that_people_say(
    place, able, handle_seconds, minutes
):
    shared = pace(able=able, staffed=able, handle_seconds=handle_seconds)

    assert wait_minutes(place, place, shared) == minutes


@pytest.mark.parametrize(
    ("lately_minutes", "minutes"),
    [
        (0, (10, 30)),  # the line has just grown: half of the work ahead at least
        (12, (15, 30)),
        (20, (20, 30)),
        (60, (20, 30)),  # the line has just shrunk: no longer than the work ahead
    ],
)
def test_the_shorter_end_is_what_those_just_answered_waited_bounded_by_the_work_ahead(lately_minutes, minutes):
    assert wait_minutes(8, 8, pace(wait_seconds=lately_minutes * 60)) == minutes


@pytest.mark.parametrize(
    ("own_place", "able", "seconds"),
    [
        (1, 1, 300),  # nine before them, but for others: a tenth of the group's work, and their own specialist's
        (2, 1, 600),
        (10, 1, 3000),
        (1, 10, 300),
    ],
)
def test_callers_who_need_a_skill_wait_for_those_who_have_it_and_for_their_share_of_the_groups_line(
    own_place, able, seconds
):
    assert expected(10, own_place, pace(able=able, staffed=10)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "unknown",
    [
        pace(handled=FEWEST_HANDLED - 1),
        pace(handle_seconds=None),
        pace(able=0),
        pace(able=0, staffed=0),
        pace(since_left=SETTLES_AFTER - timedelta(seconds=1)),
    ],
)
def test_nothing_is_said_while_data_are_thin_nobody_is_there_or_somebody_has_just_left(unknown):
    assert wait_minutes(1, 1, unknown) is None


def test_it_is_said_again_when_the_line_has_felt_who_left():
    assert wait_minutes(1, 1, pace(able=1, staffed=1, since_left=SETTLES_AFTER)) == (5, 10)


@given(places, paces)
def test_both_ends_are_minutes_that_people_say_and_in_order(at, moves):
    low, high = wait_minutes(*at, moves)

    assert low < high or (low, high) == (1, 1)
    assert all(minutes in STEPS or minutes % 60 == 0 for minutes in (low, high))


@given(places, paces, st.integers(0, 50), st.integers(0, 50))
def test_moving_forward_never_makes_it_longer(at, moves, ahead, own_ahead):
    place, own_place = at

    behind = wait_minutes(place + ahead, own_place + own_ahead, moves)

    assert not is_worse(wait_minutes(place, own_place, moves), behind)


@given(places, paces, st.integers(0, 50))
def test_another_agent_never_makes_it_longer(at, moves, more):
    with_more = replace(moves, able=moves.able + more, staffed=moves.staffed + more)

    assert not is_worse(wait_minutes(*at, with_more), wait_minutes(*at, moves))


@given(places, paces)
def test_the_end_that_is_promised_is_never_shorter_than_the_work_ahead(at, moves):
    assert timedelta(minutes=wait_minutes(*at, moves)[1]) >= expected(*at, moves)
