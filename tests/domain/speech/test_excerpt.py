"""The gist of a grammar: every word of it, and the pairs of words that most of its templates have in common."""

from itertools import pairwise

import pytest

from ivr.domain.language import Language
from ivr.domain.speech.excerpt import MOST_PAIRS, gist
from ivr.domain.speech.grammar import Phrase


def phrases(*texts: str) -> list[Phrase]:
    return [Phrase(topic="pas", text=text) for text in texts]


def pairs(runs) -> set[tuple[str, str]]:
    return {pair for run in runs for pair in pairwise(run.split())}


def test_a_small_grammar_is_kept_phrase_by_phrase():
    said = phrases("jeg skal have nyt pas", "mit pas er væk")

    assert set(gist(said)) == {"jeg skal have nyt pas", "mit pas er væk"}


def test_a_phrase_that_brings_nothing_new_is_left_out():
    assert gist(phrases("jeg skal have nyt pas", "nyt pas", "pas")) == ("jeg skal have nyt pas",)


def test_where_there_are_too_many_pairs_phrases_are_parted_at_the_rarest():
    said = phrases("jeg skal have nyt pas", "jeg skal have lån", "skal have svar")

    assert set(gist(said, most_pairs=2)) == {"jeg skal have", "nyt", "pas", "lån", "svar"}


def test_the_phrases_of_one_template_count_once_together():
    template = [Phrase(topic="pas", text=f"nyt pas {when}", weight=0.25) for when in ("nu", "snart", "straks", "her")]

    assert "mit barn" in gist([*template, *phrases("mit barn", "det er mit barn")], most_pairs=1)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_gist_of_the_municipalitys_grammar_has_every_word_and_no_more_pairs_than_a_stream_can_learn(
    grammars, language
):
    all_phrases = grammars[Language(language)].phrases
    found = gist(all_phrases)

    assert {word for run in found for word in run.split()} == {w for p in all_phrases for w in p.text.lower().split()}
    assert len(pairs(found)) <= MOST_PAIRS
