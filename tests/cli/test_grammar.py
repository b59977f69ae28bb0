"""`ivr grammar build`: learns from the grammars and keeps it, so that nothing that starts later has to learn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import evaluate, match
from ivr.cli.ears import LEARNING
from ivr.cli.grammar import command
from tests.kit.small_grammar import written
from tests.kit.town import ROOT

Run = Callable[[], Result]


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is learnt, which is not there yet; beside it a small grammar."""
    monkeypatch.setenv("IVR_GRAMMARS", str(written(tmp_path / "grammars")))
    monkeypatch.setenv("IVR_ROUTES", str(ROOT / "routes.yaml"))
    monkeypatch.setenv("IVR_TRAINED", str(tmp_path / "trained"))
    return tmp_path / "trained"


@pytest.fixture
def build(trained: Path) -> Run:
    return lambda: CliRunner().invoke(command, ["build"])


def test_what_was_learnt_is_kept_one_file_for_each_language(build: Run, trained: Path) -> None:
    told = build()

    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines() == [
        "da: 2 topics, 6 phrases",
        "en: 2 topics, 2 phrases",
        f"Kept in {trained}.",
    ]
    assert sorted(path.name[:3] for path in trained.glob("*.ear")) == ["da-", "en-"]


def test_learning_is_told_once_and_a_second_run_changes_nothing(build: Run, trained: Path) -> None:
    first = build()
    kept = {path: path.stat().st_mtime_ns for path in trained.glob("*.ear")}
    second = build()

    assert first.stderr == f"{LEARNING}\n"
    assert second.stderr == ""
    assert second.stdout == first.stdout
    assert {path: path.stat().st_mtime_ns for path in trained.glob("*.ear")} == kept


def test_another_phrase_is_learnt_anew(build: Run, trained: Path, tmp_path: Path) -> None:
    build()
    with (tmp_path / "grammars" / "da" / "miljoe.yaml").open("a", encoding="utf-8") as grammar:
        grammar.write("  - der løber en rotte\n")

    told = build()

    assert told.stderr == f"{LEARNING}\n"
    assert "da: 2 topics, 7 phrases" in told.stdout
    assert len(list(trained.glob("da-*.ear"))) == 2


def test_commands_use_what_was_built(build: Run, tmp_path: Path) -> None:
    build()
    (tmp_path / "said.tsv").write_text("id\ttext\ttopic\tkind\tnote\n1\tet nyt pas\tpas\tplain\t\n", encoding="utf-8")

    explained = CliRunner().invoke(match.command, ["jeg skal have nyt pas"])
    evaluated = CliRunner().invoke(evaluate.command, [str(tmp_path / "said.tsv")])

    assert (explained.exit_code, explained.stderr) == (0, "")
    assert (evaluated.exit_code, evaluated.stderr) == (0, "")


def test_without_an_own_folder_it_is_kept_with_the_other_data(
    build: Run, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IVR_TRAINED")
    monkeypatch.setenv("IVR_VAR", str(tmp_path / "var"))

    assert build().stdout.endswith(f"Kept in {tmp_path / 'var' / 'trained'}.\n")
    assert len(list((tmp_path / "var" / "trained").glob("*.ear"))) == 2
    assert not trained.exists()


def test_a_broken_grammar_is_told_with_every_place_and_nothing_is_kept(
    build: Run, trained: Path, tmp_path: Path
) -> None:
    (tmp_path / "grammars" / "da" / "byg.yaml").write_text("carport:\n  - '(skur'\n  - '{skur}'\n", encoding="utf-8")

    told = build()

    assert told.exit_code == 1
    assert [line.split("  ")[0] for line in told.stderr.splitlines()[1:]] == ["da/byg.yaml:2", "da/byg.yaml:3"]
    assert list(trained.glob("*.ear")) == []
