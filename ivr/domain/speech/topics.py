"""Which topics a handful of words may mean, by the words that they share with the topics' phrases.

A word that few topics use says much, one that many use says little. A phrase counts by how much of it was said and,
less, by how much of what was said it explains: callers tell more than they must.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from ivr.domain.speech.grammar import Grammar
from ivr.domain.speech.lexicon import Lexicon
from ivr.domain.speech.normalise import Spelling, stem, words_of

UNKNOWN_WORD = 0.35  # weight of a word that no phrase uses
ENOUGH_EVIDENCE = 0.75  # below this much weight a phrase is too vague to stand alone
EXPLAINS = 0.5  # the part of the score that depends on how much of the utterance the phrase explains
LEAST_WEIGHT = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The phrase of a topic that lies nearest to what was said, and how near (0 to 1)."""

    topic: str
    phrase: str
    score: float


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The telling words of one or more phrases of a topic."""

    topic: str
    phrase: str
    weight: float


class TopicIndex:
    """A grammar made ready for comparison. Built once; reading it changes nothing."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._spelling = grammar.spelling
        telling: dict[tuple[str, frozenset[str]], str] = {}
        used_by: defaultdict[str, set[str]] = defaultdict(set)
        for phrase in grammar.phrases:
            stems = frozenset(stem(word, self._spelling) for word in telling_words(phrase.text, self._spelling))
            for word in stems:
                used_by[word].add(phrase.topic)
            if stems:
                telling.setdefault((phrase.topic, stems), phrase.text)
        scale = log(max(len(grammar.topics), 3))
        self._weight = {word: max(LEAST_WEIGHT, 1 - log(len(topics)) / scale) for word, topics in used_by.items()}
        self._patterns: list[_Pattern] = []
        self._with_word: defaultdict[str, list[int]] = defaultdict(list)
        for (topic, stems), text in telling.items():
            for word in sorted(stems):
                self._with_word[word].append(len(self._patterns))
            total = sum(self._weight[word] for word in sorted(stems))
            self._patterns.append(_Pattern(topic, text, total))

    def nearest(self, words: Sequence[str], most: int = 5) -> tuple[Nearest, ...]:
        """The best phrase of each topic, best topic first."""
        said, utterance = self._said(words)
        shared: defaultdict[int, float] = defaultdict(float)
        for word, alike in said.items():
            weight = self._weight[word] * alike
            for pattern in self._with_word[word]:
                shared[pattern] += weight
        best: dict[str, Nearest] = {}
        for number, weight in shared.items():
            found = self._patterns[number]
            score = _score(weight, found.weight, utterance)
            if found.topic not in best or score > best[found.topic].score:
                best[found.topic] = Nearest(topic=found.topic, phrase=found.phrase, score=score)
        return tuple(sorted(best.values(), key=lambda near: (-near.score, near.topic))[:most])

    def _said(self, words: Sequence[str]) -> tuple[dict[str, float], float]:
        """The known words that were said, with likeness, and the weight of everything said."""
        said: dict[str, float] = {}
        utterance = 0.0
        for word in dict.fromkeys(self._lexicon.joined(tuple(words))):
            if word in self._spelling.stop or word in self._spelling.fillers:
                continue
            found = {known: alike for known, alike in self._lexicon.find(word).items() if known in self._weight}
            utterance += max((self._weight[known] * alike for known, alike in found.items()), default=UNKNOWN_WORD)
            for known, alike in found.items():
                said[known] = max(said.get(known, 0.0), alike)
        return said, utterance


def telling_words(text: str, spelling: Spelling) -> list[str]:
    """The words of `text` that may tell a topic."""
    return [word for word in words_of(text, spelling) if word not in spelling.stop and word not in spelling.fillers]


def _score(shared: float, pattern: float, utterance: float) -> float:
    said = min(1.0, shared / pattern)
    explained = min(1.0, shared / utterance) if utterance else 0.0
    return said * (1 - EXPLAINS + EXPLAINS * explained) * min(1.0, shared / ENOUGH_EVIDENCE)
