"""From what a recogniser wrote to words that can be compared.

What differs between languages (letters, endings, fillers) is data in `grammars/<language>/common.yaml`; nothing here
knows a language.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 80
"""Words of one utterance that are looked at. A minute of speech, the carrier's limit, rarely holds more that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a language is cleaned.

    `letters` maps other ways to write a sound to one (`ae` to `æ`), longest first. `endings` are inflections that a
    word may lose. `fillers` mean nothing; `stop` words carry no topic. `digits` maps a spoken digit to its figure.
    """

    letters: Mapping[str, str] = field(default_factory=dict)
    endings: tuple[str, ...] = ()
    fillers: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    digits: Mapping[str, str] = field(default_factory=dict)


def words_of(text: str, spelling: Spelling) -> tuple[str, ...]:
    """Every word of `text` in lower case and one spelling, punctuation gone; fillers are still there."""
    kept = _cleaned(text)
    for written, letter in spelling.letters.items():
        kept = kept.replace(written, letter)
    return tuple(kept.split()[:LONGEST])


def normalised(text: str, spelling: Spelling) -> str:
    """`text` as the matcher compares it: cleaned, and without fillers."""
    return " ".join(word for word in words_of(text, spelling) if word not in spelling.fillers)


def as_written(text: str, spelling: Spelling) -> str:
    """`normalised`, but that other ways to write a sound stay as they are."""
    return " ".join([word for word in _cleaned(text).split()[:LONGEST] if word not in spelling.fillers])


def spoken_digit(text: str, spelling: Spelling) -> str | None:
    """The key that `text` names, when it says nothing else: "to", "tast to", "nummer 2". None otherwise."""
    words = [word for word in words_of(text, spelling) if word not in spelling.fillers]
    if not words or len(words) > 3:
        return None
    figures = [spelling.digits.get(word, word) for word in words]
    if not (len(figures[-1]) == 1 and figures[-1] in "0123456789"):
        return None
    return figures[-1] if all(spelling.digits.get(word) == "" for word in words[:-1]) else None


def stem(word: str, spelling: Spelling) -> str:
    """`word` without its inflection, so far as cutting an ending can tell; at least three letters remain."""
    for ending in spelling.endings:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def sound(word: str) -> str:
    """A key under which spellings of a name that sound alike meet: Kjærgaard and Kærgård, Schmidt and Smit."""
    heard = word
    for written, spoken in _SOUNDS:
        heard = heard.replace(written, spoken)
    return _squeezed(heard) or word


def rough_sound(word: str) -> str:
    """`sound`, with sounds that are often taken for each other made one: "rigdig" is "rigtig", "bårn" is "børn"."""
    return _squeezed(sound(word).translate(_ALIKE))


def _squeezed(text: str) -> str:
    return "".join(letter for index, letter in enumerate(text) if index == 0 or letter != text[index - 1])


_ALIKE = str.maketrans({"d": "t", "b": "p", "g": "k", "å": "o", "ø": "o", "æ": "e"})

# Silent and doubled letters of Danish names; names from elsewhere gain from the last rows. Order matters.
_SOUNDS = (
    ("aa", "å"),
    ("ae", "æ"),
    ("oe", "ø"),
    ("ö", "ø"),
    ("ä", "æ"),
    ("gård", "går"),
    ("kj", "k"),
    ("gj", "g"),
    ("hj", "j"),
    ("hv", "v"),
    ("sch", "s"),
    ("ck", "k"),
    ("ch", "k"),
    ("th", "t"),
    ("ph", "f"),
    ("nd", "n"),
    ("ld", "l"),
    ("dt", "t"),
    ("ou", "u"),
    ("y", "i"),
    ("w", "v"),
    ("z", "s"),
    ("c", "k"),
    ("q", "k"),
    ("j", "i"),
    ("æ", "e"),
)


def _cleaned(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_PLAIN)


class _Plain(dict[int, str]):
    """Characters by what is left of them: no accent, and a space for what is no letter or digit. Danish letters stay."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = character if character in "æøåöä" else unicodedata.normalize("NFKD", character)[0]
        self[code] = base if base.isalnum() else ("" if character in "'’" else " ")
        return self[code]


_PLAIN = _Plain()
