"""Slips of a recogniser mended: compounds that it split, and words that are nearly ones that callers use.

"køre kort" is "kørekort", "valg kortet" is "valgkortet", "nauneændring" is "navneændring". A word that the grammars know
is left as it is, and so is one that is near to none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

SHORTEST = 4  # letters; shorter words are too near to too many others
SHORTEST_COMPOUND = 6
LEAST_ALIKE = 85.0
SAME_BEGINNING = 2.0  # slips are rarer at the beginning of a word


class Mender:
    """Knows the words of a language's phrases, and other ways to write its letters (`ae` for `æ`)."""

    def __init__(self, texts: Iterable[str], letters: Mapping[str, str]) -> None:
        self._letters = dict(letters)
        self._uses = Counter(word for text in texts for word in set(text.split()))
        self._candidates = sorted(word for word in self._uses if len(word) >= SHORTEST)
        self._nearest = lru_cache(maxsize=4096)(self._find)

    def __contains__(self, word: str) -> bool:
        return word in self._uses

    def mended(self, words: Sequence[str]) -> str:
        """The words as text, with slips mended."""
        whole: list[str] = []
        for word in words:
            pair = whole[-1] + word if whole else ""
            if len(pair) >= SHORTEST_COMPOUND and pair in self:
                whole[-1] = pair
            else:
                whole.append(word)
        return " ".join(word if word in self else self._nearest(word) for word in whole)

    def _find(self, word: str) -> str:
        other = word
        for written, letter in self._letters.items():
            other = other.replace(written, letter)
        if len(word) < SHORTEST or other in self:
            return other if other in self else word
        near = process.extract(word, self._candidates, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=5)
        if not near:
            return word
        return max(near, key=lambda found: self._merit(word, found[0], found[1]))[0]

    def _merit(self, word: str, found: str, alike: float) -> tuple[float, int, str]:
        return alike + (SAME_BEGINNING if found[0] == word[0] else 0.0), self._uses[found], found
