"""The way of a call through its documents: fetch one, perform its verbs, go where they lead, hang up at the end.

When a document cannot be had or used, the fallback URL is asked once with `ErrorCode` and `ErrorUrl`; without one, or
when that fails too, the caller hears the canned sentence and the call ends. Source:
twilio.com/docs/availability-reliability.
"""

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from ivr.simulator.problems import UnusableError
from ivr.simulator.twiml import dial, gather, record, sound, stream
from ivr.simulator.twiml.document import Document, Element, read
from ivr.simulator.twiml.performance import Fetch, Go, Hang, Score, Wait

if TYPE_CHECKING:
    from ivr.simulator.call import Call

CANNED_ERROR = "We are sorry. An application error has occurred. Goodbye."
CANNED_ERROR_SECONDS = 5


def say(call: "Call", verb: Element) -> Score:
    yield from sound.say(call, verb)


def play(call: "Call", verb: Element) -> Score:
    yield from sound.play(call, verb)


def pause(call: "Call", verb: Element) -> Score:
    yield from sound.pause(call, verb)


def redirect(call: "Call", verb: Element) -> Score:
    yield from ()
    return Go(call.document.resolve(verb.text), verb.get("method", "POST"))


def hangup(call: "Call", verb: Element) -> Score:
    yield from ()
    return Hang()


def reject(call: "Call", verb: Element) -> Score:
    """As the first verb it refuses the call unanswered; later it is a hang-up."""
    yield from ()
    call.refuse("busy" if verb.get("reason") == "busy" else "no-answer")
    return Hang()


VERBS = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather.gather,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
    "Record": record.record,
    "Dial": dial.dial,
    "Start": stream.start,
    "Stop": stream.stop,
}
UNANSWERED_VERBS = {"Pause", "Reject"}
"""The verbs that do not answer a ringing call when they come first."""


def call_flow(call: "Call", first: Go | str, fallback: Go | None = None) -> Score:
    """Everything the carrier does on a leg from `first`, an address or a document given inline, until it would hang up.

    The result is None when a document ran out of verbs (the end of a whisper), `Hang` when it asked for the end.
    """
    step = first
    while True:
        try:
            if isinstance(step, Go):
                page = yield from document(call, step)
            else:
                page = read(step.encode(), "text/xml", url="")
            outcome = yield from perform(call, page)
        except UnusableError as trouble:
            call.report(trouble.code, str(trouble), trouble.url or call.document.url)
            if fallback is None:
                yield from canned_error(call)
                return Hang()
            faulty = urldefrag(trouble.url or call.document.url).url
            error = {"ErrorCode": str(trouble.code), "ErrorUrl": faulty}
            step, fallback = Go(fallback.url, fallback.method, error), None
            continue
        if not isinstance(outcome, Go):
            return outcome
        step = outcome


def document(call: "Call", go: Go) -> Score:
    reply = yield Fetch(go.url, go.method, go.fields)
    if reply.error_code:
        raise UnusableError(reply.error_code, reply.error_text, go.url)
    return read(reply.body, reply.content_type, go.url, go.method)


def perform(call: "Call", document: Document) -> Score:
    """The verbs in order, until one leads elsewhere or ends the call."""
    call.document = document
    for code, text in document.warnings:
        call.report(code, text, document.url)
    for verb in document.verbs:
        if verb.name not in UNANSWERED_VERBS:
            call.pick_up()
        outcome = yield from VERBS[verb.name](call, verb)
        if isinstance(outcome, Go | Hang):
            return outcome
    return None


def canned_error(call: "Call") -> Score:
    call.pick_up()
    call.begins_to_hear(CANNED_ERROR, "en-US")
    yield Wait(CANNED_ERROR_SECONDS)


def entertainment(call: "Call", go: Go) -> Score:
    """What someone alone or on hold in a conference hears: a recording, or a document of Say, Play, Pause and Redirect.

    When it runs out there is silence: the address is not asked again. The result is False when it could not be had.
    """
    while True:
        reply = yield Fetch(go.url, go.method)
        if reply.error_code:
            call.report(reply.error_code, f"wait or hold URL: {reply.error_text}", go.url)
            return False
        if reply.content_type.startswith("audio/"):
            call.begins_to_hear("", "", media=go.url)
            call.hears_music = True
            yield Wait(sound.media_seconds(reply))
            call.hears_music = False
            return True
        try:
            page = read(reply.body, reply.content_type, go.url, go.method)
            go = yield from _amuse(call, page)
        except UnusableError as trouble:
            call.report(trouble.code, str(trouble), go.url)
            return False
        if go is None:
            return True


def _amuse(call: "Call", page: Document) -> Score:
    before, call.document = call.document, page
    try:
        for verb in page.verbs:
            if verb.name == "Redirect":
                return Go(page.resolve(verb.text), verb.get("method", "POST"))
            if verb.name in sound.PROMPTS:
                yield from sound.PROMPTS[verb.name](call, verb)
            else:
                call.report(13238, f"<{verb.name}> cannot be used while waiting", page.url)
        return None
    finally:
        call.document = before
