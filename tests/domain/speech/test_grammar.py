"""Templates and grammar files: what they become, and that every slip is named with its line."""

from pathlib import Path

import pytest
import yaml

from ivr.domain.language import Language
from ivr.domain.speech.calibration import Calibration
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


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        ("calibration: 3", 1, "Lists of numbers are needed here, for right, two_sided, ours, danger."),
        ("calibration:\n  ous: [1, 2, 3]", 2, '"ous" is not known here. Known: right, two_sided, ours, danger.'),
        ("calibration:\n  ours: [1, 2]", 2, '"ours" needs a list of 3 numbers.'),
        ("calibration:\n  ours: [1, 2, .nan]", 2, '"ours" needs a list of 3 numbers.'),
        ("calibration:\n  ours: [1, 2, nan]", 2, '"ours" needs a list of 3 numbers.'),
        ("calibration:\n  ours: [1, 2, very]", 2, '"ours" needs a list of 3 numbers.'),
    ],
)
def test_a_calibration_that_cannot_be_right_is_named_with_its_line(written, line, told):
    with pytest.raises(BadGrammar) as raised:
        read_grammars({"da/common.yaml": written})

    assert [(p.line, p.text) for p in raised.value.problems] == [(line, told)]


def test_a_language_without_a_calibration_has_the_usual_one():
    told = read_grammars({"da/common.yaml": "calibration: {ours: [3, -2, 1]}"})[Language("da")].calibration

    assert told == Calibration(ours=(3.0, -2.0, 1.0))


def test_spelling_is_made_one_and_fillers_go():
    spelling = Spelling(letters={"oe": "ø"}, fillers=frozenset({"øh"}))

    assert normalised("Øh, KOEREKORT – tak!", spelling) == "kørekort tak"
    assert words_of("Fatima El-Sayed's café", spelling) == ("fatima", "el", "sayeds", "cafe")


@pytest.mark.parametrize(("one", "other"), [("kjærgaard", "kærgård"), ("winther", "vinter"), ("thygesen", "tygesen")])
def test_names_that_sound_alike_meet(one, other):
    assert sound(one) == sound(other)
