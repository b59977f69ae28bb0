"""A call that lost its plan goes on with another: where its place is left nothing changes, and nobody loses the line."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.flow import machine
from ivr.domain.flow.carrying import carried, nowhere
from ivr.domain.flow.events import Broke
from ivr.domain.flow.graph import Menu, TargetKind
from ivr.domain.flow.state import Place, State, Step
from ivr.domain.heard import Candidate
from tests.domain.flow.test_any_call import any_event, some_facts
from tests.domain.flow.town import DA, DAYTIME, EN, FLOW, LINE, Caller, option

# A smaller town: one group, one language, few topics, and another number.
SMALL_LINE = replace(LINE, id="only", languages=(DA,), menu="short")
SMALL = replace(
    FLOW,
    lines={SMALL_LINE.number: SMALL_LINE},
    menus={"short": Menu(id="short", options=(option("1", "For affald", "For refuse", TargetKind.TOPIC, "affald"),))},
    topics={id: FLOW.topics[id] for id in ("affald", "medarbejder", "menneske")},
    departments={"stab": FLOW.departments["stab"]},
    group_names={"omstilling": FLOW.group_names["omstilling"]},
)


def at(place: Place, **more) -> State:
    return State(**{"place": place, "line": "main", "language": DA, **more})


@settings(max_examples=200)
@given(st.lists(any_event, max_size=8))
def test_in_a_plan_that_has_everything_nothing_changes(events):
    caller = Caller()
    for event in events:
        caller.does(event)

    assert carried(FLOW, LINE, caller.state) == caller.state


@settings(max_examples=300)
@given(st.lists(any_event, max_size=8), st.lists(st.tuples(any_event, some_facts()), min_size=1, max_size=5))
def test_wherever_a_call_was_it_goes_on_in_a_smaller_plan(before, after):
    caller = Caller()
    for event in before:
        caller.does(event)

    state = carried(SMALL, SMALL_LINE, caller.state)
    if state is None:
        state, _ = machine.advance(SMALL, nowhere(SMALL_LINE, caller.state), Broke(), DAYTIME)
        assert state.in_line
    assert state.in_line or not caller.state.in_line

    machine.again(SMALL, state, DAYTIME)
    for event, facts in after:
        state, _ = machine.advance(SMALL, state, event, facts)


@pytest.mark.parametrize(
    ("state", "carried_to"),
    [
        (at(Place.QUESTION, language=EN), at(Place.QUESTION)),
        (at(Place.MENU, menu="borgerservice"), None),
        (at(Place.CONFIRM, candidates=(Candidate(topic="pas", confidence=0.5),)), None),
        (at(Place.LINK_OFFER, topic="pas"), None),
        (at(Place.CLOSED, group="borgerservice"), None),
        (at(Place.HELPED, topic="affald"), at(Place.HELPED, topic="affald")),
        (at(Place.MESSAGE, topic="pas", group="borgerservice"), at(Place.MESSAGE)),
        (at(Place.DIALLING, topic="bekymring", dials="+4572001288"), at(Place.DIALLING, dials="+4572001288")),
        (at(Place.AFTER_TALK, topic="pas", group="borgerservice"), at(Place.AFTER_TALK)),
        (at(Place.OVER, topic="pas"), at(Place.OVER)),
        (
            at(Place.WAITING, topic="pas", group="borgerservice", in_line=True, said_position=2),
            at(Place.WAITING, group="omstilling", in_line=True, said_position=2),
        ),
        (
            at(Place.LINK_OFFER, topic="pas", group="omstilling", in_line=True),
            at(Place.WAITING, group="omstilling", in_line=True),
        ),
        (
            at(Place.MENU, menu="short", trail=(Step(place=Place.MENU, menu="main"), Step(place=Place.DIRECTORY))),
            at(Place.MENU, menu="short", trail=(Step(place=Place.DIRECTORY),)),
        ),
    ],
)
def test_where_a_caller_stands_in_a_smaller_plan(state, carried_to):
    line = replace(SMALL_LINE, id="main")
    small = replace(SMALL, lines={line.number: line})

    assert carried(small, line, state) == carried_to


def test_a_number_that_is_no_more_is_the_first_one():
    assert carried(SMALL, SMALL_LINE, at(Place.WAITING, group="omstilling", in_line=True)) == at(
        Place.WAITING, line="only", group="omstilling", in_line=True
    )
    assert nowhere(SMALL_LINE, at(Place.MENU, language=EN)) == State(place=Place.QUESTION, line="only", language=DA)
