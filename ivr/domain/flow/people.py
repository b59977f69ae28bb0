"""Ways to a person: the group's line, the duty line of an urgent matter, and what is said when nobody is in.

A person is the last resort of everything: these rules must always end in a line, a dialled number or an honest "closed".
"""

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import links
from ivr.domain.flow.actions import Enqueue, LeaveLine
from ivr.domain.flow.call import Call
from ivr.domain.flow.facts import Crowd
from ivr.domain.flow.graph import Hold, Topic, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.routing.hours import Opening

_SPEAKS = 1
"""The level that a language is asked for at: who speaks it at all will do."""


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
        return to_person(helped) if is_urgent(call) else into_line(_saying_why_not(helped, group), group)
    if call.state.place in (Place.CLOSED, Place.MESSAGE):
        return call.saying("goodbye_closed").at(Place.OVER)
    return to_person(call)


def to_group(call: Call, group: str, *, from_start: bool = False) -> Call:
    """Into the group's line, or told when it opens, or that too many wait in it already.

    Outside a line a group is known only where it was found closed or full: whoever insists is not told twice.
    """
    if not is_open(call, group):
        return closed(call, group)
    if _is_full(call, group) and call.state.group != group:
        return full(call, group)
    return into_line(call, group, from_start=from_start)


def into_line(call: Call, group: str, *, from_start: bool = False) -> Call:
    """Into the line of a group that is open, however many wait. Where nobody is there to answer, that is told at once."""
    joined = join(
        call.saying("joining_line", group=call.text(call.flow.group_names[group])), group, from_start=from_start
    )
    if is_deserted(call, group):
        return nobody_in(joined)
    return joined.saying("link_while_waiting") if links.may_offer(call) else joined


def join(
    call: Call,
    group: str,
    *,
    urgent: bool = False,
    returned: bool = False,
    from_start: bool = False,
    place_of: str | None = None,
) -> Call:
    """Into the group's line. The topic's skill is asked for in the topic's own group only, the language's everywhere."""
    skills = call.topic.skills_in(group) if call.topic is not None else ()
    preferred = call.topic.preferred_seconds if call.topic is not None and skills else None
    language = call.flow.speakers[call.state.language].skill
    spoken = ((language, _SPEAKS),) if language is not None and language not in dict(skills) else ()
    enqueue = Enqueue(
        group=group,
        topic=call.state.topic,
        urgent=urgent,
        returned=returned,
        from_start=from_start,
        place_of=place_of,
        skills=(*skills, *spoken),
        preferred=frozenset(dict(skills)) if preferred is not None else frozenset(),
        preferred_seconds=preferred or 0,
    )
    return untold(call.doing(enqueue)).onward(Place.WAITING, in_line=True, group=group)


def leave_line(call: Call, *, with_message: bool = False) -> Call:
    """Out of the line; what comes next is decided by the caller of this function."""
    return untold(call.doing(LeaveLine(with_message=with_message))).changing(in_line=False, group=None)


def untold(call: Call) -> Call:
    """The same, as one who has been told nothing yet of this wait."""
    return call.changing(
        said_position=None,
        said_wait=None,
        said_able=None,
        messages_heard=0,
        was_asked_to_stay=False,
        callback_offered=False,
    )


def nobody_in(call: Call) -> Call:
    """In a line that nobody serves right now: told so, and asked whether to leave a message; the place is kept."""
    return call.noting(Fact.NOBODY_IN, group=call.state.group).saying("nobody_in").at(Place.STAY_OR_NOT)


def urgent(call: Call, topic: Topic) -> Call:
    """A person at once, ahead of everybody, day and night; no link and no notices."""
    return at_once(call.saying("urgent_112"), topic)


def at_once(call: Call, topic: Topic | None) -> Call:
    """First in the line of the matter's group, of the person group without a matter; where nobody is there to answer, the
    duty line is rung.
    """
    group = topic.group if topic is not None else call.line.person_group
    if is_open(call, group) and not is_deserted(call, group):
        told = call.saying("urgent_joining")
        return join(
            told.saying("urgent_anonymous") if topic is not None and topic.anonymous else told, group, urgent=True
        )
    return to_duty(call, topic)


def to_duty(call: Call, topic: Topic | None) -> Call:
    """The duty line of an urgent matter is rung."""
    number = (topic.fallback if topic is not None else None) or call.line.fallback
    return call.saying("urgent_duty").onward(Place.DIALLING, entry=None, dials=number.e164)


def duty_unreached(call: Call) -> Call:
    """The duty line did not answer: whoever else is in, first in line, or when somebody will be."""
    told = call.saying("duty_unreached")
    group = open_group(told)
    if group is None:
        return closed(told, _groups(told)[0])
    return join(told.saying("joining_line", group=call.text(call.flow.group_names[group])), group, urgent=True)


def full(call: Call, group: str) -> Call:
    """Too many wait for the group already: what can be done instead, and in line all the same for whoever insists."""
    told = saying_full(call, group).noting(Fact.LINE_FULL, group=group)
    if call.state.place is Place.LINE_FULL:
        return told.at(Place.LINE_FULL, group=group)
    return told.onward(Place.LINE_FULL, group=group)


def saying_full(call: Call, group: str) -> Call:
    """That the group's line is full."""
    return call.saying("line_full", group=call.text(call.flow.group_names[group]))


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


def hold_of(call: Call, group: str | None) -> Hold:
    """How callers wait in the group's line."""
    return call.flow.holds.get(group or "", Hold())


def _is_full(call: Call, group: str) -> bool:
    longest = hold_of(call, group).longest_line
    return longest is not None and _crowd(call, group).waiting >= longest


def _crowd(call: Call, group: str) -> Crowd:
    return call.facts.crowds.get(group, Crowd())


def is_deserted(call: Call, group: str) -> bool:
    """Whether the group's last agent has left, though it is open."""
    return _crowd(call, group).is_deserted


def is_urgent(call: Call) -> bool:
    """Whether the caller's matter is one for a person at once."""
    return call.topic is not None and call.topic.kind is TopicKind.URGENT


def _groups(call: Call) -> tuple[str, ...]:
    topic = call.topic
    wanted = (call.state.group, topic.group if topic is not None else None, call.line.person_group)
    return tuple(group for group in wanted if group is not None)
