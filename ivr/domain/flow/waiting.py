"""In line, before a closed door, and after the talk.

A waiting caller stays in line while choosing anything; the entry changes only when the choice is confirmed. What is
told of the wait never gets worse without a stated cause.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import helping, ladder, links, people
from ivr.domain.flow.actions import KeepMessage
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import AgentFinished, Broke, Event, LineLost, MessageRecorded, Pressed, Silence, Unheard
from ivr.domain.flow.state import Place

_LEAVES_MESSAGE = "1"
_GIVES_THE_LINK = "2"
_BACK = "9"


def waited(call: Call, event: Silence) -> Call:
    """A waiting document has come to its end: what has changed for the better is told."""
    position, wait = expected(call)
    nearer = position if position != call.state.said_position else None
    shorter = wait if wait != call.state.said_wait else None
    if people.is_urgent(call) or (nearer is None and shorter is None):
        return call.saying("still_waiting")
    return saying_wait(call, nearer, shorter).changing(said_position=position, said_wait=wait)


def expected(call: Call) -> tuple[int | None, tuple[int, int] | None]:
    """The place in line and the minutes left, neither of them worse than the caller was told before."""
    said, now = call.state.said_position, call.facts.position
    position = min(said, now) if said is not None and now is not None else said or now
    told, wait = call.state.said_wait, call.facts.wait_minutes
    if told is not None and (wait is None or wait[0] > told[0] or wait[1] > told[1]):
        wait = told
    return position, wait


def saying_wait(call: Call, position: int | None, wait: tuple[int, int] | None) -> Call:
    """The place in line and the minutes left, as far as they are given."""
    if position is not None:
        call = call.saying("position_next" if position == 1 else "position", position=position)
    if wait is not None:
        call = call.saying("wait_one_minute" if wait[1] == 1 else "wait_range", low=wait[0], high=wait[1])
    return call.saying("link_while_waiting") if links.may_offer(call) else call


def keyed_in_line(call: Call, event: Pressed) -> Call:
    """2 is the link, where there is one; any other key changes nothing."""
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
    if event.keys == _LEAVES_MESSAGE:
        return call.onward(Place.MESSAGE)
    if event.keys == _GIVES_THE_LINK and links.may_send(call):
        return helping.offer_link(call)
    return ladder.failed(call, event)


def recorded(call: Call, event: MessageRecorded) -> Call:
    """The message is kept for the group that was not there, and for the employee whom the caller wanted."""
    group, entry = call.state.group or call.line.person_group, call.state.entry
    kept = call.doing(KeepMessage(group=group, recording=event.recording, seconds=event.seconds, entry=entry))
    return kept.noting(Fact.MESSAGE_LEFT, group=group, entry=entry).saying("message_kept").at(Place.OVER)


def line_lost(call: Call, event: LineLost) -> Call:
    """The agent's line dropped: the caller is told to be first in line, and therefore of no later place."""
    return call.saying("line_lost").at(Place.WAITING, in_line=True, said_position=1, said_wait=None)


def agent_finished(call: Call, event: AgentFinished) -> Call:
    """A goodbye, with a way back for whoever was cut off."""
    return call.at(Place.AFTER_TALK, in_line=False, said_position=None, said_wait=None)


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
    (Place.CLOSED, Pressed): keyed_at_closed,
    (Place.MESSAGE, MessageRecorded): recorded,
    (Place.AFTER_TALK, Pressed): talk_over,
    (Place.AFTER_TALK, Silence): talk_over,
}

ANYWHERE: Mapping[type[Event], Callable[[Call, Any], Call]] = {
    LineLost: line_lost,
    AgentFinished: agent_finished,
    Broke: broke,
    Silence: ladder.failed,
    Unheard: ladder.unheard,
}

OWN_PERSON_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.AFTER_TALK: came_back,
}
"""Places at which `0` does not simply go to a person."""

OWN_BACK_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.WAITING: asked_to_leave,
    Place.LEAVE_LINE: lambda call: leave_answered(call, Pressed(_BACK)),
    Place.AFTER_TALK: Call.from_start,
}
"""Places at which `9` does not simply go back."""
