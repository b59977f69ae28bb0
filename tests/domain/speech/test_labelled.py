"""The labelled utterances are nobody's grammar, and understood at least as well as the figures in the documentation say."""

from pathlib import Path

import pytest

from ivr.domain.language import Language
from ivr.domain.speech.evaluation import read_rows
from ivr.domain.speech.normalise import normalised

DATA = Path(__file__).parents[2] / "data"
LANGUAGES = [("da", 600), ("en", 150)]


def rows(language: str, grammars):
    name = f"utterances-{language}.tsv"
    return read_rows(name, (DATA / name).read_bytes(), grammars[Language(language)].topics)


@pytest.mark.parametrize(("language", "least"), LANGUAGES)
def test_there_are_enough_and_every_topic_has_some_in_both_halves(grammars, language, least) -> None:
    found = rows(language, grammars)

    assert len(found) >= least
    for half in (0, 1):
        topics = {row.topic for row in found if int(row.id[2:]) % 2 == half}
        assert topics >= grammars[Language(language)].topics


@pytest.mark.parametrize(("language", "least"), LANGUAGES)
def test_no_row_stands_in_a_grammar(grammars, language, least) -> None:
    grammar = grammars[Language(language)]
    said = [phrase.text for phrase in grammar.phrases] + [either.text for either in grammar.either]
    said += [*grammar.elsewhere, *grammar.alarms.danger, *grammar.alarms.harmless]
    known = {normalised(text, grammar.spelling) for text in said}

    copied = [
        row.id
        for row in rows(language, grammars)
        if len(row.text.split()) > 2 and normalised(row.text, grammar.spelling) in known
    ]

    assert copied == []
