"""What a whole sentence is about, judged by the letters and words it is made of.

Callers seldom say a phrase that stands in a grammar. Linear classifiers, trained from all phrases of a language, weigh runs
of three to six letters, of which inflection, compounds and slips of the recogniser change some and leave the others, and
words with their neighbours. The same views of a text serve several questions at once. Training the same grammar gives the
same classifier. It is kept as plain arrays, so that nothing is executed in loading it.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

VIEWS: Mapping[str, Mapping[str, Any]] = {
    # Padded with a space, so that a run also knows where a word begins.
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 6)},
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\S+"},
}
PENALTY = 1.0
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Example:
    """Something said, and the answer to the question. Phrases of one template share its `weight`."""

    text: str
    label: str
    weight: float = 1.0


Scores = Mapping[str, NDArray[np.float32]]
"""By question: one row per text, one column per label, about 1 for what is meant and about -1 for anything else."""


@dataclass(frozen=True)
class View:
    """One way to look at a text: what it may be made of, how rare each part is, and what each weighs for every label."""

    name: str
    parts: tuple[str, ...]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float16]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What this view adds to the score of every label: one row per text."""
        found: NDArray[np.float32] = self._vectorizer.transform(texts) @ self._quick_weights
        return found

    @cached_property
    def _vectorizer(self) -> TfidfVectorizer:
        made = _vectorizer(self.name, {part: place for place, part in enumerate(self.parts)})
        made.idf_ = self.rarity
        return made

    @cached_property
    def _quick_weights(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.weights, dtype=np.float32)


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
        found = sum((view.scores(texts) for view in self._views), self._offsets)
        ends = np.cumsum([len(answers) for answers in self.labels.values()])
        return dict(zip(self.labels, np.split(found, ends[:-1], axis=1), strict=True))

    def dumped(self) -> bytes:
        """The classifier as bytes, the same for the same grammar."""
        arrays: dict[str, NDArray[Any]] = {"questions": np.array(list(self.labels)), "offsets": self._offsets}
        for question, answers in self.labels.items():
            arrays[f"labels_{question}"] = np.array(answers)
        for view in self._views:
            arrays[f"parts_{view.name}"] = np.frombuffer("\n".join(view.parts).encode(), dtype=np.uint8)
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
    parts = arrays[f"parts_{name}"].tobytes().decode().split("\n")
    return View(name, tuple(parts), arrays[f"rarity_{name}"], arrays[f"weights_{name}"])


def trained(questions: Mapping[str, Sequence[Example]]) -> Classifier:
    """A classifier that answers those of `questions` that have two labels at least. Every label counts the same in sum."""
    questions = {name: examples for name, examples in questions.items() if len({e.label for e in examples}) > 1}
    if not questions:
        return Classifier({}, (), np.zeros(0, dtype=np.float32))
    texts = {example.text: None for examples in questions.values() for example in examples}
    rows = {text: row for row, text in enumerate(texts)}
    vectorizers = {name: _vectorizer(name, None) for name in VIEWS}
    vectors = hstack([vectorizer.fit_transform(list(texts)) for vectorizer in vectorizers.values()], format="csr")

    def learnt(question: str) -> tuple[list[str], NDArray[np.float64]]:
        examples = questions[question]
        machine = LinearSVC(C=PENALTY, tol=TOLERANCE, random_state=0)
        places = [rows[example.text] for example in examples]
        machine.fit(vectors[places], [example.label for example in examples], sample_weight=_balanced(examples))
        found = np.vstack([machine.coef_.T, machine.intercept_])
        return [str(label) for label in machine.classes_], found if found.shape[1] > 1 else np.hstack([-found, found])

    # One after the other: the library draws from one source of chance, and two at once would not give the same again.
    heads = {question: learnt(question) for question in questions}
    weights = np.hstack([found for _, found in heads.values()])
    views, begin = [], 0
    for name, vectorizer in vectorizers.items():
        parts = tuple(str(part) for part in vectorizer.get_feature_names_out())
        # Rounded as they are kept, so that a classifier that was loaded decides as one that was just trained.
        kept = weights[begin : begin + len(parts)].astype(np.float16)
        views.append(View(name, parts, vectorizer.idf_.astype(np.float32), kept))
        begin += len(parts)
    labels = {question: answers for question, (answers, _) in heads.items()}
    return Classifier(labels, views, weights[-1].astype(np.float32))


def _vectorizer(view: str, vocabulary: Mapping[str, int] | None) -> TfidfVectorizer:
    return TfidfVectorizer(**VIEWS[view], sublinear_tf=True, lowercase=False, vocabulary=vocabulary, dtype=np.float32)


def _balanced(examples: Sequence[Example]) -> NDArray[np.float64]:
    sums: dict[str, float] = {}
    for example in examples:
        sums[example.label] = sums.get(example.label, 0.0) + example.weight
    middle = sum(sums.values()) / len(sums)
    return np.array([example.weight * middle / sums[example.label] for example in examples])
