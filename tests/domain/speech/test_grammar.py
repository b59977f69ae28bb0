"""Templates and grammar files: what they become, and that every slip is named with its line."""

from pathlib import Path

import pytest
import yaml

from ivr.domain.speech.grammar import BadGrammar, GrammarProblem, Phrase, expand, read_grammars
from ivr.domain.speech.normalise import Spelling, normalised, sound, words_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("template", "phrases"),
    [
        ("nyt pas", ("nyt pas",)),
        ("[et] pas", ("et pas", "pas")),
        ("(forny|mist) [mit] pas", ("forny mit pas", "forny pas", "mist mit pas", "mist pas")),
    ],
)
def test_a_template_stands_for_its_phrases(template, phrases):
    assert set(expand(template)) == set(phrases)


@pytest.mark.parametrize("template", ["[nyt pas", "(a|b", "{liste} pas", "<regel>", " ".join(["(a|b|c|d)"] * 6)])
def test_a_template_that_cannot_be_used_is_refused(template):
    with pytest.raises(ValueError):
        expand(template)


def test_every_slip_is_named_with_file_and_line():
    sources = {
        "da/byg.yaml": "carport:\n  - [et] skur\n",
        "da/pas.yaml": "pas:\n  - nyt pas\n  - '(nyt pas'\nkort: nej\n",
        "løs.yaml": "pas: [pas]\n",
    }

    with pytest.raises(BadGrammar) as raised:
        read_grammars(sources)

    assert [(p.name, p.line) for p in raised.value.problems] == [
        ("da/byg.yaml", 2),
        ("da/pas.yaml", 3),
        ("da/pas.yaml", 4),
        ("løs.yaml", 1),
    ]
    assert isinstance(raised.value.problems[0], GrammarProblem)


def test_the_folder_names_the_language_and_common_holds_no_topic():
    grammars = read_grammars({"grammars/da/a.yaml": "pas: [nyt pas]", "grammars/da/common.yaml": '"yes": [ja]'})

    assert grammars["da"].phrases == (Phrase(topic="pas", text="nyt pas"),)
    assert grammars["da"].flags.yes == ("ja",)


@pytest.mark.parametrize(("language", "least"), [("da", 60), ("en", 25)])
def test_every_topic_has_enough_templates_and_no_file_names_an_unknown_topic(language, least):
    topics = yaml.safe_load((ROOT / "routes.yaml").read_text("utf-8"))["topics"]
    counts = {}
    for path in (ROOT / "grammars" / language).glob("*.yaml"):
        if path.stem not in ("common", "either", "elsewhere", "danger"):
            for topic, templates in yaml.safe_load(path.read_text("utf-8")).items():
                assert topics[topic]["group"] == path.stem
                counts[topic] = len(templates)

    assert set(counts) == set(topics)
    assert {topic: count for topic, count in counts.items() if count < least} == {}


def test_spelling_is_made_one_and_fillers_go():
    spelling = Spelling(letters={"oe": "ø"}, fillers=frozenset({"øh"}))

    assert normalised("Øh, KOEREKORT – tak!", spelling) == "kørekort tak"
    assert words_of("Fatima El-Sayed's café", spelling) == ("fatima", "el", "sayeds", "cafe")


@pytest.mark.parametrize(("one", "other"), [("kjærgaard", "kærgård"), ("winther", "vinter"), ("thygesen", "tygesen")])
def test_names_that_sound_alike_meet(one, other):
    assert sound(one) == sound(other)
