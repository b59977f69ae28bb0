"""`ivr graph` writes a drawing to the terminal or to a file, and draws nothing from a broken plan."""

from pathlib import Path
from xml.etree import ElementTree

from click.testing import CliRunner

from ivr.cli.graph import command

EXAMPLE = str(Path(__file__).parents[2] / "routes.yaml")


def test_the_drawing_goes_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "calls.svg"

    result = CliRunner().invoke(command, [EXAMPLE, "--format", "svg", "--out", str(out)])

    assert (result.exit_code, result.output) == (0, f"{out} is drawn.\n")
    assert ElementTree.parse(out).getroot().tag.endswith("svg")


def test_mermaid_goes_to_the_terminal() -> None:
    result = CliRunner().invoke(command, [EXAMPLE, "--format", "mermaid"])

    assert result.exit_code == 0
    assert result.output.startswith("flowchart LR\n")


def test_a_broken_plan_is_not_drawn(tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text("# nothing yet\n", encoding="utf-8")

    result = CliRunner().invoke(command, [str(routes)])

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "the file is empty." in result.stderr


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "calls.svg"

    result = CliRunner().invoke(command, [EXAMPLE, "--out", str(out)])

    assert result.exit_code == 1
    assert result.stderr == f"{out} cannot be written: No such file or directory. Name another file with --out.\n"
