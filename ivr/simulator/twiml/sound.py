"""Verbs that make the caller hear something: Say, Play, Pause.

Each is also a prompt inside <Gather>: then it ends early with the occurrence that `until` names, which is returned.
"""

import io
import wave
from typing import TYPE_CHECKING

from ivr.simulator import problems
from ivr.simulator.problems import UnusableError
from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import Fetch, Score, Wait
from ivr.simulator.webhooks import Reply

if TYPE_CHECKING:
    from ivr.simulator.call import Call

LETTERS_PER_SECOND = 15
SECONDS_OF_UNKNOWN_MEDIA = 10
SECONDS_PER_TONE = 0.5
FOR_EVER = 1000
"""Twilio plays `loop="0"` at most so many times."""


def spoken_seconds(text: str) -> float:
    """How long a voice takes to say it: an estimate from the number of letters."""
    return max(1.0, len(text) / LETTERS_PER_SECOND)


def say(call: "Call", verb: Element, until: tuple[type, ...] = ()) -> Score:
    for _ in range(_times(verb)):
        call.begins_to_hear(verb.text, verb.get("language", "en-US"))
        occurrence = yield Wait(spoken_seconds(verb.text), until)
        if occurrence is not None:
            return occurrence
    return None


def play(call: "Call", verb: Element, until: tuple[type, ...] = ()) -> Score:
    if verb.get("digits"):
        return (yield Wait(len(verb.get("digits")) * SECONDS_PER_TONE, until))
    url = call.document.resolve(verb.text)
    seconds = call.carrier.media_seconds.get(url)
    if seconds is None:
        reply = yield Fetch(url, "GET", is_media=True)
        seconds = call.carrier.media_seconds[url] = media_seconds(reply)
    call.begins_to_hear("", "", media=url)
    call.hears_music = True
    try:
        for _ in range(_times(verb)):
            occurrence = yield Wait(seconds, until)
            if occurrence is not None:
                return occurrence
    finally:
        call.hears_music = False
    return None


def pause(call: "Call", verb: Element, until: tuple[type, ...] = ()) -> Score:
    return (yield Wait(verb.number("length", 1), until))


def media_seconds(reply: Reply) -> float:
    """How long a recording lasts; a guess for formats other than WAV."""
    if reply.error_code:
        raise UnusableError(reply.error_code, f"<Play>: {reply.error_text}", reply.url)
    if not reply.content_type.startswith("audio/"):
        raise UnusableError(problems.PLAY_CONTENT_TYPE, f"<Play>: {reply.content_type!r} is not audio", reply.url)
    try:
        with wave.open(io.BytesIO(reply.body)) as sound:
            return max(0.1, sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return SECONDS_OF_UNKNOWN_MEDIA


def _times(verb: Element) -> int:
    return int(verb.number("loop", 1)) or FOR_EVER


PROMPTS = {"Say": say, "Play": play, "Pause": pause}
