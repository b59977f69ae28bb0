"""<Record>: a beep, the caller's words, and a recording that the product may fetch and delete.

It ends by key, by `timeout` seconds of silence, by `maxLength`, or because the caller hangs up. A recording without a
word is dropped and the call goes on with the next verb. Source: twilio.com/docs/voice/twiml/record.
"""

from typing import TYPE_CHECKING

from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import Go, Pressed, Score, Spoke, Wait

if TYPE_CHECKING:
    from ivr.simulator.call import Call

BEEP_SECONDS = 0.5


def record(call: "Call", verb: Element) -> Score:
    if verb.is_true("playBeep", default=True):
        call.begins_to_hear("", "", media="beep")
        yield Wait(BEEP_SECONDS)
    finish = verb.get("finishOnKey", "1234567890*#")
    longest, silence = verb.number("maxLength", 3600), verb.number("timeout", 5)
    spoken, digits, words = 0.0, "", []
    call.is_recorded = True
    try:
        while spoken < longest:
            occurrence = yield Wait(min(silence, longest - spoken), (Pressed, Spoke))
            if occurrence is None:
                break
            if isinstance(occurrence, Spoke):
                words.append(occurrence.text)
                seconds = min(occurrence.seconds, longest - spoken)
                spoken += seconds
                yield Wait(seconds)
            elif occurrence.digit in finish:
                digits = occurrence.digit
                break
    except GeneratorExit:
        if words:
            recording = _keep(call, verb, spoken, words)
            call.carrier.webhooks.tell(
                call.document.resolve(verb.get("action")),
                verb.get("method", "POST"),
                call.fields() | _result(recording, "hangup") | {"CallStatus": "completed"},
            )
        raise
    finally:
        call.is_recorded = False
    if not words:
        return None
    recording = _keep(call, verb, spoken, words)
    return Go(call.document.resolve(verb.get("action")), verb.get("method", "POST"), _result(recording, digits))


def _result(recording, digits: str) -> dict[str, str]:
    return {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.seconds),
        "Digits": digits,
    }


def _keep(call: "Call", verb: Element, seconds: float, words: list[str]):
    callback = verb.get("recordingStatusCallback")
    return call.carrier.recordings.keep(
        call,
        seconds=max(1, round(seconds)),
        text=" ".join(words),
        callback=call.document.resolve(callback) if callback else "",
        callback_method=verb.get("recordingStatusCallbackMethod", "POST"),
        callback_events=verb.get("recordingStatusCallbackEvent", "completed").split(),
    )
