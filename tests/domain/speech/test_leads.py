"""Most callers begin with words that say nothing of the matter; they must not hide it."""

import pytest
import yaml

from ivr.domain.language import Language
from ivr.domain.speech.readings import Reader, Turns
from tests.domain.speech.conftest import ROOT

PEOPLE = {"medarbejder", "menneske"}
"""Asked for, and not called about."""

TITLES = {
    id: topic["title"]
    for id, topic in yaml.safe_load((ROOT / "routes.yaml").read_text("utf-8"))["topics"].items()
    if id not in PEOPLE
}


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("da", "{}"),
        ("da", "det drejer sig om {}"),
        ("da", "jeg ringer angående {}"),
        ("da", "jeg har lige et spørgsmål om {}"),
        ("da", "jeg vil gerne høre om {}"),
        ("en", "{}"),
        ("en", "i'm calling about {}"),
        ("en", "i have a question about {}"),
    ],
)
def test_every_topic_is_known_by_its_title_after_any_lead_and_nothing_is_asked(
    matcher, language: str, lead: str
) -> None:
    missed = {}
    for topic, title in TITLES.items():
        heard = matcher.hear(lead.format(title[language]), Language(language))
        found = heard.candidates[0].topic if heard.candidates else None
        if found != topic or heard.two_sided:
            missed[title[language]] = found

    assert missed == {}


def test_a_lead_alone_is_all_that_was_said() -> None:
    reader = Reader(Turns(leads=("det drejer sig om", "jeg ringer om")))

    assert reader.matter("det drejer sig om") == "det drejer sig om"
    assert reader.matter("jeg ringer om det drejer sig om pas") == "pas"
    assert reader.matter("pas det drejer sig om") == "pas det drejer sig om"
