"""A caller's voice: text to what a telephone line carries, spoken by espeak-ng, the same bytes every time.

    line = silence(0.3) + say("Jeg skal have et nyt pas") + silence(1)
    for frame in line.frames():  # 20 ms of µ-law each, as a carrier streams it
        ...

`python -m tests.kit.voice "Jeg skal have et nyt pas" pas.wav` writes it down to listen to.
"""

import argparse
import io
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tools.tiny_da_model import espeak
from tools.tiny_da_model.espeak import Manner
from tools.tiny_da_model.sound import (
    TELEPHONE_RATE,
    Samples,
    at_level,
    from_mulaw,
    in_band,
    resample,
    to_16_bit,
    to_mulaw,
)
from tools.tiny_da_model.spoken import spoken_text

FRAME_BYTES = TELEPHONE_RATE * 20 // 1000
_VOICE_DECIBELS = -20.0
_MULAW_SILENCE = b"\xff"
# Variants of espeak-ng that the tiny Danish model was never trained on.
CALLERS = ("da", "da+f4", "da+m5", "da+linda", "da+david")


@dataclass(frozen=True, slots=True)
class Sound:
    """What a line carries: `mulaw` is G.711 µ-law, 8000 bytes a second. Sounds are joined with `+`."""

    mulaw: bytes

    def __add__(self, after: "Sound") -> "Sound":
        return Sound(self.mulaw + after.mulaw)

    @property
    def seconds(self) -> float:
        return len(self.mulaw) / TELEPHONE_RATE

    def frames(self) -> Iterator[bytes]:
        """Pieces of 20 ms, 160 bytes; the last is filled up with silence."""
        for start in range(0, len(self.mulaw), FRAME_BYTES):
            yield self.mulaw[start : start + FRAME_BYTES].ljust(FRAME_BYTES, _MULAW_SILENCE)

    def pcm(self) -> bytes:
        """The same, decoded: signed 16-bit samples, lower byte first, as a recogniser takes them."""
        return from_mulaw(self.mulaw).astype("<i2").tobytes()

    def wav(self) -> bytes:
        """The same as a WAV file: 8 kHz, mono, 16 bit."""
        file = io.BytesIO()
        with wave.open(file, "wb") as written:
            written.setnchannels(1)
            written.setsampwidth(2)
            written.setframerate(TELEPHONE_RATE)
            written.writeframes(self.pcm())
        return file.getvalue()


@cache
def say(text: str, *, voice: str = "da", words_a_minute: int = 160, pitch: int = 50) -> Sound:
    """`text` as it arrives over a telephone line, without silence around it.

    `voice` is a language, "da" or "en", or one with a variant, such as those of `CALLERS`. Raises NoSuchVoice, and
    ValueError for a text in which there is nothing to say.
    """
    manner = Manner(voice=voice, words_a_minute=words_a_minute, pitch=pitch)
    speech = espeak.say(spoken_text(text) if voice.startswith("da") else text, manner)
    if not speech.samples.any():
        raise ValueError(f"There is nothing to say in {text!r}.")
    return _over_the_line(at_level(resample(speech.samples, speech.rate), _VOICE_DECIBELS))


def silence(seconds: float) -> Sound:
    """Nobody speaks, and the line is digital: no hiss."""
    return Sound(_MULAW_SILENCE * round(seconds * TELEPHONE_RATE))


@cache
def noise(seconds: float, *, decibels: float = -40.0, seed: int = 0) -> Sound:
    """A hissing line with nobody on it; `decibels` of full scale, where a voice has -20."""
    hiss = np.random.default_rng(seed).standard_normal(round(seconds * TELEPHONE_RATE))
    return _over_the_line(at_level(hiss, decibels))


def _over_the_line(samples: Samples) -> Sound:
    return Sound(to_mulaw(to_16_bit(in_band(samples))))


def main(arguments: list[str] | None = None) -> int:
    """Write a WAV file of a sentence."""
    parser = argparse.ArgumentParser(prog="python -m tests.kit.voice", description="Says a sentence into a WAV file.")
    parser.add_argument("text")
    parser.add_argument("wav", type=Path)
    parser.add_argument("--voice", default="da", help="da, en, or with a variant: da+f4, da+m5, …")
    given = parser.parse_args(arguments)
    try:
        given.wav.write_bytes(say(given.text, voice=given.voice).wav())
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
