"""A phrase that a supervisor proposes for the grammar: kept for good, so nobody may be known by it."""

import re
from collections.abc import Mapping

from ivr.domain.errors import IvrError
from ivr.domain.heard import plain

LONGEST = 100
"""Letters of one phrase: more than the carrier takes as a hint to its recogniser."""

_MOST_FIGURES = 4
_MOST_NUMBERS_IN_A_ROW = 3
"""A year, a paragraph or a house number may stand; of a telephone or CPR number no telling part may."""

_DA_ONES = "nul|en|et|to|tre|fire|fem|seks|syv|otte|ni"
_DA_TENS = "tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems"
_DA_TEENS = "ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten"
_EN_ONES = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_EN_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_EN_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_FIGURES = r"\d[\d-]*"

_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "da": re.compile(rf"{_FIGURES}|{_DA_TEENS}|(?:(?:{_DA_ONES})og)?(?:{_DA_TENS})|{_DA_ONES}"),
    "en": re.compile(rf"{_FIGURES}|{_EN_TEENS}|(?:{_EN_TENS})(?:-(?:{_EN_ONES}))?|{_EN_ONES}|double|triple"),
}
_ONLY_FIGURES = re.compile(_FIGURES)
_BETWEEN_NUMBERS = frozenset({"og", "and"})
"""A recogniser may write "ni og halvtreds" as three words."""


class BadPhrase(IvrError):
    """The phrase cannot be kept; `code` tells why: `phrase_empty`, `phrase_too_long`, `phrase_is_personal`."""


def cleaned(text: str, language: str) -> str:
    """The phrase as it would stand in the grammar: small letters, no punctuation. Raises `BadPhrase`."""
    phrase = plain(text)
    if not any(character.isalpha() for character in phrase):
        raise BadPhrase("The phrase has no word.", hint="Write what callers say.", code="phrase_empty")
    if "@" in text or _tells_a_number(phrase, language):
        raise BadPhrase(
            "The phrase holds what looks like a telephone number, a CPR number or an address.",
            hint="Strike out whatever tells who called.",
            code="phrase_is_personal",
        )
    if len(phrase) > LONGEST:
        raise BadPhrase(
            f"The phrase has {len(phrase)} letters; {LONGEST} are the most.",
            hint="Keep the words that tell the matter.",
            code="phrase_too_long",
        )
    return phrase


def covers(phrase: str, words: str) -> bool:
    """Whether `phrase` is what was said, perhaps with words struck out."""
    said = iter(plain(words).split())
    return all(word in said for word in phrase.split())


def _tells_a_number(phrase: str, language: str) -> bool:
    if sum(character.isdigit() for character in phrase) > _MOST_FIGURES:
        return True
    number, in_a_row = _NUMBERS.get(language, _ONLY_FIGURES), 0
    for word in phrase.split():
        if number.fullmatch(word):
            in_a_row += 1
        elif word not in _BETWEEN_NUMBERS:
            in_a_row = 0
        if in_a_row > _MOST_NUMBERS_IN_A_ROW:
            return True
    return False
