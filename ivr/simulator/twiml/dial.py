"""<Dial>: into a conference, or to another party whose answer bridges the two lines.

Afterwards the action URL is asked with `DialCallStatus` and what is known of the other call; without an action the
document goes on. Source: twilio.com/docs/voice/twiml/dial, …/number, …/conference.
"""

from typing import TYPE_CHECKING

from ivr.simulator import problems
from ivr.simulator.problems import UnusableError
from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import ChildEnded, ChildReady, Go, Pressed, RoomClosed, Score, Wait

if TYPE_CHECKING:
    from ivr.simulator.call import Call

RING_SECONDS = 30
EXTRA_RING_SECONDS = 5
"""Twilio adds them to every ring time given in <Dial> and in Participants."""
LONGEST_SECONDS = 4 * 3600


def dial(call: "Call", verb: Element) -> Score:
    if call.is_whispering:
        raise UnusableError(problems.DIAL_IN_DIAL, "a dialled party's own document may not <Dial>")
    nouns = verb.children or ((Element(name="Number", text=verb.text),) if verb.text else ())
    if not nouns:
        call.report(problems.PHONE_NUMBER, "<Dial> names no one to call", call.document.url)
        return None
    if nouns[0].name == "Conference":
        fields = yield from _conference(call, verb, nouns[0])
    else:
        fields = yield from _parties(call, verb, nouns)
    if fields is None or "action" not in verb.attributes:
        return None
    return Go(call.document.resolve(verb.get("action")), verb.get("method", "POST"), fields)


def _conference(call: "Call", verb: Element, noun: Element) -> Score:
    rooms = call.carrier.conferences
    settings = {**noun.attributes}
    for name in ("statusCallback", "waitUrl"):
        if settings.get(name):
            settings[name] = call.document.resolve(settings[name])
    refusal = rooms.refusal(noun.text, settings)
    if refusal == problems.LABEL_TAKEN:
        # Documented: not added to the conference; the call goes on with the next verb, not with the action.
        call.report(refusal, f"label {settings['participantLabel']!r} is taken", call.document.url)
        return None
    if refusal:
        call.report(refusal, f"conference {noun.text!r} refused the call", call.document.url)
        return {"DialCallStatus": "failed"}
    participant = rooms.enter(call, noun.text, settings)
    listens = (RoomClosed, Pressed) if verb.is_true("hangupOnStar") else (RoomClosed,)
    try:
        remaining = verb.number("timeLimit", LONGEST_SECONDS)
        began = call.carrier.clock.now()
        while True:
            passed = (call.carrier.clock.now() - began).total_seconds()
            occurrence = yield Wait(max(0.0, remaining - passed), listens)
            if not isinstance(occurrence, Pressed) or occurrence.digit == "*":
                break
    finally:
        rooms.leave(participant, call.leaves_because)
    return {"DialCallStatus": "answered"}


def _parties(call: "Call", verb: Element, nouns: tuple[Element, ...]) -> Score:
    """Ring all parties at once; the first whose whisper ends is connected, the rest are let go."""
    caller_id = verb.get("callerId") or call.from_
    if not call.carrier.may_show(caller_id, call):
        call.report(problems.CALLER_ID, f"callerId {caller_id!r} is neither ours nor the caller's", call.document.url)
        return {"DialCallStatus": "failed"}
    ring_seconds = verb.number("timeout", RING_SECONDS) + EXTRA_RING_SECONDS
    children = [call.carrier.dial_out(call, noun, caller_id, ring_seconds) for noun in nouns]
    try:
        winner = yield from _first_to_answer(children)
        if winner is None:
            # A party who answered and was let go by the whisper: `completed`, told apart by DialBridged alone.
            return _outcome(children[-1], bridged=False)
        call.bridged_with, winner.bridged_with = winner, call
        yield from _talk(verb, winner)
        return _outcome(winner, bridged=True)
    finally:
        call.bridged_with = None
        for child in children:
            if child.parent is call:  # one that was moved elsewhere by REST lives on by itself
                child.end("canceled" if child.answered_at is None else "completed")


def _first_to_answer(children: list["Call"]) -> Score:
    """The party whose whisper ends first, when the others are let go; None when no one is left."""
    live = list(children)
    while live:
        news = yield Wait(None, (ChildReady, ChildEnded))
        if isinstance(news, ChildReady):
            for child in live:
                if child is not news.call:
                    child.end("canceled")
            return news.call
        live.remove(news.call)
    return None


def _talk(verb: Element, other: "Call") -> Score:
    """Until one of the two hangs up, the time is up, or the caller presses the star that ends the talk."""
    listens = (ChildEnded, Pressed) if verb.is_true("hangupOnStar") else (ChildEnded,)
    while True:
        news = yield Wait(verb.number("timeLimit", LONGEST_SECONDS), listens)
        if news is None or (isinstance(news, Pressed) and news.digit == "*"):
            other.end()
            return
        if isinstance(news, ChildEnded) and news.call is other:
            return


def _outcome(child: "Call", bridged: bool) -> dict[str, str]:
    status = "completed" if child.is_live else child.status
    fields = {"DialCallStatus": status, "DialCallSid": child.sid, "DialBridged": str(bridged).lower()}
    if child.answered_at is not None:
        fields["DialCallDuration"] = str(child.seconds)
    return fields
