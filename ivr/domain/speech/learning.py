"""How classifiers are trained from examples: the same from the same examples, to the last byte.

A module of its own, since the library that trains takes most of a small process's memory: it is loaded where there is
something to learn, and whoever hears callers by what was kept does without.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from ivr.domain.speech.classifier import VIEWS, Classifier, Example, View, marks

PENALTY = 1.0
TOLERANCE = 0.02


def trained(questions: Mapping[str, Sequence[Example]], breadths: Mapping[str, float] = {}) -> Classifier:
    """A classifier that answers those of `questions` that have two labels at least.

    Every label counts the same in sum, but for those in `breadths`, which count for so many.
    """
    questions = {name: examples for name, examples in questions.items() if len({e.label for e in examples}) > 1}
    if not questions:
        return Classifier({}, (), np.zeros(0, dtype=np.float32))
    texts = {example.text: None for examples in questions.values() for example in examples}
    rows = {text: row for row, text in enumerate(texts)}
    vectorizers = {
        name: TfidfVectorizer(analyzer=parts, sublinear_tf=True, dtype=np.float32) for name, parts in VIEWS.items()
    }
    vectors = hstack([vectorizer.fit_transform(list(texts)) for vectorizer in vectorizers.values()], format="csr")

    def learnt(question: str) -> tuple[list[str], NDArray[np.float64]]:
        examples = questions[question]
        machine = LinearSVC(C=PENALTY, tol=TOLERANCE, random_state=0)
        places = [rows[example.text] for example in examples]
        machine.fit(
            vectors[places], [example.label for example in examples], sample_weight=_balanced(examples, breadths)
        )
        found = np.vstack([machine.coef_.T, machine.intercept_])
        return [str(label) for label in machine.classes_], found if found.shape[1] > 1 else np.hstack([-found, found])

    # One after the other: the library draws from one source of chance, and two at once would not give the same again.
    heads = {question: learnt(question) for question in questions}
    weights = np.hstack([found for _, found in heads.values()])
    views, begin = [], 0
    for name, vectorizer in vectorizers.items():
        parts = vectorizer.get_feature_names_out()
        known, places = np.unique(marks(parts), return_index=True)
        # Rounded as they are kept, so that a classifier that was loaded decides as one that was just trained.
        kept = weights[begin : begin + len(parts)][places].astype(np.float16)
        views.append(View(name, known, vectorizer.idf_[places].astype(np.float32), kept))
        begin += len(parts)
    labels = {question: answers for question, (answers, _) in heads.items()}
    return Classifier(labels, views, weights[-1].astype(np.float32))


def _balanced(examples: Sequence[Example], breadths: Mapping[str, float]) -> NDArray[np.float64]:
    sums: dict[str, float] = {}
    for example in examples:
        sums[example.label] = sums.get(example.label, 0.0) + example.weight
    middle = sum(sums.values()) / len(sums)
    shares = {label: breadths.get(label, 1.0) * middle / total for label, total in sums.items()}
    return np.array([example.weight * shares[example.label] for example in examples])
