"""The demo hears what this machine can hear, and the carrier the rest."""

from pathlib import Path

import pytest

from ivr.cli.demo_hearing import heard_here
from tests.kit.town import ROOT

EXAMPLE = ROOT / "routes.yaml"
TINY_MODEL = ROOT / "tests" / "data" / "vosk-model-tiny-da"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "da").symlink_to(TINY_MODEL)
    return tmp_path / "models"


def recognisers(plan: Path) -> list[str]:
    return [line.strip() for line in plan.read_text("utf-8").splitlines() if "recogniser:" in line]


def test_without_models_the_carrier_hears_everything_and_the_plan_stays_the_file_that_it_is(tmp_path):
    assert heard_here(EXAMPLE, None, tmp_path) == EXAMPLE


def test_a_language_with_a_model_is_heard_here_and_the_others_by_the_carrier(models, tmp_path):
    plan = heard_here(EXAMPLE, models, tmp_path / "demo")

    assert plan == tmp_path / "demo" / "routes.yaml"
    assert recognisers(plan) == ["recogniser: vosk", "recogniser: carrier"]


def test_a_plan_that_wants_what_this_machine_lacks_is_heard_by_the_carrier(tmp_path):
    wants = tmp_path / "wants.yaml"
    wants.write_text(EXAMPLE.read_text("utf-8").replace("recogniser: carrier", "recogniser: vosk"), "utf-8")

    assert recognisers(heard_here(wants, None, tmp_path)) == ["recogniser: carrier", "recogniser: carrier"]


def test_a_plan_that_cannot_be_read_is_left_to_whoever_tells_what_is_wrong_with_it(tmp_path):
    assert heard_here(tmp_path / "nothing.yaml", None, tmp_path) == tmp_path / "nothing.yaml"
