"""The life of a line, and whose request may act."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.conversation.legs import LegStatus, Turn, advances, is_over, judge, rank

S = LegStatus
OVER = {S.COMPLETED, S.BUSY, S.NO_ANSWER, S.FAILED, S.CANCELED}


def test_a_line_goes_through_these_stages():
    stages = [S.PLANNED, S.QUEUED, S.INITIATED, S.RINGING, S.IN_PROGRESS, S.COMPLETED]

    assert sorted(stages, key=rank) == stages
    assert all(advances(old, new) for old, new in itertools.combinations(stages, 2))


@pytest.mark.parametrize("status", LegStatus)
def test_five_statuses_are_the_end_and_final(status):
    assert is_over(status) is (status in OVER)
    if is_over(status):
        assert not any(advances(status, new) for new in LegStatus)


@pytest.mark.parametrize("status", LegStatus)
def test_the_same_status_again_tells_nothing(status):
    assert not advances(status, status)


def told(reports) -> LegStatus:
    status = S.PLANNED
    for report in reports:
        if advances(status, report):
            status = report
    return status


@given(st.lists(st.sampled_from([s for s in S if s not in OVER])), st.sampled_from(sorted(OVER)), st.randoms())
def test_reports_in_any_order_and_number_end_in_the_same_place(reports, end, chance):
    shuffled = [*reports, *reports, end]
    chance.shuffle(shuffled)

    assert told(shuffled) == told([*reports, end]) == end


@given(st.lists(st.sampled_from(S)), st.sampled_from(S))
def test_a_line_never_goes_back(reports, more):
    assert rank(told([*reports, more])) >= rank(told(reports))


@pytest.mark.parametrize(
    ("leg_turn", "asked", "same_input", "turn"),
    [
        (3, 3, False, Turn.CURRENT),
        (3, 3, True, Turn.CURRENT),
        (3, 2, True, Turn.JUST_TAKEN),
        (3, 2, False, Turn.STALE),
        (3, 1, True, Turn.STALE),
        (3, 4, True, Turn.STALE),
        (3, None, True, Turn.STALE),
        (0, None, False, Turn.STALE),
        (0, 0, False, Turn.CURRENT),
        (0, -1, False, Turn.STALE),
    ],
)
def test_whose_request_may_act(leg_turn, asked, same_input, turn):
    assert judge(leg_turn, asked, same_input=same_input) is turn


@given(st.integers(0, 99), st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=20))
def test_of_any_requests_each_turn_is_taken_once(turn, requests):
    taken = []
    for asked, same_input in requests:
        if judge(turn, asked, same_input=same_input) is Turn.CURRENT:
            taken.append(asked)
            turn += 1

    assert len(set(taken)) == len(taken)
