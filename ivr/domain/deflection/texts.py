"""What a text message costs and how it gets through: its alphabet, its segments, its spelling.

A message in the GSM-7 alphabet holds 160 characters in one segment, 153 per segment when split; a single character
outside makes the whole message UCS-2 with 70 and 67. `æ ø å` are inside; `’ “ – …` are not, and `€ [ ]` count twice.
Source: 3GPP TS 23.038; twilio.com/docs/glossary/what-is-gsm-7-character-encoding; `docs/field.md`, text messages.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_ESCAPE_UNITS = 2

_NEIGHBOURS = {
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "´": "'", "`": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"',
    "«": '"', "»": '"', "‹": "'", "›": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-",
    "•": "-", "·": ".", "…": "...", "\t": " ", "×": "x", "½": "1/2", "ç": "c", "ð": "d", "þ": "th", "Ð": "D",
    "Þ": "Th", "ł": "l", "Ł": "L", "™": "TM", "©": "(c)", "®": "(R)",
}  # fmt: skip
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """How a message is sent: its alphabet, its length in that alphabet's units, and how many segments are paid."""

    alphabet: Literal["gsm-7", "ucs-2"]
    units: int
    segments: int


def is_gsm7(text: str) -> bool:
    """Whether every character is in the cheap alphabet."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> Segments:
    """How `text` is split. An escape of two units and a surrogate pair are never torn apart, so a segment may end early."""
    if is_gsm7(text):
        widths = [_ESCAPE_UNITS if character in _EXTENDED else 1 for character in text]
        return Segments(alphabet="gsm-7", units=sum(widths), segments=_split(widths, single=160, part=153))
    widths = [len(character.encode("utf-16-be")) // 2 for character in text]
    return Segments(alphabet="ucs-2", units=sum(widths), segments=_split(widths, single=70, part=67))


def to_gsm7(text: str) -> str:
    """The text with typographic characters replaced by their neighbours in the cheap alphabet.

    Accents that the alphabet lacks are dropped, `á` to `a`; what has no neighbour, such as another script or a smiley, is
    kept, because a dear message is better than a wrong one.
    """
    return "".join(_neighbour(character) for character in unicodedata.normalize("NFC", text))


def _neighbour(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    if character in _INVISIBLE:
        return ""
    if character in _NEIGHBOURS:
        return _NEIGHBOURS[character]
    if character.isspace():
        return " "
    bare = unicodedata.normalize("NFD", character)[0]
    return bare if bare in _BASIC else character


def _split(widths: list[int], *, single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    count, filled = 1, 0
    for width in widths:
        if filled + width > part:
            count, filled = count + 1, 0
        filled += width
    return count
