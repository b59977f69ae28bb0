"""In line, and after the talk."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.flow.actions import DialPerson, Enqueue, HangUp, KeepMessage, LeaveLine, Record, SendLink
from ivr.domain.flow.events import AgentFinished, LineLost, MessageRecorded, NobodyIn
from ivr.domain.flow.facts import Crowd
from ivr.domain.flow.graph import Hold
from ivr.domain.flow.state import Place
from tests.domain.flow.town import DUTY, FLOW, NIGHT, Caller, both, but

MESSAGES = (both("Hav din sag ved hånden.", "Have your case at hand."), both("Vi svarer til kl. 15.", "Until 3."))
RECORDED = MessageRecorded("https://carrier.example/r/1", 9)
NOBODY_IN = "Der er desværre ingen medarbejdere ved telefonen lige nu."
STILL = "Du står stadig i kø, og vi svarer, så snart vi kan."


def waiting(topic: str = "boligstoette", **hold) -> Caller:
    caller = Caller(flow=replace(FLOW, holds={"borgerservice": Hold(**hold)}))
    caller.say("…", topic)
    return caller


def told(caller: Caller, position: int | None, wait: tuple[int, int] | None, able: int | None = None) -> str:
    caller.facts = but(position=position, wait_minutes=wait, able=able)
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


def test_a_wait_that_grows_because_somebody_left_is_told_with_the_reason():
    caller = waiting()
    told(caller, 3, (3, 5), able=3)

    assert told(caller, 3, (5, 10), able=2) == (
        "Der er færre medarbejdere nu, så det tager længere tid, end jeg sagde. Ventetiden er mellem 5 og 10 minutter."
    )
    assert told(caller, 3, (10, 15), able=2) == STILL
    assert told(caller, 3, (2, 3), able=2) == "Ventetiden er mellem 2 og 3 minutter."
    assert told(caller, 3, (2, 5), able=2) == STILL


def test_while_nobody_knows_how_long_it_takes_without_who_left_the_old_promise_stands():
    caller = waiting()
    told(caller, 3, (3, 5), able=3)

    assert told(caller, 3, None, able=2) == STILL
    caller.press("*")
    assert caller.hears == "Du er nummer 3 i køen. Ventetiden er mellem 3 og 5 minutter."


def test_the_groups_messages_are_said_in_turn_one_after_whatever_is_new():
    caller = waiting(messages=MESSAGES)

    heard = [told(caller, 2, None), told(caller, 2, None), told(caller, 1, None)]

    first, second = (message["da"] for message in MESSAGES)
    assert heard == [f"Du er nummer 2 i køen. {first}", second, f"Du er den næste i køen. {first}"]


def test_whoever_waits_with_an_urgent_matter_hears_no_messages_and_is_not_asked_to_stay():
    caller = Caller(flow=replace(FLOW, holds={"vagt": Hold(messages=MESSAGES)}))
    caller.press("1", "5")
    caller.facts = but(waited=timedelta(hours=1))

    caller.is_silent()

    assert caller.hears == STILL


def too_long(**hold) -> Caller:
    caller = waiting(longest_wait=timedelta(minutes=20), **hold)
    caller.facts = but(waited=timedelta(minutes=20))
    caller.is_silent()
    return caller


def test_after_the_longest_wait_the_caller_is_asked_once_whether_to_stay():
    caller = waiting(longest_wait=timedelta(minutes=20))
    caller.facts = but(waited=timedelta(minutes=19))
    caller.is_silent()
    assert caller.waits

    caller = too_long()

    assert caller.noted == ["waited_long"]
    assert caller.hears == (
        "Du har ventet længe, og det beklager vi. Tast 1 for at indtale en besked. "
        "Ellers bliv bare i røret, så beholder du din plads i køen."
    )
    caller.is_silent()
    assert caller.hears == "Du beholder din plads i køen."
    caller.is_silent()
    assert caller.hears == STILL


@pytest.mark.parametrize("answer", ["0", "2", "5", "9"])
def test_whatever_else_is_pressed_there_keeps_the_place(answer):
    caller = too_long()

    caller.press(answer)

    assert caller.waits
    assert not caller.done(LeaveLine)


def test_a_message_instead_of_waiting_costs_the_place_only_when_it_has_been_left():
    caller = too_long()

    caller.press("1")
    assert isinstance(caller.asked, Record)
    assert not caller.deeds
    caller.does(RECORDED)

    kept = KeepMessage(group="borgerservice", recording=RECORDED.recording, seconds=9)
    assert caller.deeds[:2] == (LeaveLine(with_message=True), kept)
    assert caller.asked == HangUp()


def test_whoever_says_nothing_instead_of_a_message_is_still_in_line():
    caller = too_long()
    caller.press("1")

    caller.is_silent(3)

    assert caller.waits
    assert not caller.done(LeaveLine)


def test_a_link_instead_of_waiting_costs_no_place():
    caller = waiting("hjemmehjaelp", longest_wait=timedelta(0))
    caller.facts = but(waited=timedelta(minutes=1))
    caller.is_silent()
    assert "Tast 2 for at få et link" in caller.hears

    caller.press("2", "1")

    assert [deed.topic for deed in caller.done(SendLink)] == ["hjemmehjaelp"]
    assert caller.waits


def test_when_the_last_agent_leaves_a_waiting_caller_is_told_and_offered_a_message():
    caller = waiting()

    caller.does(NobodyIn())

    assert caller.noted == ["nobody_in"]
    assert caller.hears.startswith(f"{NOBODY_IN} Tast 1 for at indtale en besked.")
    caller.is_silent()
    assert caller.waits
    assert caller.state.in_line


def test_whoever_is_in_the_middle_of_a_choice_is_left_to_it():
    caller = waiting()
    caller.press("9")
    before = caller.state

    caller.does(NobodyIn())

    assert (caller.state, caller.deeds) == (before, ())


def test_when_the_last_agent_leaves_after_hours_the_caller_hears_when_the_group_opens():
    caller = waiting()

    caller.does(NobodyIn(), facts=NIGHT)

    assert caller.done(LeaveLine) == [LeaveLine()]
    assert caller.state.place is Place.CLOSED
    assert "Vi åbner igen i morgen klokken 9." in caller.hears


def test_whoever_got_an_earlier_place_back_by_the_number_alone_does_not_hear_which_group_has_closed():
    caller = waiting()
    caller.state = replace(caller.state, recalled=True)

    caller.does(NobodyIn(), facts=NIGHT)

    assert "Borgerservice" not in caller.hears
    assert caller.hears.startswith("Vi åbner igen i morgen klokken 9.")
    assert caller.state.place is Place.QUESTION


def test_an_urgent_matter_waits_for_nobody_but_is_put_through_to_the_duty_line():
    caller = Caller()
    caller.press("1", "5")
    assert caller.waits

    caller.does(NobodyIn())

    assert caller.done(LeaveLine) == [LeaveLine()]
    assert caller.asked == DialPerson(number=DUTY.e164, seconds=20, whisper=False)


def test_an_urgent_matter_of_a_group_that_everybody_has_left_goes_to_the_duty_line_at_once():
    caller = Caller(facts=but(crowds={"vagt": Crowd(is_deserted=True)}))

    caller.press("1", "5")

    assert not caller.done(Enqueue)
    assert caller.asked == DialPerson(number=DUTY.e164, seconds=20, whisper=False)


def test_whoever_joins_a_line_that_everybody_has_left_is_told_at_once_and_is_in_line():
    caller = Caller(facts=but(crowds={"borgerservice": Crowd(is_deserted=True)}))

    caller.say("…", "boligstoette")

    assert caller.done(Enqueue)
    assert caller.noted[-1] == "nobody_in"
    assert caller.hears.startswith(f"Jeg stiller dig i kø til Borgerservice. Bliv i røret. {NOBODY_IN}")


def at_full_line(waiting: int = 3, topic: str = "boligstoette", **more) -> Caller:
    flow = replace(FLOW, holds={"borgerservice": Hold(longest_line=3)})
    caller = Caller(flow=flow, facts=but(crowds={"borgerservice": Crowd(waiting=waiting)}, **more))
    caller.say("…", topic)
    return caller


def test_where_too_many_wait_the_next_caller_is_told_so_and_what_can_be_done_instead():
    caller = at_full_line()

    assert caller.noted[-1] == "line_full"
    assert not caller.done(Enqueue)
    assert caller.hears == (
        "Køen til Borgerservice er fuld lige nu, fordi så mange ringer. Tast 1 for at indtale en besked. "
        "Tast 0, hvis du vil stå i kø alligevel. Tast 9 for at gå tilbage, eller læg bare på."
    )


def test_one_fewer_and_the_caller_is_in_line():
    assert at_full_line(waiting=2).done(Enqueue)


def test_a_person_can_be_had_at_a_full_line_too():
    caller = at_full_line()

    caller.press("0")

    assert [deed.group for deed in caller.done(Enqueue)] == ["borgerservice"]
    assert caller.waits


def test_whoever_cannot_be_understood_at_a_full_line_is_in_line():
    caller = at_full_line()

    caller.is_silent(3)

    assert caller.done(Enqueue)


def test_a_message_or_a_link_helps_at_a_full_line():
    caller = at_full_line(topic="hjemmehjaelp")
    assert "Tast 2 for at få et link" in caller.hears

    caller.press("2", "1")
    assert caller.done(SendLink)
    assert caller.state.place is Place.LINE_FULL
    caller.press("1")
    caller.does(RECORDED)

    assert caller.done(KeepMessage)
    assert not caller.done(LeaveLine)


def test_the_star_says_again_that_the_line_is_full_and_nine_goes_back():
    caller = at_full_line()

    caller.press("*")
    assert caller.hears.startswith("Køen til Borgerservice er fuld")
    caller.press("9")

    assert caller.state.place is Place.QUESTION


def test_an_urgent_matter_and_whoever_was_cut_off_get_into_a_full_line():
    flow = replace(FLOW, holds=dict.fromkeys(("vagt", "omstilling"), Hold(longest_line=1)))
    crowds = dict.fromkeys(("vagt", "omstilling"), Crowd(waiting=0))
    urgent, returned = Caller(flow=flow, facts=but(crowds=crowds)), Caller(flow=flow, facts=but(crowds=crowds))
    returned.press("1", "4")
    returned.does(AgentFinished())
    full = but(crowds=dict.fromkeys(("vagt", "omstilling"), Crowd(waiting=9)))

    urgent.facts = returned.facts = full
    urgent.press("1", "5")
    returned.press("0")

    assert [deed.urgent for deed in urgent.done(Enqueue)] == [True]
    assert [deed.returned for deed in returned.done(Enqueue)] == [True]


def test_the_hours_end_while_waiting_and_whoever_is_in_line_is_served():
    caller = waiting()
    before = caller.state

    caller.is_silent()
    caller.facts = replace(NIGHT, position=2)
    caller.is_silent()

    assert caller.hears == "Du er nummer 2 i køen."
    assert not caller.deeds
    assert caller.waits
    assert (caller.state.group, caller.state.in_line) == (before.group, True)


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
