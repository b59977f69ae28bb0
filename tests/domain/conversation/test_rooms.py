"""Who is in the room and who is on hold, whatever becomes of the reports on their way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.conversation.rooms import Report, Stay, have_met, over, told


def report(sequence: int, *, room: str = "CF1", in_room: bool = True, held: bool | None = False) -> Report:
    return Report(room=room, sequence=sequence, in_room=in_room, held=held)


def after(*reports: Report, stay: Stay | None = None) -> Stay:
    stay = stay or Stay()
    for one in reports:
        stay = told(stay, one)
    return stay


JOIN, HOLD, UNHOLD, LEAVE = report(1), report(4, held=True), report(5), report(8, in_room=False)


@pytest.mark.parametrize(
    ("reports", "in_room", "held"),
    [
        ([JOIN], True, False),
        ([JOIN, HOLD], True, True),
        ([JOIN, HOLD, UNHOLD], True, False),
        ([JOIN, UNHOLD, HOLD], True, False),
        ([HOLD, JOIN], True, True),
        ([LEAVE, JOIN, HOLD], False, False),
        ([JOIN, LEAVE, LEAVE], False, False),
        ([JOIN, HOLD, report(6, held=None)], True, True),
    ],
)
def test_the_report_with_the_highest_number_is_right(reports, in_room, held):
    stay = after(*reports)

    assert (stay.in_room, stay.held) == (in_room, held)


def test_a_conference_of_the_same_name_counts_from_one_again():
    stay = after(JOIN, LEAVE, report(1, room="CF2"))

    assert stay == Stay(room="CF2", room_sequence=1, left_rooms=("CF1",), in_room=True, held=False)


def test_what_comes_late_of_the_room_before_changes_nothing():
    stay = after(JOIN, report(1, room="CF2"))

    assert after(HOLD, LEAVE, stay=stay) == stay


def test_nothing_of_a_room_is_news_once_it_is_over():
    stay = over(after(JOIN, HOLD))

    assert stay == Stay(left_rooms=("CF1",))
    assert after(UNHOLD, LEAVE, JOIN, stay=stay) == stay


def test_before_any_report_nothing_is_over():
    assert over(Stay()) == Stay()


def test_two_have_met_when_they_are_in_the_same_room():
    here, there, gone = after(JOIN), after(report(1, room="CF2")), after(JOIN, LEAVE)

    assert have_met(here, after(report(2)))
    assert not have_met(here, there)
    assert not have_met(here, gone)
    assert not have_met(here, Stay())
    assert not have_met(Stay(in_room=True), Stay(in_room=True))


STORY = st.lists(st.builds(report, st.just(0), in_room=st.booleans(), held=st.booleans()), min_size=1, max_size=9)


def numbered(story: list[Report], room: str) -> list[Report]:
    return [report(n, room=room, in_room=one.in_room, held=one.held) for n, one in enumerate(story, start=1)]


@given(STORY, st.data())
def test_reports_in_any_order_and_number_end_in_the_same_place(story, data):
    sent = numbered(story, "CF1")
    arrived = data.draw(st.permutations([*sent, *data.draw(st.lists(st.sampled_from(sent)))]))

    assert after(*arrived) == after(*sent)


@given(STORY, STORY, st.data())
def test_two_conferences_after_each_other_are_told_apart_in_any_order(story, next_story, data):
    sent, sent_next = numbered(story, "CF1"), numbered(next_story, "CF2")
    early = data.draw(st.permutations(sent))
    seen = data.draw(st.integers(1, len(sent)))
    late = data.draw(st.permutations([*early[seen:], *early, *sent_next]))

    first = over(after(*early[:seen]))

    assert after(*late, stay=first) == after(*sent_next, stay=over(after(*sent)))
