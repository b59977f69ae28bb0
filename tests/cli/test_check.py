"""`ivr check` as an operator and a script use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.adapters.files.plan_files import read_sources
from ivr.cli.check import command
from tests.kit.town import compiled

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "routes.yaml"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace("time_zone: Europe/Copenhagen", "time_zone: Europe/Kobenhavn"), encoding="utf-8")
    return path


def test_a_good_plan_ends_with_the_version_that_will_be_served_and_exit_code_0() -> None:
    served = compiled(read_sources(EXAMPLE, ROOT / "grammars")).plan.version

    result = CliRunner().invoke(command, [str(EXAMPLE), "--grammars", str(ROOT / "grammars")])
    document = json.loads(CliRunner().invoke(command, [str(EXAMPLE), "--json"]).output)

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-2].startswith(f"{EXAMPLE}: good: ")
    assert result.output.splitlines()[-1] == f"It will be served as version {served}."
    assert document["version"] == served


def test_without_the_phrases_no_version_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(EXAMPLE), "--grammars", str(tmp_path / "nothing")])

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == (
        f"Which version this is cannot be told: {tmp_path / 'nothing'} is not a folder. Set IVR_GRAMMARS."
    )


def test_phrases_that_the_engine_would_refuse_are_an_error(tmp_path: Path) -> None:
    bad = tmp_path / "da" / "byg.yaml"
    bad.parent.mkdir()
    bad.write_text("topics: [byggesag", encoding="utf-8")

    result = CliRunner().invoke(command, [str(EXAMPLE), "--grammars", str(tmp_path)])

    assert result.exit_code == 1
    assert result.output.startswith(f"{bad}:1:1  This is not YAML")
    assert result.output.splitlines()[-1] == (
        f"{EXAMPLE}: 1 error. The plan is refused; a running engine keeps the one it has."
    )


def test_a_broken_plan_ends_with_the_count_and_exit_code_1(broken: Path) -> None:
    result = CliRunner().invoke(command, [str(broken)])

    assert result.exit_code == 1
    assert '"time_zone" of municipality is "Europe/Kobenhavn", which is not a time zone.' in result.output
    assert result.output.splitlines()[-1] == (
        f"{broken}: 1 error. The plan is refused; a running engine keeps the one it has."
    )


def test_machines_get_one_json_document(broken: Path) -> None:
    result = CliRunner().invoke(command, [str(broken), "--json"])

    document = json.loads(result.output)
    assert result.exit_code == 1
    assert document["version"] is None
    assert [(problem["severity"], problem["hint"]) for problem in document["problems"]] == [
        ("error", "Write Europe/Copenhagen.")
    ]


def test_a_file_that_is_not_there_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    missing = tmp_path / "routs.yaml"

    result = CliRunner().invoke(command, [str(missing)])

    assert result.exit_code == 1
    assert "cannot be read: No such file or directory." in result.output
    assert "Name the file: ivr check PATH, or set IVR_ROUTES." in result.output


def test_the_plan_comes_from_the_environment_when_none_is_named(broken: Path) -> None:
    result = CliRunner().invoke(command, [], env={"IVR_ROUTES": str(broken)})

    assert str(broken) in result.output


def test_a_language_that_this_machine_cannot_hear_is_told_where_it_is_chosen(tmp_path: Path) -> None:
    plan = tmp_path / "routes.yaml"
    plan.write_text(EXAMPLE.read_text("utf-8").replace("recogniser: carrier", "recogniser: vosk", 1), "utf-8")

    unset = CliRunner().invoke(command, [str(plan)], env={"IVR_VOSK_MODELS": ""})
    empty = CliRunner().invoke(command, [str(plan)], env={"IVR_VOSK_MODELS": str(tmp_path)})

    line = 1 + plan.read_text("utf-8").splitlines().index("    recogniser: vosk")
    assert (unset.exit_code, empty.exit_code) == (0, 0)
    assert unset.output.startswith(
        f'{plan}:{line}:17  warning: "da" is to be heard by vosk, but IVR_VOSK_MODELS is not set.'
    )
    assert f'The vosk model of "da": there is no folder {tmp_path / "da"}.' in empty.output


def test_help_ends_with_an_example() -> None:
    result = CliRunner().invoke(command, ["--help"])

    assert result.output.splitlines()[-1].strip() == "Example: ivr check routes.yaml"
