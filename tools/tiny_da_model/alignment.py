"""Words spoken, and which sound of which word is where: the synthesiser tells, nothing is guessed from the audio."""

from dataclasses import dataclass, replace

from tools.tiny_da_model import espeak, phones
from tools.tiny_da_model.espeak import Manner, Speech
from tools.tiny_da_model.phones import SILENCE, UnknownPhone
from tools.tiny_da_model.spoken import spoken

_SHORT_PAUSE_IN_A_WORD, _SHORT_PAUSE = 0.2, 0.06  # seconds; as part of the sound before it


@dataclass(frozen=True, slots=True)
class Segment:
    """A sound of a word, or a pause (`word` is None), from `start` to `end` in samples."""

    word: int | None
    sound: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlacedPhone:
    """A sound of the model (0 is silence) from `start` to `end` in seconds; `word` is the index of its word."""

    word: int | None
    phone: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """Speech and the sounds in it, in order."""

    speech: Speech
    phones: tuple[PlacedPhone, ...]

    def pronunciation(self, word: int) -> tuple[int, ...]:
        """The sounds of one of the words."""
        return tuple(placed.phone for placed in self.phones if placed.word == word)


def say(words: list[str], manner: Manner = espeak.PLAIN, seed: int = 1) -> Aligned | None:
    """The words spoken. None where the synthesiser read two of them as one, or said a sound that the model lacks."""
    forms = [spoken(word) for word in words]
    speech = espeak.say(" ".join(forms), manner, seed)
    segments = _shared_out(_tidy(_segments(speech, forms), speech.rate), words)
    order = [segment.word for segment in segments if segment.word is not None]
    if set(order) != set(range(len(words))) or order != sorted(order):
        return None
    try:
        return Aligned(speech, tuple(_placed(segments, speech.rate)))
    except UnknownPhone:
        return None


def _segments(speech: Speech, forms: list[str]) -> list[Segment]:
    """One segment for each phoneme that takes time."""
    owners: list[int | None] = [None]  # positions count from 1
    for index, form in enumerate(forms):
        owners += [index] * (len(form) + (index > 0))  # with the space before it
    ends = [phoneme.sample for phoneme in speech.phonemes[1:]] + [len(speech.samples)]
    segments = []
    for phoneme, end in zip(speech.phonemes, ends, strict=True):
        if end <= phoneme.sample:
            continue
        sound = phones.without_stress(phoneme.mnemonic)
        owner = owners[min(phoneme.position, len(owners) - 1)] if sound else None
        segments.append(Segment(owner, sound, phoneme.sample, end))
    return segments


def _tidy(segments: list[Segment], rate: int) -> list[Segment]:
    """The same with neighbouring pauses joined, and short ones given to the sound before."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and not segment.sound and not joined[-1].sound:
            joined[-1] = replace(joined[-1], end=segment.end)
        else:
            joined.append(segment)
    tidy: list[Segment] = []
    for index, segment in enumerate(joined):
        inside = not segment.sound and 0 < index < len(joined) - 1
        if inside and segment.end - segment.start < _short_pause(joined, index) * rate:
            tidy[-1] = replace(tidy[-1], end=segment.end)
        else:
            tidy.append(segment)
    return tidy


def _short_pause(segments: list[Segment], index: int) -> float:
    in_a_word = segments[index - 1].word == segments[index + 1].word
    return _SHORT_PAUSE_IN_A_WORD if in_a_word else _SHORT_PAUSE


def _shared_out(segments: list[Segment], words: list[str]) -> list[Segment]:
    """The synthesiser reads "skal have" as one word: the second gets its part, from its h, back."""
    for index, word in enumerate(words):
        said = {segment.word for segment in segments}
        if index == 0 or index in said or not word.startswith("h"):
            continue
        starts = [at for at, segment in enumerate(segments) if segment.word == index - 1 and segment.sound == "h"]
        if starts and segments[starts[-1] - 1].word == index - 1:
            segments = segments[: starts[-1]] + [
                replace(segment, word=index) if segment.word == index - 1 else segment
                for segment in segments[starts[-1] :]
            ]
    return segments


def _placed(segments: list[Segment], rate: int) -> list[PlacedPhone]:
    placed = []
    for segment in segments:
        phone = SILENCE if segment.word is None else phones.number(segment.sound)
        if phone is not None:
            placed.append(PlacedPhone(segment.word, phone, segment.start / rate, segment.end / rate))
    return placed
