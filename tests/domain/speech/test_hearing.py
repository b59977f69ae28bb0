"""What is heard with: a grammar and what was learnt from it, the same before and after it was kept."""

import numpy as np
import pytest

from ivr.domain.language import Language
from ivr.domain.speech.grammar import read_grammars
from ivr.domain.speech.hearing import Hearing, all_learnt, learnt
from tests.kit.small_grammar import SOURCES

DA = Language("da")
SAID = ["mit pas er væk", "en rotte i huset", ""]


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return learnt(read_grammars(SOURCES)[DA])


def test_what_was_kept_hears_as_before(hearing: Hearing) -> None:
    loaded = Hearing.loaded(hearing.dumped())

    assert loaded.grammar == hearing.grammar
    assert loaded.classifier.labels == hearing.classifier.labels
    for question, scores in hearing.classifier.scores(SAID).items():
        assert np.array_equal(scores, loaded.classifier.scores(SAID)[question])


def test_keeping_what_was_kept_gives_the_same_bytes(hearing: Hearing) -> None:
    assert Hearing.loaded(hearing.dumped()).dumped() == hearing.dumped()


def test_the_same_grammar_gives_the_same_bytes(hearing: Hearing) -> None:
    assert learnt(read_grammars(SOURCES)[DA]).dumped() == hearing.dumped()


def test_every_language_is_learnt_by_itself(hearing: Hearing) -> None:
    found = all_learnt(read_grammars(SOURCES))

    assert found.keys() == {DA, Language("en")}
    assert found[DA].dumped() == hearing.dumped()


@pytest.mark.parametrize("kept", [b"", b"not an archive", b"PK\x03\x04 half of one"])
def test_bytes_that_are_no_hearing_are_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="nothing that was learnt from a grammar"):
        Hearing.loaded(kept)
