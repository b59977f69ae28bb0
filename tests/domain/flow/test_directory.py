"""Named employees and departments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.flow.actions import DialPerson, Enqueue, HangUp, KeepMessage, Note
from ivr.domain.flow.events import MessageRecorded, PersonAnswered, PersonUnreached
from ivr.domain.flow.state import Place
from ivr.domain.routing.directory import Presence
from tests.domain.flow.town import FLOW, NIGHT, NOW, Caller, but, employee


def asked_for(*entries: str, facts=None) -> Caller:
    caller = Caller(facts or but())
    caller.say("jeg vil tale med …", entries=entries)
    return caller


def test_an_employee_who_is_in_is_rung_and_must_accept_by_key():
    caller = asked_for("karen")

    assert caller.hears == "Jeg ringer til Karen."
    assert caller.asked == DialPerson(number="+4572001240", seconds=20, whisper=True)
    assert caller.noted == ["heard", "person_dialled"]


def test_after_the_talk_the_caller_hears_goodbye():
    caller = asked_for("karen")

    caller.does(PersonAnswered())

    assert caller.noted == ["person_reached"]
    assert (caller.hears, caller.asked) == ("Tak for opkaldet. Farvel.", HangUp())


def test_nobody_taking_it_comes_back_with_a_choice_and_the_time_already_spent_counts():
    caller = asked_for("karen")

    caller.does(PersonUnreached())
    assert caller.hears.startswith("Karen tager ikke telefonen lige nu. Tast 1 for at tale med afdelingen")
    caller.press("1")

    assert caller.done(Enqueue) == [Enqueue(group="borgerservice", topic="medarbejder", from_start=True)]


def test_an_unreached_employee_can_be_left_a_message_with_the_department():
    caller = asked_for("karen")
    caller.does(PersonUnreached())

    caller.press("2")
    caller.does(MessageRecorded("https://carrier.example/r/1", 9))

    recorded = {"recording": "https://carrier.example/r/1", "seconds": 9}
    assert caller.done(KeepMessage) == [KeepMessage(group="borgerservice", entry="karen", **recorded)]
    assert Note(kind="message_left", data={"group": "borgerservice", "entry": "karen"}) in caller.deeds


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("mette", "Mette er i møde til klokken 11."),
        ("otto", "Otto har ferie."),
        ("zofia", "Zofia kan ikke træffes på telefon."),
    ],
)
def test_presence_is_said_before_anybody_is_disturbed(entry, says):
    caller = asked_for(entry)

    assert caller.hears.startswith(says)
    assert caller.state.place is Place.PERSON_AWAY


def test_that_somebody_was_asked_for_who_was_away_is_in_the_log():
    caller = asked_for("mette")

    assert caller.done(Note)[-1] == Note(kind="person_away", data={"entry": "mette", "presence": "meeting"})


def test_an_employee_whose_absence_is_over_is_rung():
    back = employee("mette", "byg", Presence.MEETING, until=NOW - timedelta(minutes=1))

    caller = asked_for("mette", facts=but(employees={"mette": back}))

    assert caller.state.place is Place.DIALLING


def test_nobodys_telephone_rings_at_night():
    caller = asked_for("karen", facts=NIGHT)

    assert caller.state.place is Place.CLOSED
    assert caller.hears.startswith("Borgerservice har lukket lige nu.")
    caller.press("1")
    caller.does(MessageRecorded("https://carrier.example/r/1", 9))
    assert caller.done(KeepMessage)[0].entry == "karen"


@pytest.mark.parametrize("facts", [but(closed=("borgerservice",)), but(but(), line=NIGHT.line)])
def test_an_employee_is_rung_while_either_the_house_or_the_own_group_is_open(facts):
    assert asked_for("karen", facts=facts).state.place is Place.DIALLING


def test_a_department_is_its_groups_line():
    assert asked_for("department:byg").done(Enqueue) == [Enqueue(group="borgerservice", topic="medarbejder")]


def test_two_with_the_same_name_are_told_apart_by_their_departments():
    caller = asked_for("mette", "mette-lund")

    assert caller.hears.startswith("For Mette i Byg og Plan: tast 1. For Mette-Lund i Staben: tast 2.")


@pytest.mark.parametrize(
    "answer",
    [
        lambda c: c.press("2"),
        lambda c: c.say("mette lund", entries=("mette-lund",)),
        lambda c: c.say("hende i staben", entries=("department:stab",)),
        lambda c: c.say("mette i staben", entries=("mette", "mette-lund", "department:stab")),
    ],
)
def test_one_of_two_is_chosen_by_key_name_or_department(answer):
    caller = asked_for("mette", "mette-lund")

    answer(caller)

    assert caller.state.entry == "mette-lund"


def test_the_same_name_again_is_not_understood_and_ends_with_a_person():
    caller = asked_for("mette", "mette-lund")

    for _ in range(3):
        caller.say("mette", entries=("mette", "mette-lund"))

    assert caller.waits


def test_a_name_that_is_not_in_the_directory_connects_to_nobody():
    caller = asked_for("nobody")

    assert caller.state.place is Place.DIRECTORY
    assert caller.hears.startswith("Det navn kan jeg ikke finde. Hvem vil du tale med?")
    assert caller.noted == ["heard", "name_not_found"]


def test_where_a_name_is_asked_for_whatever_is_not_one_is_a_name_that_cannot_be_found():
    caller = Caller()
    caller.press("1", "1")

    caller.say("Holger Danske")
    assert caller.hears.startswith("Det navn kan jeg ikke finde. Hvem vil du tale med?")
    caller.say("Holger Danske")

    assert caller.hears.startswith("Det navn kan jeg heller ikke finde. Jeg stiller dig i kø til Omstillingen.")
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="medarbejder")]


def test_a_name_that_cannot_be_found_is_asked_for_again_in_the_list_that_is_read():
    caller = Caller()
    caller.press("1", "1", "1")

    caller.say("Holger Danske")

    assert caller.hears.startswith("Det navn kan jeg ikke finde. For Byg og Plan: tast 1.")


def test_a_yes_where_a_name_is_asked_for_is_no_name():
    caller = Caller()
    caller.press("1", "1")

    caller.say("ja", affirms=True)

    assert caller.hears.startswith("Det fangede jeg ikke. Hvem vil du tale med?")


def test_a_name_that_cannot_be_found_after_the_machine_has_failed_twice_is_a_persons_to_find():
    caller = Caller()
    caller.press("1", "1")
    caller.is_silent(2)

    caller.say("Holger Danske")

    assert caller.hears.startswith("Det navn kan jeg ikke finde. Jeg stiller dig i kø til Omstillingen.")


def test_another_name_that_nobody_has_leaves_the_one_who_is_away_behind():
    caller = asked_for("mette")

    caller.say("så Holger Danske", unknown_name=True)
    caller.press("0")

    assert (caller.state.entry, caller.state.group) == (None, "omstilling")


def test_three_names_misheard_turn_speech_off():
    caller = Caller()
    for _ in range(2):
        caller.say("jeg vil tale med Holger Danske", unknown_name=True)
        caller.press("9", "9")
    caller.say("volapyk")

    assert not caller.listens


def test_everybody_can_be_reached_by_key_department_first():
    caller = Caller()
    caller.press("1", "1")
    assert caller.hears.startswith("Hvem vil du tale med?")

    caller.press("1")
    assert caller.hears.startswith("For Byg og Plan: tast 1. For Staben: tast 2.")
    caller.press("1")
    assert caller.hears.startswith("For Byg og Plan: tast 1. For Karen: tast 2. For Mette: tast 3.")
    caller.press("2")

    assert caller.state.entry == "karen"


def test_nine_leads_back_through_the_lists():
    caller = Caller()
    caller.press("1", "1", "1", "1", "3")
    assert caller.state.place is Place.PERSON_AWAY

    heard = []
    for _ in range(5):
        caller.press("9")
        heard.append(caller.hears.split(".")[0])

    assert heard == [
        "For Byg og Plan: tast 1",
        "For Byg og Plan: tast 1",
        "Hvem vil du tale med? Sig navnet på medarbejderen eller afdelingen, eller tast 1 for at høre afdelingerne",
        "For en medarbejder: tast 1",
        "Hvad drejer dit opkald sig om? Sig det med få ord",
    ]


def test_a_department_without_people_is_chosen_at_once():
    caller = Caller(but(employees={}))

    caller.press("1", "1", "1", "2")

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="medarbejder")]


def test_long_lists_are_read_in_pages():
    many = {f"p{n:02}": employee(f"p{n:02}", "byg") for n in range(20)}
    caller = Caller(but(employees=many))

    caller.press("1", "1", "1", "1")
    assert caller.hears.endswith(
        "For P05: tast 7. For at høre flere: tast 8. "
        "Tast 0 for en medarbejder, stjerne for at høre det igen, eller 9 for at gå tilbage."
    )
    caller.press("8", "8")
    assert caller.hears.startswith("For P13: tast 1.")
    caller.press("7")
    assert caller.state.entry == "p19"


def test_without_departments_the_switchboard_helps():
    caller = Caller(flow=replace(FLOW, departments={}))

    caller.press("1", "1", "1")

    assert caller.waits


@pytest.mark.parametrize("key", ["12", "6", "#"])
def test_a_key_that_means_nothing_in_a_list_is_not_understood(key):
    caller = Caller()
    caller.press("1", "1", "1")

    caller.press(key)

    assert caller.noted == ["not_understood"]


def test_somebody_who_left_the_directory_meanwhile_connects_to_nobody():
    caller = Caller()
    caller.press("1", "1", "1", "1")

    caller.facts = but(employees={})
    caller.press("2")

    assert caller.noted == ["not_understood"]
    assert caller.hears.startswith("Den tast er der ikke noget på. For Byg og Plan: tast 1. Tast 0")


def test_somebody_who_left_the_directory_while_being_rung_is_rung_all_the_same():
    caller = asked_for("karen")

    caller.facts = but(employees={})
    caller.press("*")
    assert caller.asked == DialPerson(number="+4572001240", seconds=20, whisper=True)
    caller.does(PersonUnreached())

    assert caller.state.place is Place.PERSON_AWAY


def test_a_matter_beyond_doubt_is_taken_up_where_a_name_was_asked_for_and_a_doubtful_one_is_not():
    sure, doubtful = Caller(), Caller()
    for caller in (sure, doubtful):
        caller.press("1", "1")

    sure.say("boligstøtte", "boligstoette")
    doubtful.say("Bjarne Bolig", ("boligstoette", 0.5))

    assert sure.done(Enqueue) == [Enqueue(group="borgerservice", topic="boligstoette")]
    assert doubtful.state.place is Place.DIRECTORY


def test_a_yes_to_the_choice_after_an_absence_takes_the_department_and_another_name_is_tried():
    yes, other = asked_for("otto"), asked_for("otto")

    yes.say("ja", affirms=True)
    other.say("karen", entries=("karen",))

    assert yes.done(Enqueue)[0].group == "borgerservice"
    assert other.state.place is Place.DIALLING


def test_a_person_instead_of_a_name_is_the_switchboard():
    caller = Caller()
    caller.press("1", "1")

    caller.say("bare en medarbejder", "medarbejder", wants_person=True)

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="medarbejder")]
