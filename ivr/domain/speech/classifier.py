"""What a whole sentence is about, judged by the sounds and words it is made of.

Callers seldom say a phrase that stands in a grammar. Linear classifiers, trained from all phrases of a language, weigh runs
of three to six sounds, of which inflection, compounds and slips of the recogniser change some and leave the others, and
words with their neighbours. The same views of a text serve several questions at once. They are kept as plain arrays, so that
nothing is executed in loading them; `learning.py` makes them.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ivr.domain.speech.normalise import rough_sound

_SHORTEST_RUN, _LONGEST_RUN = 3, 6
_sound = lru_cache(maxsize=50_000)(rough_sound)


def runs_of_sounds(text: str) -> Iterator[str]:
    """Runs of three to six sounds of each word; a space on either side tells where a word begins and ends."""
    for word in text.split():
        padded = f" {_sound(word)} "
        for length in range(_SHORTEST_RUN, _LONGEST_RUN + 1):
            if length >= len(padded):
                yield padded
                break
            yield from (padded[begin : begin + length] for begin in range(len(padded) - length + 1))


def words_and_pairs(text: str) -> Iterator[str]:
    """Each word, and each with the one after it."""
    words = text.split()
    yield from words
    yield from map(" ".join, pairwise(words))


VIEWS: Mapping[str, Callable[[str], Iterator[str]]] = {"sounds": runs_of_sounds, "words": words_and_pairs}
"""The ways to look at a text: what each takes it to be made of."""


Marks = NDArray[np.uint32]


def marks(parts: Iterable[str]) -> Marks:
    """A number for each part. Parts that stand for hundreds of thousands of strings would be most of a process's memory;
    of as many numbers a few are shared by two parts, which does no harm that could be measured."""
    return np.array([crc32(part.encode()) for part in parts], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Example:
    """Something said, and the answer to the question. Phrases of one template share its `weight`."""

    text: str
    label: str
    weight: float = 1.0


Scores = Mapping[str, NDArray[np.float32]]
"""By question: one row per text, one column per label, about 1 for what is meant and about -1 for anything else."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a text: the parts that count, by their marks, how rare each is, what each weighs for every label.

    `known` marks are in ascending order. Weights are kept rounded, and widened only for the parts of the text at hand:
    widening all of them would take twice the memory for the rest of the process's life.
    """

    name: str
    known: Marks
    rarity: NDArray[np.float32]
    weights: NDArray[np.float16]

    def scores(self, text: str) -> NDArray[np.float32]:
        """What this view adds to the score of every label; what is rare counts most, and twice said hardly more than once."""
        said, counts = np.unique(marks(VIEWS[self.name](text)), return_counts=True)
        places = np.minimum(np.searchsorted(self.known, said), len(self.known) - 1)
        is_known = self.known[places] == said
        if not is_known.any():
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        places = places[is_known]
        heard = (1 + np.log(counts[is_known].astype(np.float32))) * self.rarity[places]
        added: NDArray[np.float32] = (heard / np.linalg.norm(heard)) @ self.weights[places].astype(np.float32)
        return added


class Classifier:
    """Answers questions about texts; `labels` gives each question's answers in order. Immutable, safe between threads."""

    def __init__(
        self, labels: Mapping[str, Sequence[str]], views: Iterable[View], offsets: NDArray[np.float32]
    ) -> None:
        self.labels = {question: tuple(answers) for question, answers in labels.items()}
        self._views = tuple(views)
        self._offsets = offsets

    def scores(self, texts: Sequence[str]) -> Scores:
        """How well each answer to each question fits each text."""
        if not self.labels:
            return {}
        found = np.stack([sum((view.scores(text) for view in self._views), self._offsets) for text in texts])
        ends = np.cumsum([len(answers) for answers in self.labels.values()])
        return dict(zip(self.labels, np.split(found, ends[:-1], axis=1), strict=True))

    def dumped(self) -> bytes:
        """The classifier as bytes, the same for the same grammar."""
        arrays: dict[str, NDArray[Any]] = {"questions": np.array(list(self.labels)), "offsets": self._offsets}
        for question, answers in self.labels.items():
            arrays[f"labels_{question}"] = np.array(answers)
        for view in self._views:
            arrays[f"known_{view.name}"] = view.known
            arrays[f"rarity_{view.name}"] = view.rarity
            arrays[f"weights_{view.name}"] = view.weights
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def loaded(cls, kept: bytes) -> "Classifier":
        """From the bytes that `dumped` gave. Raises ValueError for others."""
        if not zipfile.is_zipfile(io.BytesIO(kept)):
            raise ValueError("These bytes are no classifier.")
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            try:
                labels = {str(name): [str(a) for a in arrays[f"labels_{name}"]] for name in arrays["questions"]}
                return cls(labels, [_loaded_view(arrays, name) for name in VIEWS], arrays["offsets"])
            except KeyError as error:
                raise ValueError(f"This classifier was kept by another version: {error}") from None


def _loaded_view(arrays: Mapping[str, NDArray[Any]], name: str) -> View:
    return View(name, arrays[f"known_{name}"], arrays[f"rarity_{name}"], arrays[f"weights_{name}"])
