"""In line, before a closed door, and after the talk.

A waiting caller stays in line while choosing anything; the entry changes only when the choice is confirmed. What is
told of the wait never gets worse without a stated cause.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import callbacks, helping, ladder, links, people
from ivr.domain.flow.actions import KeepMessage
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import (
    AgentFinished,
    Broke,
    Event,
    LineLost,
    MessageRecorded,
    NobodyIn,
    Pressed,
    Silence,
    Unheard,
)
from ivr.domain.flow.state import Place
from ivr.domain.routing.estimate import Wait, is_worse

_LEAVES_MESSAGE = "1"
_GIVES_THE_LINK = "2"
_BACK = "9"


def waited(call: Call, event: Silence) -> Call:
    """A waiting document has come to its end: what has changed is told, then one of the group's messages.

    Whoever has waited too long is asked, once, whether to go on.
    """
    if people.is_urgent(call):
        return call.saying("still_waiting")
    if _is_too_long(call):
        sorry = call.noting(Fact.WAITED_LONG, group=call.state.group).saying("waited_long")
        return sorry.at(Place.STAY_OR_NOT, was_asked_to_stay=True)
    position, wait = expected(call)
    nearer = position if position != call.state.said_position else None
    changed = wait if wait != call.state.said_wait else None
    told = call if nearer is None and changed is None else saying_wait(call, nearer, changed)
    return _saying_message(callbacks.offered_once(told))


def again(call: Call) -> Call:
    """What is known of the wait, said once more."""
    position, wait = expected(call)
    if people.is_urgent(call) or (position is None and wait is None):
        return call.saying("still_waiting")
    return saying_wait(call, position, wait)


def expected(call: Call) -> tuple[int | None, Wait | None]:
    """The place in line and the minutes left: the place never worse than the caller was told, the minutes only where
    fewer agents than then are the cause.
    """
    said, now = call.state.said_position, call.facts.position
    position = min(said, now) if said is not None and now is not None else said or now
    told, wait = call.state.said_wait, call.facts.wait_minutes
    if told is None or wait is None:
        return position, wait or told
    return position, told if is_worse(wait, told) and not _have_agents_left(call) else wait


def saying_wait(call: Call, position: int | None, wait: Wait | None) -> Call:
    """The place in line and the minutes left, as far as they are given, and why it will be longer than told."""
    told = call.state.said_wait
    if position is not None:
        call = call.saying("position_next" if position == 1 else "position", position=position)
        call = call.changing(said_position=position)
    if wait is not None:
        if told is not None and is_worse(wait, told):
            call = call.saying("wait_longer")
        call = call.saying("wait_one_minute" if wait[1] == 1 else "wait_range", low=wait[0], high=wait[1])
        if wait != told:
            call = call.changing(said_wait=wait, said_able=call.facts.able)
    return call.saying("link_while_waiting") if links.may_offer(call) else call


def _have_agents_left(call: Call) -> bool:
    then, now = call.state.said_able, call.facts.able
    return then is not None and now is not None and now < then


def _is_too_long(call: Call) -> bool:
    waited, longest = call.facts.waited, people.hold_of(call, call.state.group).longest_wait
    return waited is not None and waited >= longest and not call.state.was_asked_to_stay


def _saying_message(call: Call) -> Call:
    """The next of the group's messages; without any, nothing but that it goes on.

    They may tell which group it is, and a caller known by the number alone is not told that.
    """
    messages = () if call.state.recalled else people.hold_of(call, call.state.group).messages
    if not messages:
        return call if call.said else call.saying("still_waiting")
    number = call.state.messages_heard % len(messages)
    return call.saying_text(messages[number]).changing(messages_heard=number + 1)


def keyed_in_line(call: Call, event: Pressed) -> Call:
    """1 is a callback and 2 the link, where there is one; any other key changes nothing."""
    if event.keys == callbacks.ASKS and callbacks.may_offer(call):
        return callbacks.offer(call)
    return helping.offer_link(call) if event.keys == _GIVES_THE_LINK and links.may_send(call) else call


def asked_to_leave(call: Call) -> Call:
    """`9` in line: asked once more, since a key pressed by mistake must not cost the place."""
    return call.at(Place.LEAVE_LINE)


def leave_answered(call: Call, event: Pressed | Silence) -> Call:
    """`9` again leaves the line; anything else, silence too, keeps the place."""
    if event == Pressed(_BACK):
        return people.leave_line(call).from_start()
    return call.saying("place_kept").at(Place.WAITING)


def keyed_at_closed(call: Call, event: Pressed) -> Call:
    """1 leaves a message, 2 gives the link."""
    return _chosen_instead(call, event) or ladder.failed(call, event)


def stays_or_not(call: Call, event: Pressed | Silence) -> Call:
    """1 leaves a message, 2 gives the link; anything else, silence too, keeps the place."""
    instead = _chosen_instead(call, event) if isinstance(event, Pressed) else None
    return instead or _stays(call)


def _stays(call: Call) -> Call:
    return call.saying("place_kept").at(Place.WAITING)


def _chosen_instead(call: Call, event: Pressed) -> Call | None:
    if event.keys == _LEAVES_MESSAGE:
        return call.onward(Place.MESSAGE)
    if event.keys == _GIVES_THE_LINK and links.may_send(call):
        return helping.offer_link(call)
    return None


def nobody_in(call: Call, event: NobodyIn) -> Call:
    """The last agent has left: told so and offered a message, unless the house has closed meanwhile.

    An urgent matter waits for nobody: the duty line is rung. Whoever is not waiting, or is in the middle of a choice, is
    left to it.
    """
    if call.state.place is not Place.WAITING:
        return call
    group = call.state.group or call.line.person_group
    if people.is_urgent(call):
        alone = call.noting(Fact.NOBODY_IN, group=group).saying("nobody_in")
        return people.to_duty(people.leave_line(alone), call.topic)
    return people.nobody_in(call) if people.is_open(call, group) else _closed_meanwhile(call, group)


def _closed_meanwhile(call: Call, group: str) -> Call:
    left = people.leave_line(call)
    if not call.state.recalled:
        return people.closed(left, group)
    # Not even the reason may tell a caller known by the number alone which group it was.
    when = replace(call.facts.openings[group], reason="")
    return people.saying_closed(left, when).noting(Fact.CLOSED_HEARD, group=group).from_start()


def insisted(call: Call) -> Call:
    """`0` at a full line: in line all the same. A person can be had everywhere."""
    return people.to_group(call, call.state.group or call.line.person_group)


def recorded(call: Call, event: MessageRecorded) -> Call:
    """The message is kept for the group that was not there, and for the employee whom the caller wanted.

    Whoever is in line has kept the place until now.
    """
    group, entry = call.state.group or call.line.person_group, call.state.entry
    left = people.leave_line(call, with_message=True) if call.state.in_line else call
    kept = left.doing(KeepMessage(group=group, recording=event.recording, seconds=event.seconds, entry=entry))
    return kept.noting(Fact.MESSAGE_LEFT, group=group, entry=entry).saying("message_kept").at(Place.OVER)


def line_lost(call: Call, event: LineLost) -> Call:
    """The agent's line dropped: the caller is told to be first in line, and therefore of no later place."""
    return people.untold(call).saying("line_lost").at(Place.WAITING, in_line=True, said_position=1)


