"""The life of whatever occupies an agent."""

import itertools

import pytest

from ivr.domain.errors import Refused
from ivr.domain.routing.engagements import HOLDS_ENTRY, LIVE, MOVES, EngagementState, check_move

E = EngagementState


@pytest.mark.parametrize(("before", "after"), list(itertools.product(E, E)))
def test_every_move_is_in_the_table_or_refused_with_both_names(before, after):
    if after in MOVES.get(before, ()):
        check_move(before, after)
        return

    with pytest.raises(Refused) as refused:
        check_move(before, after)
    assert refused.value.text == f"An engagement that is {before.value} cannot become {after.value}."


def test_what_occupies_an_agent_can_end_and_what_has_ended_stays_so():
    assert set(MOVES) == LIVE
    for state in LIVE:
        reached, new = {state}, {state}
        while new:
            new = {after for before in new for after in MOVES.get(before, ())} - reached
            reached |= new
        assert reached - LIVE


def test_a_wrap_up_occupies_the_agent_and_not_the_caller():
    occupied_alone = LIVE - HOLDS_ENTRY

    assert occupied_alone == {E.WRAP_UP}


def test_nobody_talks_without_having_accepted():
    assert [before for before, after in MOVES.items() if E.CONNECTED in after] == [E.ACCEPTED]
    assert [before for before, after in MOVES.items() if E.WRAP_UP in after] == [E.CONNECTED]
