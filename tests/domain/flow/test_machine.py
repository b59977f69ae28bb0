"""The promises of the machine's own opening comment."""

from dataclasses import replace

import pytest

from ivr.domain.flow import callbacks, directory, finding, greeting, helping, machine, returning, waiting
from ivr.domain.flow.actions import Ask, DialPerson, HangUp, Record, Wait
from ivr.domain.flow.events import (
    Arrived,
    Broke,
    MessageRecorded,
    PersonAnswered,
    PersonUnreached,
    Pressed,
    Silence,
    Spoke,
)
from ivr.domain.flow.state import Place, State
from ivr.domain.heard import Candidate
from tests.domain.flow.town import DA, DAYTIME, FLOW, LINE, Caller, heard

ANSWERS = {
    Ask: {Pressed, Silence},
    Wait: {Pressed, Silence},
    DialPerson: {PersonAnswered, PersonUnreached, Silence},
    Record: {MessageRecorded, Silence},
    HangUp: set(),
}


def standing_at(place: Place) -> State:
    candidates = (Candidate(topic="pas", confidence=0.5), Candidate(topic="affald", confidence=0.5))
    return State(
        place=place,
        line=LINE.id,
        language=DA,
        topic="hjemmehjaelp",
        candidates=candidates,
        choices=("karen",),
        mobile="+4520123456",
    )


@pytest.mark.parametrize("place", [place for place in Place if place is not Place.GREETING])
def test_every_event_that_a_question_can_bring_has_a_rule(place):
    (asked,) = machine.again(FLOW, standing_at(place), DAYTIME)[-1:]

    events = ANSWERS[type(asked)] | ({Spoke} if isinstance(asked, Ask) and asked.speech else set())

    assert {e for e in events if (place, e) not in machine.RULES and e not in machine.ANYWHERE} == set()


def test_no_rule_is_for_an_event_that_cannot_come_and_the_tables_do_not_overlap():
    parts = (greeting, returning, finding, helping, directory, waiting, callbacks)
    tables = [part.RULES for part in parts]
    possible = {(Place.GREETING, Arrived)}
    for place in Place:
        if place is Place.GREETING:
            continue
        (asked,) = machine.again(FLOW, standing_at(place), DAYTIME)[-1:]
        possible |= {(place, e) for e in ANSWERS[type(asked)]}
        possible |= {(place, Spoke)} if isinstance(asked, Ask) and asked.speech else set()

    assert set(machine.RULES) <= possible
    assert len(machine.RULES) == sum(len(table) for table in tables)


@pytest.mark.parametrize("place", [place for place in Place if place not in (Place.GREETING, Place.OVER)])
def test_zero_leads_to_a_person_from_every_place(place):
    caller = Caller()
    caller.state = replace(standing_at(place), in_line=place in (Place.WAITING, Place.LEAVE_LINE))

    caller.press("0")

    assert caller.waits
    assert caller.state.in_line


@pytest.mark.parametrize("place", [place for place in Place if place not in (Place.GREETING, Place.OVER)])
def test_nine_and_the_star_are_never_a_failure(place):
    for key in "9*":
        caller = Caller()
        caller.state = standing_at(place)

        caller.press(key)

        assert "not_understood" not in caller.noted
        assert caller.state.failures == 0


def test_nothing_changes_once_the_call_is_over():
    caller = Caller()
    caller.state = standing_at(Place.OVER)
    before = caller.state

    for event in (Pressed("0"), Silence(), Spoke(heard("", "pas")), Broke(), PersonAnswered()):
        caller.does(event)

        assert (caller.state, caller.deeds, caller.asked) == (before, (), HangUp())


def test_news_of_what_does_not_go_on_any_more_changes_nothing():
    caller = Caller()
    before = caller.state

    for event in (PersonAnswered(), PersonUnreached(), MessageRecorded("https://carrier.example/r", 1), Arrived()):
        caller.does(event)

        assert (caller.state, caller.deeds) == (before, ())


def test_words_where_none_were_asked_for_are_not_understood():
    caller = Caller()
    caller.state = standing_at(Place.MOBILE_NUMBER)

    caller.say("enogtyve")

    assert caller.noted == ["not_understood"]


def test_every_rule_leaves_a_state_that_can_be_stored():
    caller = Caller()
    caller.say("pas", "pas")

    assert State.from_json(caller.state.to_json()) == caller.state
