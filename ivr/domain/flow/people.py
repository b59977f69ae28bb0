"""Ways to a person: the group's line, the duty line of an urgent matter, and what is said when nobody is in.

A person is the last resort of everything: these rules must always end in a line, a dialled number or an honest "closed".
"""

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import links
from ivr.domain.flow.actions import Enqueue, LeaveLine
from ivr.domain.flow.call import Call
from ivr.domain.flow.graph import Topic, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.routing.hours import Opening


def to_person(call: Call) -> Call:
    """Whom `0` reaches: somebody for the matter where it is known, else the number's own person group.

    Where the matter's group is closed, that is told first, with somebody else among the choices.
    """
    if call.state.in_line:
        return call.saying("already_in_line").at(Place.WAITING)
    topic = call.topic
    if topic is not None and topic.kind is TopicKind.URGENT:
        return urgent(call, topic)
    wanted = _groups(call)[0]
    # Outside a line a group is known only where it was found closed.
    has_been_told = call.state.group is not None
    return to_group(call, (open_group(call) or wanted) if has_been_told else wanted)


def given_up(call: Call) -> Call:
    """The machine has failed often enough: a person takes over, or, where nobody is in and that was said, a goodbye.

    Whoever could not be understood is asked nothing more, not even whom to speak to instead of a group that is closed.
    """
    if call.state.in_line:
        return call.saying("place_kept").at(Place.WAITING)
    group = open_group(call)
    if group is not None:
        helped = call.saying("given_up")
        return to_person(helped) if is_urgent(call) else to_group(_saying_why_not(helped, group), group)
    if call.state.place in (Place.CLOSED, Place.MESSAGE):
        return call.saying("goodbye_closed").at(Place.OVER)
    return to_person(call)


def to_group(call: Call, group: str, *, from_start: bool = False) -> Call:
    """Into the group's line, or told when it opens."""
    if not is_open(call, group):
        return closed(call, group)
    joined = join(
        call.saying("joining_line", group=call.text(call.flow.group_names[group])), group, from_start=from_start
    )
    return joined.saying("link_while_waiting") if links.may_offer(call) else joined


def join(call: Call, group: str, *, urgent: bool = False, returned: bool = False, from_start: bool = False) -> Call:
    """Into the group's line. The topic's skill is asked for in the topic's own group only."""
    topic = call.topic
    fits = topic is not None and topic.group == group
    enqueue = Enqueue(
        group=group,
        topic=call.state.topic,
        urgent=urgent,
        returned=returned,
        from_start=from_start,
        skill=topic.skill if topic is not None and fits else None,
        required_level=topic.required_level if topic is not None and fits else 1,
    )
    return call.doing(enqueue).onward(Place.WAITING, in_line=True, group=group, said_position=None, said_wait=None)


def leave_line(call: Call) -> Call:
    """Out of the line; what comes next is decided by the caller of this function."""
    return call.doing(LeaveLine()).changing(in_line=False, group=None, said_position=None, said_wait=None)


def urgent(call: Call, topic: Topic) -> Call:
    """A person at once, ahead of everybody, day and night; no link and no notices."""
    return at_once(call.saying("urgent_112"), topic)


def at_once(call: Call, topic: Topic | None) -> Call:
    """First in the line of the matter's group, of the person group without a matter; else the duty line is rung."""
    group = topic.group if topic is not None else call.line.person_group
    if is_open(call, group):
        told = call.saying("urgent_joining")
        return join(
            told.saying("urgent_anonymous") if topic is not None and topic.anonymous else told, group, urgent=True
        )
    number = (topic.fallback if topic is not None else None) or call.line.fallback
    return call.saying("urgent_duty").onward(Place.DIALLING, entry=None, dials=number.e164)


def duty_unreached(call: Call) -> Call:
    """The duty line did not answer: whoever else is in, first in line, or when somebody will be."""
    told = call.saying("duty_unreached")
    group = open_group(told)
    if group is None:
        return closed(told, _groups(told)[0])
    return join(told.saying("joining_line", group=call.text(call.flow.group_names[group])), group, urgent=True)


def closed(call: Call, group: str) -> Call:
    """Nobody of the group is in: when it opens, and what can be done meanwhile."""
    noted = saying_closed_group(call, group).noting(Fact.CLOSED_HEARD, group=group)
    return (
        noted.at(Place.CLOSED, group=group)
        if call.state.place is Place.CLOSED
        else noted.onward(Place.CLOSED, group=group)
    )


def saying_closed_group(call: Call, group: str) -> Call:
    """That the group is closed, and when it opens."""
    name = call.text(call.flow.group_names[group])
    return saying_closed(call.saying("group_closed", group=name), call.facts.openings[group])


def saying_closed(call: Call, opening: Opening) -> Call:
    """When it opens, and why it is closed. Reasons are written in the number's first language only."""
    reason = opening.reason if call.state.language == call.line.languages[0] else ""
    if opening.opens_at is None:
        return call.saying("closed_for_now_because", reason=reason) if reason else call.saying("closed_for_now")
    when = call.moment(opening.opens_at)
    return call.saying("closed_because", reason=reason, when=when) if reason else call.saying("closed_until", when=when)


def _saying_why_not(call: Call, group: str) -> Call:
    """Why somebody of `group` helps and not the matter's own, unless the caller has heard it."""
    wanted = _groups(call)[0]
    if call.state.group is not None or wanted == group:
        return call
    return saying_closed_group(call, wanted).noting(Fact.CLOSED_HEARD, group=wanted)


def open_group(call: Call) -> str | None:
    """The first group that is in: the one asked for, the matter's, the number's person group."""
    return next((group for group in _groups(call) if is_open(call, group)), None)


def is_open(call: Call, group: str) -> bool:
    """Whether somebody of the group is in."""
    return call.facts.openings[group].is_open


def is_urgent(call: Call) -> bool:
    """Whether the caller's matter is one for a person at once."""
    return call.topic is not None and call.topic.kind is TopicKind.URGENT


def _groups(call: Call) -> tuple[str, ...]:
    topic = call.topic
    wanted = (call.state.group, topic.group if topic is not None else None, call.line.person_group)
    return tuple(group for group in wanted if group is not None)
