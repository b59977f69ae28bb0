"""The gist of many phrases, for a recogniser that is told what to expect.

Such a recogniser learns from phrases which word may follow which, anew for each caller, and what that costs grows with the
pairs of words: those of a large grammar take a tenth of a second. So the pairs that most templates have in common are
kept, and every word. What is heard hardly suffers, since a recogniser may also join what it has never met side by side;
`docs/speech.md` has the figures.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ivr.domain.speech.grammar import Phrase

MOST_PAIRS = 6000
"""A small grammar has no more, and is kept phrase by phrase."""

Pair = tuple[str, str]


def gist(phrases: Sequence[Phrase], most_pairs: int = MOST_PAIRS) -> tuple[str, ...]:
    """Runs of words with every word of `phrases`, and of their pairs the `most_pairs` that the most templates have."""
    said = [(phrase.text.lower().split(), phrase.weight) for phrase in phrases]
    kept = _commonest(said, most_pairs)
    runs = dict.fromkeys(run for words, _ in said for run in _runs(words, kept))
    return tuple(_telling(sorted(runs, key=lambda run: (-len(run), run))))


def _commonest(said: Iterable[tuple[Sequence[str], float]], most: int) -> frozenset[Pair]:
    uses: defaultdict[Pair, float] = defaultdict(float)
    for words, weight in said:
        for pair in set(pairwise(words)):
            uses[pair] += weight
    return frozenset(sorted(uses, key=lambda pair: (-uses[pair], pair))[:most])


def _runs(words: Sequence[str], kept: frozenset[Pair]) -> Iterator[tuple[str, ...]]:
    """The words, parted where two that follow each other are no pair that is kept."""
    begin = 0
    for end, pair in enumerate(pairwise(words), start=1):
        if pair not in kept:
            yield tuple(words[begin:end])
            begin = end
    yield tuple(words[begin:])


def _telling(runs: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Those that bring a word or a pair which none before them had."""
    seen: set[tuple[str, ...]] = set()
    for run in runs:
        parts = {*((word,) for word in run), *pairwise(run)}
        if not parts <= seen:
            seen |= parts
            yield " ".join(run)
