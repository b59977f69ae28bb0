"""A dropped call: who stood in line a moment ago and calls again is offered that place, right after the greeting.

The place is known by the calling number alone, and a number may be shared or forged: neither the matter nor the group is
told, not even to a caller who has taken the place (`State.recalled`). Whatever else is answered goes on as without it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import callbacks, finding, greeting, ladder, people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Arrived, Event, Pressed, Silence, Spoke
from ivr.domain.flow.facts import LostPlace
from ivr.domain.flow.state import Place

_YES = "1"


def arrived(call: Call, event: Arrived) -> Call:
    """The greeting, and for whoever waits for a callback or has lost a place what can be done about it."""
    if call.facts.promised:
        return callbacks.reminded(greeting.arrived(callbacks.in_its_language(call), event))
    greeted = _offered(greeting.arrived(call, event))
    return greeted.noting(Fact.PLACE_OFFERED) if greeted.state.place is Place.RETURNING else greeted


def keyed(call: Call, event: Pressed) -> Call:
    """1 takes the place; any other key means what it means at the open question."""
    if event.keys == _YES:
        return _taken(call)
    return _offered_anew(call, greeting.keyed_at_question(call.from_start(), event))


def spoke(call: Call, event: Spoke) -> Call:
    """A yes takes the place, a no leads to the open question; a matter is taken up."""
    return _offered_anew(call, finding.answered_otherwise(_answered)(call.from_start(), event))


def kept_silent(call: Call, event: Silence) -> Call:
    """Whoever stays on the line has another matter."""
    return call.from_start()


def _answered(call: Call, event: Spoke) -> Call:
    return _taken(call) if ladder.yes_or_no(event) else call


def _lost(call: Call) -> LostPlace | None:
    """The place that may be had back: not where the group has closed meanwhile."""
    lost = call.facts.lost_place
    return lost if lost is not None and people.is_open(call, lost.group) else None


def _offered(call: Call) -> Call:
    return call if _lost(call) is None else call.at(Place.RETURNING)


def _offered_anew(before: Call, after: Call) -> Call:
    """Who asks for another language hears the offer in it."""
    has_chosen_language = after.state.language != before.state.language and after.state.place is Place.QUESTION
    return _offered(after) if has_chosen_language else after


def _taken(call: Call) -> Call:
    lost = _lost(call)
    if lost is None:
        return call.saying("place_gone").from_start()
    back = call.saying("place_regained").noting(Fact.PLACE_REGAINED, contact=lost.contact, entry=lost.entry)
    known = back.changing(topic=lost.topic, recalled=True)
    joined = people.join(known, lost.group, returned=lost.is_our_fault, place_of=lost.entry)
    return people.nobody_in(joined) if people.is_deserted(call, lost.group) else joined


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.GREETING, Arrived): arrived,
    (Place.RETURNING, Pressed): keyed,
    (Place.RETURNING, Spoke): spoke,
    (Place.RETURNING, Silence): kept_silent,
}
