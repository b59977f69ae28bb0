"""The words a grammar uses, and which of them a heard word may be: inflected, misheard, or part of a compound."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process

from ivr.domain.speech.normalise import Spelling, stem

SHORTEST_FUZZY = 4  # "pas", "bil", "hus" differ from other words by one letter
LEAST_ALIKE = 80.0
ALIKE_IF_KNOWN = 90.0  # a word that is itself known was hardly meant as another: "lejlighed", "ledighed"
PART_OF_COMPOUND = 0.71  # "affaldsspand" says "affald", but less than "affald" does
SHORTEST_PART = 5


class Lexicon:
    """The stems of a language's phrases. `find` is pure; its results are remembered, since callers use few words."""

    def __init__(self, words: Iterable[str], spelling: Spelling) -> None:
        self._spelling = spelling
        self._stems = sorted({stem(word, spelling) for word in words})
        self._known = frozenset(self._stems)
        self._parts = [known for known in self._stems if len(known) >= SHORTEST_PART]
        self.find = lru_cache(maxsize=4096)(self._find)

    def __contains__(self, word: str) -> bool:
        return stem(word, self._spelling) in self._known

    def _find(self, word: str) -> Mapping[str, float]:
        """Stems that `word` may be, each with how alike they are (above 0, at most 1)."""
        heard = stem(word, self._spelling)
        found: dict[str, float] = {}
        if len(heard) >= SHORTEST_FUZZY:
            for known, alike, _ in process.extract(
                heard, self._stems, scorer=fuzz.ratio, processor=None, score_cutoff=LEAST_ALIKE, limit=8
            ):
                if len(known) >= SHORTEST_FUZZY and (heard not in self._known or alike >= ALIKE_IF_KNOWN):
                    found[known] = (alike / 100) ** 2 if alike < 100 else 1.0
            for known in self._parts:
                if word.startswith(known) or word.endswith(known) or (len(heard) >= 6 and known.startswith(heard)):
                    found[known] = max(found.get(known, 0.0), PART_OF_COMPOUND)
        if heard in self._known:
            found[heard] = 1.0
        return found

    def joined(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """`words` with compounds put together that the recogniser split: "køre kort" becomes "kørekort"."""
        whole: list[str] = []
        for word in words:
            pair = whole[-1] + word if whole else ""
            if pair and len(pair) >= 6 and pair in self and len(word) >= 3:
                whole[-1] = pair
            else:
                whole.append(word)
        return tuple(whole)
