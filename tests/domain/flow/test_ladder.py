"""What happens to silence and misunderstanding."""

from dataclasses import replace

import pytest

from ivr.domain.flow import machine
from ivr.domain.flow.actions import Enqueue
from ivr.domain.flow.events import Broke
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.state import Place
from tests.domain.flow.town import FLOW, NIGHT, Caller, but


def test_silence_is_asked_again_then_by_key_then_reaches_a_person():
    caller = Caller()
    steps = []
    for _ in range(3):
        caller.is_silent()
        steps.append((caller.state.place, caller.hears.split(".")[0]))

    assert steps == [
        (Place.QUESTION, "Jeg kunne ikke høre dig"),
        (Place.MENU, "Jeg kan stadig ikke høre dig"),
        (Place.WAITING, "Jeg finder en medarbejder til dig"),
    ]
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic=None)]


@pytest.mark.parametrize("kind", ["silence", "speech", "key"])
def test_the_second_failure_offers_a_person_before_any_list_is_read(kind):
    caller = Caller()
    for _ in range(2):
        {"silence": caller.is_silent, "speech": lambda: caller.say("volapyk"), "key": lambda: caller.press("8")}[kind]()

    assert caller.state.place is Place.MENU
    assert caller.hears.index("Tast 0 for en medarbejder") < caller.hears.index("For en medarbejder: tast 1")


def test_a_key_without_a_meaning_is_named_as_one():
    caller = Caller()

    caller.press("8")
    first = caller.hears
    caller.press("7")

    assert first.startswith("Den tast er der ikke noget på. Hvad drejer dit opkald sig om?")
    assert caller.hears.startswith("Den tast er der heller ikke noget på. Tast 0 for en medarbejder, eller vælg")


def test_what_is_no_mobile_number_is_named_as_that():
    caller = Caller(but(texting=Texting.ASK))
    caller.say("pas", "pas")
    caller.press("1")

    caller.press("12345#")
    first = caller.hears
    caller.press("90123456#")

    assert first.startswith("Det er ikke et mobilnummer, jeg kan sende til. Tast det mobilnummer")
    assert caller.hears.startswith("Det nummer kan jeg heller ikke sende til. Tast det mobilnummer")


def test_nobody_is_offered_a_person_who_is_not_there():
    caller = Caller(NIGHT)
    caller.press("0")

    caller.is_silent(2)

    assert caller.hears.startswith("Jeg kunne ikke høre dig. Tast 1 for at indtale en besked.")


def test_silence_and_misunderstanding_count_together():
    caller = Caller()

    caller.is_silent()
    caller.say("volapyk")
    caller.press("8")

    assert caller.waits


def test_being_understood_forgets_the_failures():
    caller = Caller()
    caller.is_silent(2)

    caller.press("2")
    caller.is_silent(2)

    assert caller.state.place is Place.MENU


def test_each_retry_waits_longer_for_an_answer():
    caller = Caller()
    seconds = [caller.asked.seconds]
    for _ in range(2):
        caller.is_silent()
        seconds.append(caller.asked.seconds)

    assert seconds == [7, 10, 13]


def test_the_third_speech_failure_of_a_call_turns_speech_off_for_good():
    caller = Caller()
    for _ in range(3):
        assert caller.listens
        caller.say("volapyk")
        caller.press("1", "9")

    assert not caller.listens
    assert caller.hears.startswith("Tast 1 for at høre emner, eller 0 for en medarbejder.")
    caller.press("1", "1")
    assert caller.hears.startswith("Tast 1 for at høre afdelingerne, eller 0 for en medarbejder.")


def test_asking_again_does_not_say_twice_that_it_was_not_understood():
    caller = Caller()
    caller.say("volapyk")

    again = machine.again(FLOW, caller.state, caller.facts)

    assert "fangede" in caller.hears
    assert "fangede" not in " ".join(say.text for say in again[0].say)


def test_the_plan_decides_how_often_to_fail():
    caller = Caller(flow=replace(FLOW, understanding=replace(FLOW.understanding, failures=1)))

    caller.is_silent()

    assert caller.waits


@pytest.mark.parametrize("keys", ["0", "0#"])
def test_zero_reaches_a_person_at_once_however_often_one_has_failed(keys):
    caller = Caller()
    caller.is_silent(2)

    caller.press(keys)

    assert caller.waits


def test_when_nobody_is_in_giving_up_ends_at_the_closed_door_first():
    caller = Caller(NIGHT)

    caller.is_silent(3)

    assert caller.state.place is Place.CLOSED
    assert "Jeg finder en medarbejder" not in caller.hears


def test_something_broken_is_said_calmly_and_a_person_takes_over():
    caller = Caller()

    caller.does(Broke())

    assert caller.hears.startswith("Noget gik galt hos os. Det beklager vi. Jeg finder en medarbejder til dig.")
    assert caller.noted == ["failed_inside"]
    assert caller.waits


def test_something_broken_never_costs_the_place_in_line_nor_the_closed_door():
    in_line, at_door = Caller(), Caller(NIGHT)
    in_line.press("0")
    at_door.press("0")

    in_line.does(Broke())
    at_door.does(Broke())

    assert in_line.hears == "Noget gik galt hos os. Det beklager vi. Du beholder din plads i køen."
    assert not in_line.done(Enqueue)
    assert at_door.state.place is Place.CLOSED