def agent_finished(call: Call, event: AgentFinished) -> Call:
    """A goodbye, with a way back for whoever was cut off."""
    return people.untold(call).at(Place.AFTER_TALK, in_line=False)


def came_back(call: Call) -> Call:
    """`0` after the agent's telephone was hung up: it was not over for the caller, who goes to the front."""
    group = call.state.group
    if group is None or not people.is_open(call, group):
        return people.to_person(call)
    front = people.join(call.saying("line_lost"), group, urgent=people.is_urgent(call), returned=True)
    return front.changing(said_position=1)


def talk_over(call: Call, event: Silence | Pressed) -> Call:
    """The goodbye was said with the question."""
    return call.at(Place.OVER)


def broke(call: Call, event: Broke) -> Call:
    """Something failed inside: one calm sentence, and a person."""
    sorry = call.noting(Fact.FAILED_INSIDE).saying("broke")
    is_helped = call.state.in_line or people.open_group(call) is not None
    return people.given_up(sorry) if is_helped else people.to_person(sorry)


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.WAITING, Silence): waited,
    (Place.WAITING, Pressed): keyed_in_line,
    (Place.LEAVE_LINE, Pressed): leave_answered,
    (Place.LEAVE_LINE, Silence): leave_answered,
    (Place.STAY_OR_NOT, Pressed): stays_or_not,
    (Place.STAY_OR_NOT, Silence): stays_or_not,
    (Place.LINE_FULL, Pressed): keyed_at_closed,
    (Place.CLOSED, Pressed): keyed_at_closed,
    (Place.MESSAGE, MessageRecorded): recorded,
    (Place.AFTER_TALK, Pressed): talk_over,
    (Place.AFTER_TALK, Silence): talk_over,
}

ANYWHERE: Mapping[type[Event], Callable[[Call, Any], Call]] = {
    LineLost: line_lost,
    NobodyIn: nobody_in,
    AgentFinished: agent_finished,
    Broke: broke,
    Silence: ladder.failed,
    Unheard: ladder.unheard,
}

OWN_PERSON_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.AFTER_TALK: came_back,
    Place.LINE_FULL: insisted,
}
"""Places at which `0` does not simply go to a person."""

OWN_BACK_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.WAITING: asked_to_leave,
    Place.LEAVE_LINE: lambda call: leave_answered(call, Pressed(_BACK)),
    Place.STAY_OR_NOT: _stays,
    Place.AFTER_TALK: Call.from_start,
}
"""Places at which `9` does not simply go back."""
