"""Who may have a place back, and in which class."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.routing.groups import Group
from ivr.domain.routing.queue import QueueClass
from ivr.domain.routing.returning import Lost, class_of_return

LEFT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GROUP = Group(id="pas", name={}, hours="townhall")
WAITED = Lost(queue_class=QueueClass.ORDINARY, left_at=LEFT, talk_began_at=None)


def after(seconds: float) -> datetime:
    return LEFT + timedelta(seconds=seconds)


def talked(seconds: float) -> Lost:
    return replace(WAITED, talk_began_at=after(-seconds))


@pytest.mark.parametrize(
    "seconds, found", [(0, QueueClass.ORDINARY), (120, QueueClass.ORDINARY), (121, None), (3600, None)]
)
def test_the_place_is_kept_for_two_minutes(seconds, found):
    assert class_of_return(WAITED, GROUP, after(seconds)) is found


def test_whose_line_was_not_yet_known_to_have_ended_is_in_time():
    assert class_of_return(WAITED, GROUP, after(-3)) is QueueClass.ORDINARY


def test_a_group_may_keep_places_longer_or_never():
    longer, never = (replace(GROUP, return_within=timedelta(seconds=s)) for s in (300, 0))

    assert class_of_return(WAITED, longer, after(300)) is QueueClass.ORDINARY
    assert class_of_return(WAITED, never, after(0)) is None
    assert class_of_return(WAITED, never, after(-3)) is None


def test_who_had_come_back_by_our_fault_does_so_again():
    assert class_of_return(replace(WAITED, queue_class=QueueClass.RETURNED), GROUP, after(5)) is QueueClass.RETURNED


def test_an_urgent_matter_is_first_anyhow():
    assert class_of_return(replace(WAITED, queue_class=QueueClass.URGENT), GROUP, after(5)) is None


@pytest.mark.parametrize(
    "seconds, found", [(1, QueueClass.RETURNED), (19, QueueClass.RETURNED), (20, None), (600, None)]
)
def test_a_talk_cut_short_counts_as_a_line_lost(seconds, found):
    assert class_of_return(talked(seconds), GROUP, after(5)) is found
