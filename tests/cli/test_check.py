"""`ivr check` as an operator and a script use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli.check import command, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "routes.yaml"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace("time_zone: Europe/Copenhagen", "time_zone: Europe/Kobenhavn"), encoding="utf-8")
    return path


def test_a_good_plan_ends_with_its_version_and_exit_code_0() -> None:
    plan, _ = load(EXAMPLE)

    result = CliRunner().invoke(command, [str(EXAMPLE)])

    assert result.exit_code == 0, result.output
    assert plan is not None
    last = result.output.splitlines()[-1]
    assert last.startswith(f"{EXAMPLE}: good")
    assert f"Version {plan.version}: " in last


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


def test_help_ends_with_an_example() -> None:
    result = CliRunner().invoke(command, ["--help"])

    assert result.output.splitlines()[-1].strip() == "Example: ivr check routes.yaml"
