"""A call from greeting to end: `advance(flow, state, event, facts) -> (state, actions)`.

The rules of the machine:

- A caller is always at one *place* (`state.Place`). What is asked at a place is decided by the place alone
  (`questions`), so the same question can be asked again at any time, by any process.
- What an event does at a place stands in the tables of `greeting`, `finding` (what is it about?), `helping` (answer,
  link, did it help?), `directory` (named people) and `waiting` (in line, closed, after the talk). The tables do not
  overlap, and every event that a place's question can bring has an entry there or in `ANYWHERE`; a test holds this.
- `0`, `*` and `9` mean the same everywhere and are looked at before the tables. Where several digits are asked for they
  count only alone.
- Whatever is not understood, silence included, climbs the ladder: asked again, then with keys, then a person.
- News of something that does not go on any more changes nothing, and nothing changes once the call is over, unless the
  citizen is called back.
- Nothing here knows a clock, a database or a carrier; what must be known comes in as facts.

Not yet elegant: the caller's wish to leave the line lives in two places (`WAITING` and `LEAVE_LINE`), because a key
pressed by mistake must not cost the place.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import (
    callbacks,
    directory,
    finding,
    greeting,
    helping,
    ladder,
    people,
    repeating,
    returning,
    waiting,
)
from ivr.domain.flow.actions import Action, Spoken
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import CalledBack, Event, Pressed, Spoke
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.graph import Flow, Line
from ivr.domain.flow.questions import question
from ivr.domain.flow.state import Place, State

Rule = Callable[[Call, Any], Call]

RULES: Mapping[tuple[Place, type[Event]], Rule] = {
    **greeting.RULES,
    **returning.RULES,
    **finding.RULES,
    **helping.RULES,
    **directory.RULES,
    **waiting.RULES,
    **callbacks.RULES,
}
"""What each event does at each place."""

ANYWHERE: Mapping[type[Event], Rule] = waiting.ANYWHERE
"""What an event does where the place has no rule of its own."""


def begin(line: Line) -> State:
    """A call that has just come in on `line`."""
    return State(place=Place.GREETING, line=line.id, language=line.languages[0])


def advance(flow: Flow, state: State, event: Event, facts: Facts) -> tuple[State, tuple[Action, ...]]:
    """The state after `event`, and what to say and do. The spoken actions end in a question, a wait or an end."""
    after = _decide(Call(flow=flow, state=state, facts=facts), event)
    return after.state, (*after.deeds, *question(after))


def again(flow: Flow, state: State, facts: Facts) -> tuple[Spoken, ...]:
    """What the caller was last asked, asked afresh; nothing changes."""
    return question(Call(flow=flow, state=state, facts=facts))


def _decide(call: Call, event: Event) -> Call:
    if isinstance(event, CalledBack):
        return callbacks.called_back(call, event)
    if call.state.place is Place.OVER:
        return call
    if isinstance(event, Pressed):
        common = _common_key(call, event.keys)
        if common is not None:
            return common
    if isinstance(event, Spoke) and event.heard.danger:
        return finding.danger(call, event)
    rule = RULES.get((call.state.place, type(event))) or ANYWHERE.get(type(event))
    if rule is not None:
        return rule(call, event)
    return ladder.failed(call, event) if isinstance(event, Pressed | Spoke) else call


def _common_key(call: Call, keys: str) -> Call | None:
    place = call.state.place
    match keys.rstrip("#"):
        case "*":
            return repeating.repeated(call)
        case "0":
            own = waiting.OWN_PERSON_KEY.get(place, people.to_person)
            return own(call.noting(Fact.PERSON_ASKED_FOR))
        case "9":
            return waiting.OWN_BACK_KEY.get(place, finding.back)(call)
    return None
