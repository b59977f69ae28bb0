"""Ways to a person: the group's line, the duty line of an urgent matter, and what is said when nobody is in.

A person is the last resort of everything: these rules must always end in a line, a dialled number or an honest "closed".
"""

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow.actions import Enqueue, ForgetCaller
from ivr.domain.flow.call import Call
from ivr.domain.flow.graph import Topic, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.routing.hours import Opening


def to_person(call: Call) -> Call:
    """Whom `0` reaches: somebody for the topic where it is known, else the number's own person group."""
    if call.state.in_line:
        return call.saying("already_in_line").at(Place.WAITING)
    topic = call.topic
    if topic is not None and topic.kind is TopicKind.URGENT:
        return urgent(call, topic)
    group = topic.group if topic is not None else call.line.person_group
    if not _is_open(call, group) and _is_open(call, call.line.person_group):
        group = call.line.person_group
    return to_group(call, group)


def given_up(call: Call) -> Call:
    """The machine has failed to understand often enough: a person takes over, or, where nobody is in, a goodbye."""
    if call.state.in_line:
        return call.at(Place.WAITING)
    if call.state.place in (Place.CLOSED, Place.MESSAGE):
        return call.saying("goodbye_closed").at(Place.OVER)
    return to_person(call.saying("given_up"))


def to_group(call: Call, group: str, *, from_start: bool = False) -> Call:
    """Into the group's line, or told when it opens."""
    if not _is_open(call, group):
        return closed(call, group)
    topic = call.topic
    fits = topic is not None and topic.group == group
    enqueue = Enqueue(
        group=group,
        topic=call.state.topic,
        skill=topic.skill if topic is not None and fits else None,
        required_level=topic.required_level if topic is not None and fits else 1,
        from_start=from_start,
    )
    joined = call.saying("joining_line", group=call.text(call.flow.group_names[group]))
    return joined.doing(enqueue).onward(Place.WAITING, in_line=True, group=None)


def urgent(call: Call, topic: Topic) -> Call:
    """A person at once, ahead of everybody, day and night; no link, no notices, and where asked no trace."""
    if topic.anonymous:
        call = call.doing(ForgetCaller())
    call = call.saying("urgent_112")
    if _is_open(call, topic.group):
        first = Enqueue(group=topic.group, topic=topic.id, urgent=True)
        return call.saying("urgent_joining").doing(first).onward(Place.WAITING, in_line=True, group=None)
    return call.saying("urgent_duty").onward(Place.DIALLING, entry=None)


def danger(call: Call) -> Call:
    """Somebody's life may be at stake: hang up and ring 112; whoever stays on the line reaches a person first."""
    warned = call.noting(Fact.DANGER_HEARD).saying("danger_112")
    if call.state.in_line:
        return warned.at(Place.WAITING)
    group = call.line.person_group
    if not _is_open(warned, group):
        return warned.onward(Place.DIALLING, entry=None)
    first = Enqueue(group=group, topic=call.state.topic, urgent=True)
    return warned.doing(first).onward(Place.WAITING, in_line=True, group=None)


def closed(call: Call, group: str) -> Call:
    """Nobody of the group is in: when it opens, and what can be done meanwhile."""
    name = call.text(call.flow.group_names[group])
    told = saying_closed(call.saying("group_closed", group=name), call.facts.openings[group])
    return told.noting(Fact.CLOSED_HEARD, group=group).onward(Place.CLOSED, group=group)


def saying_closed(call: Call, opening: Opening) -> Call:
    """Why it is closed, where there is a reason, and when it opens."""
    if opening.opens_at is None:
        return call.saying("closed_for_now")
    when = call.moment(opening.opens_at)
    if opening.reason:
        return call.saying("closed_because", reason=opening.reason, when=when)
    return call.saying("closed_until", when=when)


def _is_open(call: Call, group: str) -> bool:
    return call.facts.openings[group].is_open
