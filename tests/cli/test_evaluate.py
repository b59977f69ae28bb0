"""`ivr evaluate`: figures of a labelled file, what was made of each row, and files that are refused with the place."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli.evaluate import command
from tests.kit.town import ROOT
from tests.kit.voice import say, silence

HEADER = "id\ttext\ttopic\tkind\tnote"
ROWS = (
    "p1\tjeg skal have nyt pas\tpas\tplain\t",
    "p2\tder er rotter i min have\trotter\tplain\t",
    "p3\tjeg vil tale med Mette Lund\tmedarbejder\tname\tMette Lund",
    "p4\tpas eller kørekort\t_ambiguous\tplain\tpas|koerekort",
    "p5\thun trækker ikke vejret\t_urgent\tdanger\t",
    "p6\thvad er klokken på månen\t_none\tother\t",
)
Run = Callable[..., Result]
Write = Callable[..., str]


@pytest.fixture
def run(example_grammars: None) -> Run:
    return lambda *words: CliRunner().invoke(command, words)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `said.tsv` into the present folder."""
    monkeypatch.chdir(tmp_path)

    def written(*lines: str) -> str:
        (tmp_path / "said.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return "said.tsv"

    return written


def table(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_figures_are_told_to_people(run: Run, write: Write) -> None:
    told = run(write(HEADER, *ROWS), "--directory", str(ROOT / "demo" / "directory.csv"))

    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["rows", "6"],
        ["right", "(top", "1)", "100.0%"],
        ["among", "the", "first", "3", "100.0%"],
    ]
    assert "danger missed           0 of 1" in lines
    assert "  plain                  100.0%  of 3" in lines
    assert "  rotter                 100.0%  of 1" in lines


def test_figures_are_told_to_machines(run: Run, write: Write) -> None:
    told = run(write(HEADER, *ROWS[:2], *ROWS[4:]), "--json")

    figures = json.loads(told.stdout)
    assert {name: figures[name] for name in ("rows", "top1", "false_accepts", "ambiguous_asked", "urgent")} == {
        "rows": 4,
        "top1": 1.0,
        "false_accepts": 0.0,
        "ambiguous_asked": None,
        "urgent": 1,
    }
    assert figures["by_topic"] == {"pas": [1.0, 1], "rotter": [1.0, 1]}


def test_what_was_made_of_each_row_is_written_beside(run: Run, write: Write, tmp_path: Path) -> None:
    directory = str(ROOT / "demo" / "directory.csv")

    run(write(HEADER, *ROWS), "--answers", "answers.tsv", "--directory", directory)

    head, *rows = table(tmp_path / "answers.tsv")
    assert head == ["id", "topic", "confidence", "alternatives", "entry"]
    assert [(id, topic) for id, topic, *_ in rows if id != "p4"] == [
        ("p1", "pas"),
        ("p2", "rotter"),
        ("p3", "medarbejder"),
        ("p5", "_urgent"),
        ("p6", ""),
    ]
    assert sorted(rows[3][3].split("|")) == ["koerekort", "pas"]
    assert rows[2][4] == "Mette Lund"
    assert all(0 <= float(row[2]) <= 1 for row in rows)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["id\ttext\ttopic", "p1\tpas\tpas"], "said.tsv:1  The first line must be: id text topic kind note, with tabs"),
        ([HEADER, "p1\tpas\tpas"], "said.tsv:2  3 columns, not 5."),
        ([HEADER, ROWS[0], "p2\tpas\tpass\tplain\t"], 'said.tsv:3  There is no topic "pass". Did you mean "pas"?'),
        ([HEADER, ROWS[0], ROWS[0]], 'said.tsv:3  "p1" stands here for the second time.'),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(run: Run, write: Write, lines, told: str) -> None:
    result = run(write(*lines))

    assert result.exit_code == 1
    assert result.stderr.startswith(told)
    assert result.stdout == ""


def test_all_problems_of_a_file_are_told_at_once(run: Run, write: Write) -> None:
    result = run(write(HEADER, "p1\tpas", ROWS[0], "p1\tpas\trotte\tplain\t"))

    assert [line.split("  ")[0] for line in result.stderr.splitlines()] == ["said.tsv:2", "said.tsv:4", "said.tsv:4"]


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(run: Run, write: Write, tmp_path: Path) -> None:
    file = write(HEADER, *ROWS)
    (tmp_path / file).write_bytes((tmp_path / file).read_text("utf-8").encode("latin-1"))

    result = run(file)

    assert result.exit_code == 1
    assert result.stderr == "said.tsv:5  This is not UTF-8.\nSave the file as UTF-8.\n"


def test_a_language_without_a_grammar_is_told_with_those_that_there_are(run: Run, write: Write) -> None:
    result = run(write(HEADER, *ROWS), "--language", "de")

    assert result.exit_code == 1
    assert result.stderr.endswith("There is: da, en.\n")


@pytest.fixture
def recordings(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recording of the first row and one of the second, and a model to hear them with."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "da").symlink_to(ROOT / "tests" / "data" / "vosk-model-tiny-da")
    monkeypatch.setenv("IVR_VOSK_MODELS", str(tmp_path / "models"))
    folder = tmp_path / "recordings"
    folder.mkdir()
    for id, words in (("p1", "mit pas er væk"), ("p2", "der er rotter i haven")):
        (folder / f"{id}.wav").write_bytes((silence(0.3) + say(words) + silence(1)).wav())
    return folder


def test_recordings_are_recognised_instead_of_the_texts(
    run: Run, write: Write, recordings: Path, tmp_path: Path
) -> None:
    result = run(write(HEADER, *ROWS[:2]), "--wav-dir", str(recordings), "--answers", "answers.tsv", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["top1"] == 1.0
    head, *rows = table(tmp_path / "answers.tsv")
    assert head[-1] == "recognised"
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("p1", "pas", "mit pas er væk"),
        ("p2", "rotter", "der er rotter i haven"),
    ]


def test_every_row_without_a_recording_is_named(run: Run, write: Write, recordings: Path) -> None:
    result = run(write(HEADER, *ROWS[:3], ROWS[5]), "--wav-dir", str(recordings))

    assert result.exit_code == 1
    assert result.stderr == (
        f'said.tsv:4  "p3" has no recording: there is no file {recordings / "p3.wav"}.\n'
        f'said.tsv:5  "p6" has no recording: there is no file {recordings / "p6.wav"}.\n'
    )


def test_recordings_without_models_say_what_to_set(
    run: Run, write: Write, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IVR_VOSK_MODELS")

    result = run(write(HEADER, *ROWS[:2]), "--wav-dir", str(recordings))

    assert result.exit_code == 1
    assert "IVR_VOSK_MODELS is not set." in result.stderr
