"""<Gather>: keys, speech or both; the first input wins.

`timeout` counts from the end of the prompts and anew after each key. `#` (or another finishing key) alone is no
input. Without input the call goes on with the next verb, unless `actionOnEmptyResult`. Source:
twilio.com/docs/voice/twiml/gather.
"""

from typing import TYPE_CHECKING

from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import Go, Pressed, Score, Spoke, Wait
from ivr.simulator.twiml.sound import PROMPTS

if TYPE_CHECKING:
    from ivr.simulator.call import Call

LONGEST_SPEECH_SECONDS = 60
AUTO_SPEECH_TIMEOUT_SECONDS = 1


def gather(call: "Call", verb: Element) -> Score:
    inputs = verb.get("input", "dtmf").split()
    listens = tuple(kind for name, kind in (("dtmf", Pressed), ("speech", Spoke)) if name in inputs)
    barges = listens if verb.is_true("bargeIn", default=True) else tuple(kind for kind in listens if kind is Pressed)
    call.is_asked = True
    try:
        occurrence = None
        for prompt in verb.children:
            occurrence = yield from PROMPTS[prompt.name](call, prompt, until=barges)
            if occurrence is not None:
                break
        fields = yield from _input(verb, listens, occurrence)
    finally:
        call.is_asked = False
    if not (fields.get("Digits") or fields.get("SpeechResult")):
        if not verb.is_true("actionOnEmptyResult"):
            return None
        fields.setdefault("Digits" if "dtmf" in inputs else "SpeechResult", "")
    return Go(call.document.resolve(verb.get("action")), verb.get("method", "POST"), fields)


def _input(verb: Element, listens: tuple[type, ...], occurrence: Pressed | Spoke | None) -> Score:
    timeout = verb.number("timeout", 5)
    most = int(verb.number("numDigits", 0))
    finish = verb.get("finishOnKey", "#")
    digits = ""
    while True:
        if occurrence is None:
            # Once a key has been pressed, speech is ignored.
            occurrence = yield Wait(timeout, (Pressed,) if digits else listens)
        if occurrence is None:
            return {"Digits": digits, "msg": "Gather End"} if digits else {}
        if isinstance(occurrence, Spoke):
            return (yield from _speech(verb, timeout, occurrence))
        if occurrence.digit in finish:
            return {"Digits": digits, "FinishedOnKey": occurrence.digit, "msg": "Gather End"} if digits else {}
        digits += occurrence.digit
        if len(digits) == most:
            return {"Digits": digits, "msg": "Gather End"}
        occurrence = None


def _speech(verb: Element, timeout: float, spoke: Spoke) -> Score:
    """The caller finishes the sentence and is silent for a while; then the words are known."""
    silence = (
        AUTO_SPEECH_TIMEOUT_SECONDS if verb.get("speechTimeout") == "auto" else verb.number("speechTimeout", timeout)
    )
    yield Wait(min(spoke.seconds, LONGEST_SPEECH_SECONDS) + silence)
    if not spoke.text:
        return {}
    fields = {"SpeechResult": spoke.text, "Language": verb.get("language", "en-US")}
    if spoke.confidence is not None:  # documented as not always there
        fields["Confidence"] = f"{spoke.confidence:.8f}".rstrip("0").rstrip(".")
    return fields
