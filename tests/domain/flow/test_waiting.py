"""In line, and after the talk."""

import pytest

from ivr.domain.flow.actions import Enqueue, HangUp, LeaveLine
from ivr.domain.flow.events import AgentFinished, LineLost
from ivr.domain.flow.state import Place
from tests.domain.flow.town import NIGHT, Caller, but


def waiting(topic: str = "boligstoette") -> Caller:
    caller = Caller()
    caller.say("…", topic)
    return caller


def told(caller: Caller, position: int | None, wait: tuple[int, int] | None) -> str:
    caller.facts = but(position=position, wait_minutes=wait)
    caller.is_silent()
    return caller.hears


def test_the_place_and_an_honest_range_are_told_when_they_change_for_the_better():
    caller = waiting()

    heard = [
        told(caller, 5, (5, 10)),
        told(caller, 5, (5, 10)),
        told(caller, 3, (3, 6)),
        told(caller, 1, (1, 1)),
    ]

    assert heard == [
        "Du er nummer 5 i køen. Ventetiden er mellem 5 og 10 minutter.",
        "Du står stadig i kø, og vi svarer, så snart vi kan.",
        "Du er nummer 3 i køen. Ventetiden er mellem 3 og 6 minutter.",
        "Du er den næste i køen. Ventetiden er omkring et minut.",
    ]


def test_what_is_told_never_gets_worse():
    caller = waiting()
    told(caller, 3, (3, 6))

    assert told(caller, 4, (8, 16)) == "Du står stadig i kø, og vi svarer, så snart vi kan."
    assert told(caller, 2, (4, 8)) == "Du er nummer 2 i køen."
    assert told(caller, 2, (2, 5)) == "Ventetiden er mellem 2 og 5 minutter."


def test_nothing_is_said_of_the_wait_while_it_is_not_known():
    caller = waiting()

    assert told(caller, 2, None) == "Du er nummer 2 i køen."
    assert told(caller, None, None) == "Du står stadig i kø, og vi svarer, så snart vi kan."


def test_a_link_is_mentioned_when_there_is_news_and_not_at_every_turn():
    caller = waiting("hjemmehjaelp")
    assert "Tast 2" in caller.hears

    assert "Tast 2" in told(caller, 2, None)
    assert "Tast 2" not in told(caller, 2, None)


@pytest.mark.parametrize("key", ["1", "2", "5", "#"])
def test_a_key_that_means_nothing_in_line_changes_nothing(key):
    caller = waiting()
    before = caller.state

    caller.press(key)

    assert (caller.state, caller.deeds) == (before, ())
    assert caller.waits


def test_zero_in_line_keeps_the_place():
    caller = waiting()

    caller.press("0")

    assert caller.hears == "Du står allerede i kø til en medarbejder, og du beholder din plads."
    assert not caller.done(Enqueue)


def test_nine_in_line_is_asked_once_more_before_it_costs_the_place():
    caller = waiting()

    caller.press("9")
    assert caller.hears.startswith("Vil du forlade køen?")
    assert not caller.deeds
    caller.press("9")

    assert caller.deeds == (LeaveLine(),)
    assert caller.hears.startswith("Hvad drejer dit opkald sig om?")


@pytest.mark.parametrize("answer", [lambda c: c.press("1"), lambda c: c.press("5"), lambda c: c.is_silent()])
def test_anything_but_nine_keeps_the_place(answer):
    caller = waiting()
    caller.press("9")

    answer(caller)

    assert not caller.done(LeaveLine)
    assert caller.hears == "Du beholder din plads i køen."
    assert caller.waits


def test_whoever_left_the_line_can_stand_in_line_for_something_else():
    caller = waiting()
    caller.press("9", "9")

    caller.say("affald", "affald")
    caller.press("0")

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="affald")]
    caller.press("9", "9", "9")
    assert caller.state.place is Place.QUESTION


def test_a_lost_line_is_told_and_the_caller_is_first_and_never_of_a_later_place():
    caller = waiting()
    told(caller, 3, (3, 6))

    caller.does(LineLost())

    assert caller.hears == "Vi mistede forbindelsen til medarbejderen. Du er først i køen."
    assert not caller.done(Enqueue)
    assert told(caller, 2, (1, 4)) == "Ventetiden er mellem 1 og 4 minutter."


def test_a_lost_line_in_the_middle_of_a_question_is_waiting_again():
    caller = waiting("hjemmehjaelp")
    caller.press("2")

    caller.does(LineLost())

    assert caller.waits
    assert caller.state.in_line


def test_after_the_talk_silence_ends_the_call():
    caller = waiting()

    caller.does(AgentFinished())
    assert caller.hears.startswith("Tak for samtalen.")
    caller.is_silent()

    assert caller.asked == HangUp()


def test_whoever_was_cut_off_goes_to_the_front_of_the_same_line():
    caller = Caller()
    caller.press("1", "4")
    caller.does(AgentFinished())

    caller.press("0")

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic=None, returned=True)]
    assert "Du er først i køen." in caller.hears


def test_whoever_was_cut_off_as_the_group_closed_is_told_when_it_opens():
    caller = waiting()
    caller.does(AgentFinished())

    caller.facts = NIGHT
    caller.press("0")

    assert caller.state.place is Place.CLOSED
    assert "i morgen klokken 9" in caller.hears


def test_after_the_talk_nine_is_a_new_question():
    caller = waiting()
    caller.does(AgentFinished())

    caller.press("9")

    assert caller.hears.startswith("Hvad drejer dit opkald sig om?")
    caller.press("0")
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic=None)]
