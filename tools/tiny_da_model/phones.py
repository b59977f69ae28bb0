"""The sounds that the model tells apart, and their numbers in its files.

A sound of the model is one of `PHONES`, counted from 1, or silence, 0. In the files each has four numbers, one for each
place in a word, because Vosk finds the limits of words by them.
"""

from enum import IntEnum

SILENCE = 0
PHONES = (
    *("?&", "?A", "?E", "?O", "?V", "?W", "?e", "?i", "?o", "?u", "?y"),
    *("&", "A", "E", "O", "V", "W", "e", "i", "o", "u", "y", "@-", "3-", "aI"),
    *("b", "d", "g", "p", "t", "k", "f", "v", "s", "S", "h", "j", "w", "l", "r", "R", "D", "m", "n", "N"),
)
NUMBERS = {phone: number for number, phone in enumerate(PHONES, start=1)}
# Rare sounds of espeak-ng that are taken for their near neighbours.
_NEIGHBOURS = {
    **{"a": "A", "A:": "A", "aU": "A", "aU@": "A", "&#": "&", "?&#": "?&"},
    **{"e@": "E", "eI": "e", "I": "i", "I2": "i", "I#": "i", "i:": "i", "i@": "i", "i@3": "i"},
    **{"0": "O", "0#": "O", "?0": "?O", "O:": "O", "O2": "O", "OI": "O", "oU": "o", "o@": "o"},
    **{"U": "u", "u:": "u", "U@": "u", "3:": "W", "?W#": "?W", "VR": "?V", "3": "3-"},
    **{"@": "@-", "@2": "@-", "@L": "l", "aI@": "aI", "aI3": "aI"},
    **{"dZ": "d", "T": "t", "tS": "S", "Z": "S", "z": "s", "r-": "r", "w#": "w", "l#": "l", "L": "l"},
}
_STRESS = "',%=|"
_PAUSES = ("", ";", ":")


class Place(IntEnum):
    """Where in a word a sound stands."""

    BEGIN = 0
    INTERNAL = 1
    END = 2
    SINGLETON = 3


class UnknownPhone(ValueError):
    """espeak-ng said a sound that the model has no number for."""


def without_stress(mnemonic: str) -> str:
    """espeak-ng's name of a sound as such; empty for a pause."""
    plain = mnemonic.lstrip(_STRESS)
    return "" if plain.startswith("_") or plain in _PAUSES else plain


def number(plain: str) -> int | None:
    """The number of a sound; None for what is no sound, such as a change of language.

    Raises UnknownPhone.
    """
    if plain.startswith("("):
        return None
    known = NUMBERS.get(_NEIGHBOURS.get(plain, plain))
    if known is None:
        raise UnknownPhone(f'espeak-ng said "{plain}", which is neither in PHONES nor near one of them.')
    return known


def in_files(phone: int, place: Place = Place.BEGIN) -> int:
    """The number of a sound in the model's files, from 1, which is silence."""
    return 1 if phone == SILENCE else 2 + 4 * (phone - 1) + place


def count_in_files() -> int:
    """How many numbers there are in the files."""
    return 1 + 4 * len(PHONES)


def places(length: int) -> list[Place]:
    """The places of the sounds of a word with so many of them."""
    if length == 1:
        return [Place.SINGLETON]
    return [Place.BEGIN, *[Place.INTERNAL] * (length - 2), Place.END]
