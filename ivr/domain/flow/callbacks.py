"""Callbacks, as the caller hears of them: asked for in line, confirmed by key, and spoken of again by whoever calls in.

A number may be shared or forged: nothing here tells what the matter is. The calling number alone can be rung: a callback
to any other would be a way to have strangers called.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.domain.flow import greeting, people
from ivr.domain.flow.actions import CancelCallback, PromiseCallback
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import CalledBack, Event, Pressed, Silence
from ivr.domain.flow.facts import Promised
from ivr.domain.flow.state import Place
from ivr.domain.routing.callbacks import is_offered, promised_until

ASKS = "1"
_YES = "1"


def may_offer(call: Call) -> bool:
    """Whether the wait is long, the number can be called, and the promise can be kept while the group is open.

    Not for urgent matters, and not where the number is to leave no trace.
    """
    topic, group = call.topic, call.state.group
    policy = people.hold_of(call, group).callback
    if policy is None or group is None or call.facts.rings_back is None or people.is_urgent(call):
        return False
    if topic is not None and topic.anonymous:
        return False
    closes_at = call.facts.openings[group].closes_at
    until = promised_until(call.facts.now, call.facts.wait_minutes)
    is_in_time = closes_at is None or until <= closes_at
    return is_in_time and is_offered(policy, call.facts.wait_minutes, call.facts.waited)


def offered_once(call: Call) -> Call:
    """That there are callbacks, told once; the key works for as long as they may be had."""
    if call.state.callback_offered or not may_offer(call):
        return call
    return call.saying("callback_while_waiting").changing(callback_offered=True)


def offer(call: Call) -> Call:
    """Skal vi ringe til dig på dette nummer? The place is kept meanwhile."""
    return call.at(Place.CALLBACK)


def confirmed(call: Call, event: Pressed | Silence) -> Call:
    """1 is a promise; anything else, silence too, keeps the place in line by telephone."""
    if event != Pressed(_YES) or not may_offer(call):
        return call.saying("place_kept").at(Place.WAITING)
    until = promised_until(call.facts.now, call.facts.wait_minutes)
    when = call.moment(until)
    promised = call.doing(PromiseCallback(until=until, when=when)).saying("callback_promised", when=when)
    return people.untold(promised).at(Place.OVER, in_line=False)


def in_its_language(call: Call) -> Call:
    """The call in the language of the callback that it is first asked about."""
    language = call.facts.promised[0].language
    return call.changing(language=language) if language in call.line.languages else call


def reminded(call: Call) -> Call:
    """What was promised, and the choice to keep it, to wait instead or to cancel."""
    promised = call.facts.promised[0]
    is_late = promised.until <= call.facts.now
    # Its keys would be those of the choice; the languages are told with the open question.
    call = replace(call, said=tuple(say for say in call.said if say not in greeting.offers(call)))
    told = call.saying("promised_late") if is_late else call.saying("promised", when=call.moment(promised.until))
    return told.at(Place.PROMISED)


def answered(call: Call, event: Pressed) -> Call:
    """1 keeps the callback, 2 is in line in its place, 3 cancels; any other key is another matter."""
    promised = _open(call)
    if promised is None:
        return greeting.keyed_at_question(call.from_start(), event)
    match event.keys:
        case "1":
            return call.saying("callback_kept").at(Place.OVER)
        case "2" if people.is_open(call, promised.group):
            return _in_line(call, promised)
        case "3":
            return call.doing(CancelCallback(callback=promised.callback)).saying("callback_cancelled").from_start()
    return call.from_start()


def kept_silent(call: Call, event: Silence) -> Call:
    """Whoever stays on the line has another matter; the callback stands."""
    return call.from_start()


def called_back(call: Call, event: CalledBack) -> Call:
    """The citizen is on the line and has not lost the place: should the agent drop now, the line is where they are."""
    return people.untold(call).at(Place.WAITING, in_line=True, said_position=1)


def _open(call: Call) -> Promised | None:
    return call.facts.promised[0] if call.facts.promised else None


def _in_line(call: Call, promised: Promised) -> Call:
    known = call.saying("place_regained").changing(topic=promised.topic, recalled=True)
    joined = people.join(known, promised.group, place_of=promised.entry)
    return people.nobody_in(joined) if people.is_deserted(call, promised.group) else joined


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.CALLBACK, Pressed): confirmed,
    (Place.CALLBACK, Silence): confirmed,
    (Place.PROMISED, Pressed): answered,
    (Place.PROMISED, Silence): kept_silent,
}
