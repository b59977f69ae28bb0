"""What an agent does, and what may follow what."""

import itertools

import pytest

from ivr.domain.errors import Refused
from ivr.domain.routing.agents import BUSY, ENDS_BUSINESS, HUMAN_MOVES, MOVES, AgentMove, AgentState, move

S, M = AgentState, AgentMove
PAIRS = list(itertools.product(AgentState, AgentMove))


@pytest.mark.parametrize(("state", "what"), PAIRS)
def test_every_move_is_in_the_table_or_refused_with_both_names(state, what):
    if (state, what) in MOVES:
        assert move(state, what) is MOVES[state, what]
        return

    with pytest.raises(Refused) as refused:
        move(state, what)
    assert refused.value.text == f"An agent who is {state.value} cannot have {what.value}."


@pytest.mark.parametrize(
    ("moves", "ends"),
    [
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_ACCEPTED, M.TALK_ENDED, M.WRAP_UP_DONE], S.READY),
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_MISSED], S.BREAK),
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_WITHDRAWN], S.READY),
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_ACCEPTED, M.OFFER_WITHDRAWN], S.READY),
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_ACCEPTED, M.LINE_LOST], S.BREAK),
        ([M.BECAME_READY, M.OFFER_MADE, M.OFFER_ACCEPTED, M.OFFER_MISSED], S.BREAK),
        ([M.BECAME_READY, M.WENT_ON_BREAK, M.SIGNED_OUT], S.OFFLINE),
    ],
)
def test_the_life_of_a_day(moves, ends):
    state = S.OFFLINE
    for what in moves:
        state = move(state, what)

    assert state is ends


@pytest.mark.parametrize(
    ("what", "ends"),
    [
        (M.OFFER_WITHDRAWN, {None: S.READY, S.READY: S.READY, S.BREAK: S.BREAK, S.OFFLINE: S.OFFLINE}),
        (M.WRAP_UP_DONE, {None: S.READY, S.READY: S.READY, S.BREAK: S.BREAK, S.OFFLINE: S.OFFLINE}),
        (M.OFFER_MISSED, {None: S.BREAK, S.READY: S.BREAK, S.BREAK: S.BREAK, S.OFFLINE: S.OFFLINE}),
        (M.LINE_LOST, {None: S.BREAK, S.READY: S.BREAK, S.BREAK: S.BREAK, S.OFFLINE: S.OFFLINE}),
    ],
)
def test_the_last_wish_wins_when_the_business_ends_and_nobody_is_nearer_to_callers_than_wished(what, ends):
    before = [state for state, move_ in MOVES if move_ is what]

    assert before
    for state in before:
        assert {wanted: move(state, what, wanted=wanted) for wanted in ends} == ends


def test_these_moves_end_the_business():
    assert {M.OFFER_WITHDRAWN, M.WRAP_UP_DONE, M.OFFER_MISSED, M.LINE_LOST} == ENDS_BUSINESS


@pytest.mark.parametrize(("state", "what"), [pair for pair in MOVES if pair[1] not in ENDS_BUSINESS])
@pytest.mark.parametrize("wanted", [None, S.READY, S.BREAK, S.OFFLINE])
def test_a_wish_interrupts_nothing(state, what, wanted):
    assert move(state, what, wanted=wanted) is MOVES[state, what]


@pytest.mark.parametrize("state", sorted(BUSY))
@pytest.mark.parametrize("wish", HUMAN_MOVES.values())
def test_nobody_walks_away_from_a_caller(state, wish):
    with pytest.raises(Refused):
        move(state, wish)


@pytest.mark.parametrize("state", sorted(set(AgentState) - BUSY))
def test_whoever_is_not_busy_may_go_anywhere(state):
    assert {move(state, wish) for wish in HUMAN_MOVES.values()} == {S.READY, S.BREAK, S.OFFLINE}


def test_only_the_ready_are_offered_a_caller():
    assert [state for state, what in MOVES if what is M.OFFER_MADE] == [S.READY]
