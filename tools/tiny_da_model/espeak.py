"""Speech from espeak-ng through its C interface: the samples, and where each phoneme lies in them.

The library is the one inside the `espeakng-loader` wheel (GPL-3.0-or-later): for development and tests, never shipped.
C interface: `src/include/espeak-ng/speak_lib.h` of espeak-ng.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np
import numpy.typing as npt

_OUTPUT_SYNCHRONOUS = 2
_BUFFER_MILLISECONDS = 200
_WITH_PHONEME_EVENTS = 1
_POSITION_IN_CHARACTERS = 1
_TEXT_IS_UTF8 = 1
_LIST_ENDS, _PHONEME = 0, 7  # espeak_EVENT_TYPE
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7  # espeak_PARAMETER

_C_LIBRARY = ctypes.CDLL(None)
_ONE_AT_A_TIME = threading.Lock()


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Samples = ctypes.POINTER(ctypes.c_short)
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, _Samples, ctypes.c_int, ctypes.POINTER(_Event))


class NoSuchVoice(ValueError):
    """espeak-ng has no voice of this name."""

    def __init__(self, voice: str) -> None:
        super().__init__(f'espeak-ng has no voice "{voice}". Voices look like "da", "en" or, with a variant, "da+f2".')


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How something is said. `voice` is a language, or language+variant; the other values are espeak-ng's own scales."""

    voice: str = "da"
    words_a_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50
    word_gap: int = 0


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Phoneme:
    """A phoneme that begins at `sample`; `position` counts the characters of the text from 1."""

    position: int
    sample: int
    mnemonic: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What was said: 16-bit samples, `rate` of them a second, and their phonemes in order."""

    samples: npt.NDArray[np.int16]
    rate: int
    phonemes: tuple[Phoneme, ...]


def say(text: str, manner: Manner = PLAIN, seed: int = 1) -> Speech:
    """`text` spoken. The same text, manner and seed always give the same samples; `seed` is that of the breath.

    Raises NoSuchVoice.
    """
    samples: list[npt.NDArray[np.int16]] = []
    phonemes: list[Phoneme] = []

    def take(heard: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if count > 0:
            samples.append(np.ctypeslib.as_array(heard, (count,)).copy())
        phonemes.extend(_phonemes(events))
        return 0

    callback = _Callback(take)  # the library keeps only its address
    with _fresh_library(seed) as (library, rate):
        if library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            raise NoSuchVoice(manner.voice)
        for parameter, value in (
            (_RATE, manner.words_a_minute),
            (_PITCH, manner.pitch),
            (_RANGE, manner.pitch_range),
            (_WORD_GAP, manner.word_gap),
        ):
            library.espeak_SetParameter(parameter, value, 0)
        library.espeak_SetSynthCallback(callback)
        encoded = text.encode()
        library.espeak_Synth(encoded, len(encoded) + 1, 0, _POSITION_IN_CHARACTERS, 0, _TEXT_IS_UTF8, None, None)
        library.espeak_Synchronize()
    return Speech(np.concatenate(samples or [np.zeros(0, np.int16)]), rate, tuple(phonemes))


def voices() -> list[str]:
    """The variants of a voice that the wheel brings, sorted: "f2" is used as "da+f2"."""
    return sorted(path.name for path in (Path(espeakng_loader.get_data_path()) / "voices" / "!v").iterdir())


@contextmanager
def _fresh_library(seed: int) -> Iterator[tuple[ctypes.CDLL, int]]:
    """The library, just loaded, and its samples a second.

    It keeps the flutter and the phase of the voice from one text to the next, and no call sets them back: to say the
    same twice it must be loaded anew, which takes half a millisecond.
    """
    with _ONE_AT_A_TIME:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        try:
            rate = library.espeak_Initialize(
                _OUTPUT_SYNCHRONOUS,
                _BUFFER_MILLISECONDS,
                espeakng_loader.get_data_path().encode(),
                _WITH_PHONEME_EVENTS,
            )
            if rate <= 0:
                raise RuntimeError("espeak-ng did not start: reinstall the wheel espeakng-loader.")
            # Breath is random, from a generator of espeak-ng's own and from that of the C library.
            library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
            _C_LIBRARY.srand(seed)
            yield library, rate
        finally:
            library.espeak_Terminate()
            _C_LIBRARY.dlclose(ctypes.c_void_p(library._handle))


def _phonemes(events: "ctypes._Pointer[_Event]") -> Iterator[Phoneme]:
    index = 0
    while events[index].type != _LIST_ENDS:
        event = events[index]
        if event.type == _PHONEME:
            yield Phoneme(event.text_position, event.sample, bytes(event.id.string).decode("latin-1"))
        index += 1
