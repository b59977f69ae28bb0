"""The classifier: the same from the same grammar, and the same when it was kept and loaded."""

import numpy as np
import pytest

from ivr.domain.speech.classifier import Classifier, Example, runs_of_sounds, words_and_pairs
from ivr.domain.speech.learning import trained

QUESTIONS = {
    "topic": [
        Example("jeg skal have nyt pas", "pas"),
        Example("mit pas er væk", "pas"),
        Example("der er rotter i haven", "rotter"),
        Example("jeg har set en rotte", "rotter"),
        Example("skraldespanden er ikke tømt", "affald"),
    ],
    "alarm": [Example("det brænder", "danger"), Example("jeg skal have nyt pas", "safe")],
}
SAID = ["passet er væk", "en rotte i huset", "skraldespand", "", "noget helt andet"]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return trained(QUESTIONS)


def test_what_is_meant_scores_highest(classifier: Classifier) -> None:
    scores = classifier.scores(SAID)

    labels = classifier.labels["topic"]
    assert [labels[row.argmax()] for row in scores["topic"][:3]] == ["pas", "rotter", "affald"]
    assert scores["alarm"].shape == (len(SAID), 2)


def test_training_the_same_gives_the_same_bytes(classifier: Classifier) -> None:
    assert trained(QUESTIONS).dumped() == classifier.dumped()


def test_a_label_that_counts_for_more_is_heard_sooner(classifier: Classifier) -> None:
    broad = trained(QUESTIONS, {"rotter": 8.0})

    def score(of: Classifier) -> float:
        return float(of.scores(["noget i haven"])["topic"][0][of.labels["topic"].index("rotter")])

    assert score(broad) > score(classifier)


def test_a_classifier_that_was_kept_decides_as_before(classifier: Classifier) -> None:
    loaded = Classifier.loaded(classifier.dumped())

    assert loaded.labels == classifier.labels
    for question, scores in classifier.scores(SAID).items():
        assert np.array_equal(scores, loaded.scores(SAID)[question])


@pytest.mark.parametrize("kept", [b"", b"not an archive", b"PK\x03\x04 half of one"])
def test_bytes_that_are_no_classifier_are_refused(kept: bytes) -> None:
    with pytest.raises(ValueError):
        Classifier.loaded(kept)


def test_a_word_is_seen_as_runs_of_its_sounds_that_know_where_it_begins_and_ends() -> None:
    assert list(runs_of_sounds("nyt")) == [" ni", "nit", "it ", " nit", "nit ", " nit "]


def test_a_word_of_one_sound_is_seen_as_itself() -> None:
    assert list(runs_of_sounds("i")) == [" i "]


def test_a_sentence_is_seen_as_words_with_their_neighbours() -> None:
    assert list(words_and_pairs("jeg skal flytte")) == ["jeg", "skal", "flytte", "jeg skal", "skal flytte"]
