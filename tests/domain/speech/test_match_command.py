"""`ivr match` through its command."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli.match import command

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("IVR_GRAMMARS", str(ROOT / "grammars"))
    monkeypatch.setenv("IVR_ROUTES", str(ROOT / "routes.yaml"))
    return lambda *words: CliRunner().invoke(command, words)


def test_it_shows_what_was_understood_and_why(run):
    result = run("Øh, jeg skal have nyt pas!")

    assert result.exit_code == 0
    assert "normalised  jeg skal have nyt pas" in result.output
    assert "0.98  pas" in result.output
    assert "flags       none" in result.output


def test_it_shows_names_of_a_directory_file_and_flags(run):
    result = run("jeg vil tale med Mette Lund", "--directory", str(ROOT / "demo" / "directory.csv"))

    assert "entry       Mette Lund" in result.output
    assert "danger" in run("she is not breathing", "--language", "en").output


def test_a_language_without_grammar_and_a_broken_grammar_say_what_to_mend(run, monkeypatch, tmp_path):
    assert run("Reisepass", "--language", "de").exit_code == 1

    (tmp_path / "da").mkdir()
    (tmp_path / "da" / "byg.yaml").write_text("carport:\n  - '(skur'\n", encoding="utf-8")
    monkeypatch.setenv("IVR_GRAMMARS", str(tmp_path))
    broken = run("skur")

    assert broken.exit_code == 1
    assert "da/byg.yaml:2" in broken.output
