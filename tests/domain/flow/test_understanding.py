"""The confidence bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.flow.graph import Understanding
from ivr.domain.flow.understanding import Either, Likely, Sure, Unclear, read
from ivr.domain.heard import Candidate, Heard
from tests.domain.flow.town import heard

BANDS = Understanding(sure=0.70, likely=0.40, margin=0.12)


@pytest.mark.parametrize(
    ("candidates", "reading"),
    [
        ([], Unclear()),
        ([("pas", 0.39)], Unclear()),
        ([("pas", 0.40)], Likely("pas")),
        ([("pas", 0.69)], Likely("pas")),
        ([("pas", 0.70)], Sure("pas")),
        ([("pas", 0.90), ("sfo", 0.79)], Either(("pas", "sfo"))),
        ([("pas", 0.90), ("sfo", 0.77)], Sure("pas")),
        ([("pas", 0.45), ("sfo", 0.39)], Likely("pas")),
        ([("sfo", 0.5), ("pas", 0.5)], Either(("pas", "sfo"))),
    ],
)
def test_what_to_make_of_an_utterance(candidates, reading):
    assert read(heard("…", *candidates), BANDS) == reading


def test_what_was_refused_does_not_count():
    assert read(heard("…", ("pas", 0.9), ("sfo", 0.8)), BANDS, refused=frozenset({"pas"})) == Sure("sfo")


candidates = st.lists(
    st.builds(Candidate, topic=st.sampled_from(["a", "b", "c", "d"]), confidence=st.floats(0, 1)),
    unique_by=lambda candidate: candidate.topic,
)


@given(candidates, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(found, chance):
    shuffled = found.copy()
    chance.shuffle(shuffled)

    assert read(Heard(words="", candidates=tuple(found)), BANDS) == read(
        Heard(words="", candidates=tuple(shuffled)), BANDS
    )


@given(candidates, st.frozensets(st.sampled_from(["a", "b", "c", "d"])))
def test_nothing_refused_is_ever_read(found, refused):
    reading = read(Heard(words="", candidates=tuple(found)), BANDS, refused=refused)

    match reading:
        case Sure(topic) | Likely(topic):
            assert topic not in refused
        case Either(topics):
            assert not set(topics) & refused
