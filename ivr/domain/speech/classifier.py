"""What a whole sentence is about, judged by the letters it is made of.

Callers seldom say a phrase that stands in a grammar. Linear classifiers, trained from all phrases of a language, weigh runs
of three to six letters: inflection, compounds and slips of the recogniser change some of them and leave the others. One
set of runs serves several questions at once. Training the same grammar gives the same classifier. It is kept as plain
arrays, so that nothing is executed in loading it.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

RUNS = (3, 6)  # letters; words are padded with a space, so that a run also knows where a word begins
PENALTY = 1.0
TOLERANCE = 0.001


@dataclass(frozen=True, slots=True)
class Example:
    """Something said, and the answer to the question. Phrases of one template share its `weight`."""

    text: str
    label: str
    weight: float = 1.0


Scores = Mapping[str, NDArray[np.float64]]
"""By question: one row per text, one column per label, about 1 for what is meant and about -1 for anything else."""


class Classifier:
    """Answers questions about texts; `labels` gives each question's answers in order. Immutable, safe between threads."""

    def __init__(
        self,
        labels: Mapping[str, Sequence[str]],
        runs: Sequence[str],
        rarity: NDArray[np.float32],
        weights: NDArray[np.float16],
    ) -> None:
        self.labels = {question: tuple(answers) for question, answers in labels.items()}
        self._runs = tuple(runs)
        self._rarity = rarity
        self._kept_weights = weights
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._vectorizer = _vectorizer({run: place for place, run in enumerate(runs)})
        self._vectorizer.idf_ = rarity

    def scores(self, texts: Sequence[str]) -> Scores:
        """How well each answer to each question fits each text."""
        found = self._vectorizer.transform(texts) @ self._weights[:-1] + self._weights[-1]
        ends = np.cumsum([len(answers) for answers in self.labels.values()])
        return dict(zip(self.labels, np.split(found, ends[:-1], axis=1), strict=True))

    def dumped(self) -> bytes:
        """The classifier as bytes, the same for the same grammar."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            questions=np.array(list(self.labels)),
            **{f"labels_{question}": np.array(answers) for question, answers in self.labels.items()},
            runs=np.frombuffer("\n".join(self._runs).encode(), dtype=np.uint8),
            rarity=self._rarity,
            weights=self._kept_weights,
        )
        return file.getvalue()

    @classmethod
    def loaded(cls, kept: bytes) -> "Classifier":
        """From the bytes that `dumped` gave. Raises ValueError for others."""
        if not zipfile.is_zipfile(io.BytesIO(kept)):
            raise ValueError("These bytes are no classifier.")
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            labels = {str(name): [str(answer) for answer in arrays[f"labels_{name}"]] for name in arrays["questions"]}
            return cls(labels, arrays["runs"].tobytes().decode().split("\n"), arrays["rarity"], arrays["weights"])


def trained(questions: Mapping[str, Sequence[Example]]) -> Classifier:
    """A classifier that answers `questions`, each with two labels at least. Every label counts the same in sum."""
    texts = {example.text: None for examples in questions.values() for example in examples}
    rows = {text: row for row, text in enumerate(texts)}
    vectorizer = _vectorizer(None)
    vectors = vectorizer.fit_transform(list(texts))
    labels: dict[str, list[str]] = {}
    weights = []
    for question, examples in questions.items():
        machine = LinearSVC(C=PENALTY, tol=TOLERANCE, random_state=0)
        places = [rows[example.text] for example in examples]
        machine.fit(vectors[places], [example.label for example in examples], sample_weight=_balanced(examples))
        labels[question] = [str(label) for label in machine.classes_]
        learnt = np.vstack([machine.coef_.T, machine.intercept_])
        weights.append(learnt if learnt.shape[1] > 1 else np.hstack([-learnt, learnt]))
    # Rounded as they are kept, so that a classifier that was loaded decides as one that was just trained.
    kept = np.hstack(weights).astype(np.float16)
    runs = [str(run) for run in vectorizer.get_feature_names_out()]
    return Classifier(labels, runs, vectorizer.idf_.astype(np.float32), kept)


def _vectorizer(vocabulary: Mapping[str, int] | None) -> TfidfVectorizer:
    make = partial(TfidfVectorizer, analyzer="char_wb", ngram_range=RUNS, sublinear_tf=True, lowercase=False)
    return make(vocabulary=vocabulary, dtype=np.float32)


def _balanced(examples: Sequence[Example]) -> NDArray[np.float64]:
    sums: dict[str, float] = {}
    for example in examples:
        sums[example.label] = sums.get(example.label, 0.0) + example.weight
    middle = sum(sums.values()) / len(sums)
    return np.array([example.weight * middle / sums[example.label] for example in examples])
