"""`graph/Gr.fst`: what is expected where no grammar is given: pairs of words as they follow each other in sentences."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tools.tiny_da_model.fst import EPSILON, Graph
from tools.tiny_da_model.word_graph import UNKNOWN

_CHANCE_OF_UNKNOWN = math.exp(-6.0)
_NEVER_SEEN = 0.5  # times, for a word that no sentence has
_BEGIN, _END = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class _Counts:
    """How often each word, and each word after another, was seen."""

    single: Counter[str]
    after: dict[str, Counter[str]]


def build(words: list[str], sentences: Iterable[list[str]]) -> Graph:
    """A bigram with back-off over words numbered from 1.

    Smoothing: I. H. Witten and T. C. Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37(4),
    1991, method C.
    """
    numbers = {word: number for number, word in enumerate(words, start=1)}
    counts = _count(sentences)
    alone = _chances(words, counts)
    graph = Graph()
    anywhere = graph.add_state()
    states = {word: graph.add_state() for word in [_BEGIN, *(word for word in words if word in counts.after)]}
    graph.start = states[_BEGIN]

    def expect(state: int, word: str, chance: float) -> None:
        if word == _END:
            graph.finals[state] = -math.log(chance)
        else:
            number, to = numbers[word], states.get(word, anywhere)
            graph.add_arc(state, input=number, output=number, cost=-math.log(chance), to=to)

    for word, chance in alone.items():
        expect(anywhere, word, chance)
    for before, state in states.items():
        following = counts.after[before]
        total, kinds = following.total(), len(following)
        left_over = kinds / (total + kinds)
        for word, times in following.items():
            expect(state, word, times / (total + kinds) + left_over * alone[word])
        graph.add_arc(state, input=EPSILON, output=EPSILON, cost=-math.log(left_over), to=anywhere)
    return graph


def _count(sentences: Iterable[list[str]]) -> _Counts:
    single: Counter[str] = Counter()
    after: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        before = _BEGIN
        for word in [*sentence, _END]:
            single[word] += 1
            after[before][word] += 1
            before = word
    return _Counts(single, after)


def _chances(words: list[str], counts: _Counts) -> dict[str, float]:
    """The chance of each word wherever it stands."""
    total = counts.single.total() + _NEVER_SEEN * len(words)
    chances = {word: (counts.single[word] + _NEVER_SEEN) / total for word in words}
    return chances | {_END: counts.single[_END] / total, UNKNOWN: _CHANCE_OF_UNKNOWN}
