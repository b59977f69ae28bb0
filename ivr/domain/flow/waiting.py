"""In line, before a closed door, and after the talk.

A waiting caller stays in line while choosing anything; the entry changes only when the choice is confirmed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import helping, ladder, people
from ivr.domain.flow.actions import Enqueue, KeepMessage, LeaveLine
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import AgentFinished, Broke, Event, LineLost, MessageRecorded, Pressed, Silence
from ivr.domain.flow.state import Place

_GIVES_THE_LINK = "2"
_LEAVES_MESSAGE = "1"


def waited(call: Call, event: Silence) -> Call:
    """A waiting document has come to its end. What is said of the place never grows without a cause."""
    position = call.facts.position
    if position is not None and call.state.said_position is not None:
        position = min(position, call.state.said_position)
    is_news = position is not None and position != call.state.said_position
    wait = call.facts.wait_minutes
    if is_news and position is not None and not _is_urgent(call):
        call = call.saying("position_next" if position == 1 else "position", position=position)
        if wait is not None and wait != call.state.said_wait:
            call = call.saying("wait_range" if wait[0] != wait[1] else "wait_about", low=wait[0], high=wait[1])
    else:
        call = call.saying("still_waiting")
    return call.changing(said_position=position, said_wait=wait or call.state.said_wait)


def keyed_in_line(call: Call, event: Pressed) -> Call:
    if event.keys == _GIVES_THE_LINK and helping.may_offer_link(call, call.topic):
        return helping.offer_link(call)
    return call


def asked_to_leave(call: Call) -> Call:
    """`9` in line: asked once more, since a key pressed by mistake must not cost the place."""
    return call.at(Place.LEAVE_LINE)


def leave_answered(call: Call, event: Pressed | Silence) -> Call:
    if isinstance(event, Pressed) and event.keys == "9":
        left = call.doing(LeaveLine()).changing(in_line=False, said_position=None, said_wait=None)
        return left.at(Place.QUESTION, topic=None, menu=None, trail=())
    return call.at(Place.WAITING)


def keyed_at_closed(call: Call, event: Pressed) -> Call:
    group = call.state.group or call.line.person_group
    if event.keys == _LEAVES_MESSAGE:
        return call.onward(Place.MESSAGE, group=group)
    if event.keys == _GIVES_THE_LINK and helping.may_offer_link(call, call.topic):
        return helping.offer_link(call)
    return ladder.failed(call, silent=False)


def person_at_closed(call: Call) -> Call:
    """`0` when nobody is in: said again when somebody will be."""
    group = call.state.group or call.line.person_group
    opening = call.facts.openings[group]
    if opening.is_open:
        return people.to_group(call, group)
    return people.saying_closed(call, opening).at(Place.CLOSED)


def recorded(call: Call, event: MessageRecorded) -> Call:
    group = call.state.group or call.line.person_group
    kept = call.doing(KeepMessage(group=group, recording=event.recording, seconds=event.seconds))
    return kept.noting(Fact.MESSAGE_LEFT, group=group).saying("message_kept").at(Place.OVER)


def line_lost(call: Call, event: LineLost) -> Call:
    return call.saying("line_lost").at(Place.WAITING, in_line=True, said_position=None, said_wait=None)


def agent_finished(call: Call, event: AgentFinished) -> Call:
    return call.at(Place.AFTER_TALK, in_line=False)


def came_back(call: Call) -> Call:
    """`0` after the agent's telephone was hung up: it was not over for the caller, who goes to the front."""
    topic = call.topic
    group = call.state.group or (topic.group if topic is not None else call.line.person_group)
    front = Enqueue(group=group, topic=call.state.topic, returned=True)
    return call.saying("line_lost").doing(front).at(Place.WAITING, in_line=True, said_position=None, said_wait=None)


def talk_over(call: Call, event: Silence | Pressed) -> Call:
    return call.at(Place.OVER)


def broke(call: Call, event: Broke) -> Call:
    """Something failed inside: one calm sentence, and a person."""
    sorry = call.noting(Fact.FAILED_INSIDE).saying("broke")
    if call.state.in_line:
        return sorry.at(Place.WAITING)
    return people.to_person(replace(sorry, state=replace(sorry.state, failures=0)))


def _is_urgent(call: Call) -> bool:
    topic = call.topic
    return topic is not None and topic.kind == "urgent"


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.WAITING, Silence): waited,
    (Place.WAITING, Pressed): keyed_in_line,
    (Place.LEAVE_LINE, Pressed): leave_answered,
    (Place.LEAVE_LINE, Silence): leave_answered,
    (Place.CLOSED, Pressed): keyed_at_closed,
    (Place.CLOSED, Silence): ladder.silence,
    (Place.MESSAGE, MessageRecorded): recorded,
    (Place.MESSAGE, Silence): ladder.silence,
    (Place.AFTER_TALK, Pressed): talk_over,
    (Place.AFTER_TALK, Silence): talk_over,
}

ANYWHERE: Mapping[type[Event], Callable[[Call, Any], Call]] = {
    LineLost: line_lost,
    AgentFinished: agent_finished,
    Broke: broke,
}

OWN_PERSON_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.CLOSED: person_at_closed,
    Place.AFTER_TALK: came_back,
}
"""Places at which `0` does not simply go to a person."""

OWN_BACK_KEY: Mapping[Place, Callable[[Call], Call]] = {
    Place.WAITING: asked_to_leave,
    Place.LEAVE_LINE: lambda call: leave_answered(call, Pressed("9")),
    Place.AFTER_TALK: lambda call: call,
}
"""Places at which `9` does not simply go back."""
