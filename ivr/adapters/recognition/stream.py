"""An ear for one stream: sound in, utterances out. The end of speech is found by the model's own rules for pauses."""

import json
from dataclasses import dataclass

import vosk

from ivr.adapters.recognition.vosk import UNKNOWN

TELEPHONE_RATE = 8000

_LOOKS_FOR_SPEECH_EVERY_BYTES = TELEPHONE_RATE // 5
_BIAS = 0x84


def _decoded(code: int) -> int:
    """One µ-law byte as a signed 16-bit sample. Source: ITU-T G.711, table 2a."""
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + _BIAS << ((code & 0x70) >> 4)) - _BIAS
    return -size if code & 0x80 else size


# A sample's two bytes are looked up apart, since bytes can be translated at once and words cannot.
_LOW = bytes(_decoded(code) & 0xFF for code in range(256))
_HIGH = bytes(_decoded(code) >> 8 & 0xFF for code in range(256))


def linear(mulaw: bytes) -> bytes:
    """µ-law as signed 16-bit samples, the lower byte first."""
    samples = bytearray(2 * len(mulaw))
    samples[0::2], samples[1::2] = mulaw.translate(_LOW), mulaw.translate(_HIGH)
    return bytes(samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What was said up to a pause. `text` is empty where nothing was, or, if `is_unclear`, nothing in known words."""

    text: str
    is_unclear: bool


class Ear:
    """Listens to one stream; not to be used by two threads at a time."""

    def __init__(self, recogniser: vosk.KaldiRecognizer) -> None:
        self._recogniser = recogniser
        self._not_looked_at = 0
        self.is_speaking = False

    def hear(self, mulaw: bytes) -> Utterance | None:
        """Take the next piece of sound. Returns what was said once the speaker has come to an end."""
        if self._recogniser.AcceptWaveform(linear(mulaw)):
            self.is_speaking = False
            return utterance(self._recogniser.Result())
        self._not_looked_at += len(mulaw)
        if not self.is_speaking and self._not_looked_at >= _LOOKS_FOR_SPEECH_EVERY_BYTES:
            self._not_looked_at = 0
            self.is_speaking = bool(json.loads(self._recogniser.PartialResult())["partial"])
        return None

    def finish(self) -> Utterance:
        """No more sound will come: what was said since the last pause."""
        self.is_speaking = False
        return utterance(self._recogniser.FinalResult())


def utterance(result: str) -> Utterance:
    """What one of Vosk's results says."""
    words = json.loads(result)["text"].split()
    known = [word for word in words if word != UNKNOWN]
    return Utterance(text=" ".join(known), is_unclear=bool(words) and not known)
