"""Who was in line a moment ago and calls again."""

from dataclasses import replace

import pytest

from ivr.domain.flow.actions import Enqueue, SendLink
from ivr.domain.flow.facts import Crowd, LostPlace
from ivr.domain.flow.graph import Hold
from ivr.domain.flow.state import Place
from tests.domain.flow.town import DAYTIME, FLOW, Caller, both, but

LOST = LostPlace(entry="entry-1", contact="contact-1", group="borgerservice", topic="hjemmehjaelp")
BACK = but(lost_place=LOST)
OFFER = "Du har ringet til os for lidt siden. Tast 1 for at få din plads i køen igen."
QUESTION = "Hvad drejer dit opkald sig om?"


def test_the_place_is_offered_right_after_the_greeting_and_before_the_question():
    caller = Caller(facts=BACK)

    assert caller.hears.startswith("Velkommen. For English: press 2. " + OFFER)
    assert QUESTION not in caller.hears
    assert caller.noted == ["place_offered"]


def test_everybody_else_hears_what_they_always_heard():
    caller = Caller(facts=DAYTIME)

    assert caller.hears.startswith("Velkommen. For English: press 2. " + QUESTION)
    assert caller.state.place is Place.QUESTION


@pytest.mark.parametrize("answer", [lambda c: c.press("1"), lambda c: c.say("ja tak", affirms=True)])
def test_one_key_or_a_yes_takes_the_place_with_its_old_time(answer):
    caller = Caller(facts=BACK)

    answer(caller)

    assert caller.done(Enqueue) == [Enqueue(group="borgerservice", topic="hjemmehjaelp", place_of="entry-1")]
    assert caller.noted[-1:] == ["place_regained"]
    assert caller.deeds[-2].data == {"contact": "contact-1", "entry": "entry-1"}
    assert caller.waits


def test_whom_we_lost_comes_back_ahead_of_ordinary_callers():
    caller = Caller(facts=but(lost_place=replace(LOST, is_our_fault=True)))

    (joined,) = [deed for deed in caller.press("1") if isinstance(deed, Enqueue)]

    assert (joined.returned, joined.place_of) == (True, "entry-1")


def test_neither_the_matter_nor_the_group_is_told_on_a_number_alone():
    caller = Caller(facts=BACK)
    heard = [caller.hears]
    for act in (lambda: caller.press("1"), lambda: caller.press("*"), lambda: caller.press("0"), caller.is_silent):
        act()
        heard.append(caller.hears)

    assert not any(word in " ".join(heard).lower() for word in ("borgerservice", "hjemmehjælp", "link"))


def test_who_comes_back_to_a_line_that_nobody_answers_is_told_so_and_has_the_place_all_the_same():
    caller = Caller(facts=but(lost_place=LOST, crowds={"borgerservice": Crowd(is_deserted=True)}))

    caller.press("1")

    assert caller.done(Enqueue)[0].place_of == "entry-1"
    assert "ingen medarbejdere ved telefonen" in caller.hears
    assert caller.state.place is Place.STAY_OR_NOT


def test_messages_of_the_group_are_not_said_to_somebody_known_by_the_number_alone():
    messages = (both("Har du dit cpr-nummer klar?", "Is your number at hand?"),)
    caller = Caller(facts=BACK, flow=replace(FLOW, holds={"borgerservice": Hold(messages=messages)}))
    caller.press("1")

    caller.is_silent()

    assert caller.hears == "Du står stadig i kø, og vi svarer, så snart vi kan."


def test_no_link_is_sent_about_a_matter_known_by_the_number_alone():
    caller = Caller(facts=BACK)
    caller.press("1")

    caller.press("2")

    assert caller.waits
    assert not caller.done(SendLink)


def test_a_new_matter_of_the_same_caller_has_its_link():
    caller = Caller(facts=BACK)
    caller.press("1", "9", "9")

    caller.say("jeg skal have pas", "pas")

    assert caller.state.place is Place.LINK_OFFER


def test_silence_leads_to_the_open_question_and_is_no_failure():
    caller = Caller(facts=BACK)

    caller.is_silent()

    assert caller.hears.startswith(QUESTION)
    assert (caller.state.failures, caller.deeds) == (0, ())


def test_a_no_leads_to_the_open_question():
    caller = Caller(facts=BACK)

    caller.say("nej", affirms=False)

    assert caller.hears.startswith(QUESTION)
    assert caller.state.failures == 0


def test_a_matter_is_taken_up_as_at_the_open_question():
    caller = Caller(facts=BACK)

    caller.say("affald", "affald")

    assert caller.state.place is Place.HELPED
    assert not caller.done(Enqueue)


def test_an_urgent_matter_goes_ahead_of_everybody_as_always():
    caller = Caller(facts=BACK)

    caller.say("et barn har det ikke godt", "bekymring")

    assert [deed.urgent for deed in caller.done(Enqueue)] == [True]
    assert caller.done(Enqueue)[0].place_of is None


def test_words_that_are_not_understood_lead_to_the_open_question_with_the_first_failure():
    caller = Caller(facts=BACK)

    caller.say("volapyk")

    assert caller.hears.startswith("Det fangede jeg ikke. " + QUESTION)
    assert caller.state.failures == 1


def test_zero_nine_and_the_star_mean_what_they_always_mean():
    at_zero, at_nine, at_star = Caller(facts=BACK), Caller(facts=BACK), Caller(facts=BACK)

    at_zero.press("0")
    at_nine.press("9")
    at_star.press("*")

    assert at_zero.done(Enqueue) == [Enqueue(group="omstilling", topic=None)]
    assert at_nine.hears.startswith(QUESTION)
    assert at_star.hears.startswith(OFFER)


@pytest.mark.parametrize("answer", [lambda c: c.press("2"), lambda c: c.say("speak English")])
def test_in_the_other_language_the_place_is_offered_again(answer):
    caller = Caller(facts=BACK)

    answer(caller)

    assert "Welcome." in caller.hears
    assert "You called us a short while ago. Press 1 to have your place in line back." in caller.hears
    caller.press("1")
    assert caller.done(Enqueue)[0].place_of == "entry-1"
    assert caller.hears.startswith("You have your place in line back.")


def test_a_group_that_has_closed_meanwhile_is_no_place_to_come_back_to():
    caller = Caller(facts=but(closed=("borgerservice",), lost_place=LOST))

    assert caller.state.place is Place.QUESTION
    assert OFFER not in caller.hears


@pytest.mark.parametrize("gone", [but(), but(closed=("borgerservice",), lost_place=LOST)])
def test_a_place_that_is_gone_while_it_is_offered_is_said_to_be_gone(gone):
    caller = Caller(facts=BACK)

    caller.facts = gone
    caller.press("1")

    assert caller.hears.startswith("Din plads i køen er der desværre ikke længere. " + QUESTION)
    assert not caller.done(Enqueue)
