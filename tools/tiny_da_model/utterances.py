"""A sentence said by one of many voices, at 8 kHz, with the place of every sound."""

from dataclasses import dataclass, replace
from functools import cache

from numpy.random import Generator

from tools.tiny_da_model import alignment, espeak
from tools.tiny_da_model.alignment import PlacedPhone
from tools.tiny_da_model.espeak import Manner
from tools.tiny_da_model.sound import Samples, resample

# Never used in training: the model is measured with them.
HELD_OUT_VOICES = tuple(
    f"da+{variant}"
    for variant in ("m5", "f4", "klatt3", "linda", "david", "Michael", "grandma", "sandro", "Annie", "max")
)
# Not like anybody on a telephone.
_LEFT_OUT = {
    *("croak", "whisper", "whisperf", "Demonic", "UniRobot", "anikaRobot", "Storm", "Tweaky", "AnxiousAndy"),
    *("fast", "Mr serious", "kaukovalta", "robosoft", *(f"robosoft{number}" for number in range(2, 9))),
}
_PLAIN_VOICE_TIMES = 4


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech at 8 kHz, not yet on a line, and its sounds in order."""

    samples: Samples
    phones: tuple[PlacedPhone, ...]


@cache
def training_voices() -> tuple[str, ...]:
    """The voices to train with; the plain one counts more than a variant."""
    variants = [f"da+{variant}" for variant in espeak.voices() if variant not in _LEFT_OUT]
    return ("da",) * _PLAIN_VOICE_TIMES + tuple(voice for voice in variants if voice not in HELD_OUT_VOICES)


def any_manner(chance: Generator, voice: str) -> Manner:
    """Slow or fast, low or high, as chance will have it."""
    return Manner(
        voice=voice,
        words_a_minute=int(chance.integers(115, 215)),
        pitch=int(chance.integers(15, 85)),
        pitch_range=int(chance.integers(20, 80)),
        word_gap=int(chance.choice([0, 0, 0, 1, 3])),
    )


def any_throat(chance: Generator) -> float:
    """A factor for `say`: mostly a little smaller or larger than the voice's own."""
    return float(chance.uniform(0.86, 1.16)) if chance.random() < 0.7 else 1.0


def say(words: list[str], manner: Manner, throat: float = 1.0, seed: int = 1) -> Utterance | None:
    """The words, said. None where the synthesiser cannot tell its sounds apart (see `alignment.say`).

    `throat` plays the samples as if they had been taken at another rate: above 1, all is higher and faster.
    """
    aligned = alignment.say(words, manner, seed)
    if aligned is None:
        return None
    placed = tuple(replace(phone, start=phone.start / throat, end=phone.end / throat) for phone in aligned.phones)
    return Utterance(resample(aligned.speech.samples, aligned.speech.rate * throat), placed)
