"""`ivr match`: what is made of a sentence or of a recording, why, and what the caller would hear next."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli.match import command
from tests.kit.town import ROOT
from tests.kit.voice import noise, say, silence

DIRECTORY = str(ROOT / "demo" / "directory.csv")
LANGUAGES_THERE = "There is: da, en.\n"
Run = Callable[..., Result]


@pytest.fixture
def run(example_grammars: None) -> Run:
    return lambda *words: CliRunner().invoke(command, words)


@pytest.fixture
def models(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the Danish model of the tests, and no other."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "da").symlink_to(ROOT / "tests" / "data" / "vosk-model-tiny-da")
    monkeypatch.setenv("IVR_VOSK_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def passport(tmp_path: Path) -> str:
    """A recording of somebody who needs a passport."""
    path = tmp_path / "passport.wav"
    path.write_bytes((silence(0.3) + say("jeg skal have et nyt pas") + silence(1)).wav())
    return str(path)


def parts(result: Result) -> dict[str, list[str]]:
    """What the lines tell, by what they begin with; a line that begins with nothing goes on with the one before."""
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = {}
    name = ""
    for line in result.stdout.splitlines():
        name = line[:12].strip() or name
        found.setdefault(name, []).append(line[12:])
    return found


def test_a_sentence_is_explained_from_its_words_to_what_the_caller_hears_next(run: Run) -> None:
    told = parts(run("Øh, jeg skal have nyt pas!"))

    assert list(told) == ["normalised", "topic", "judged", "flags", "next"]
    assert told["normalised"] == ["jeg skal have nyt pas"]
    # How sure, of which topic, and the phrase of the grammar that comes nearest.
    assert re.fullmatch(r"0\.9\d  pas +.*nyt pas", told["topic"][0])
    assert re.fullmatch(r"ours \d\.\d\d, two-sided \d\.\d\d, danger \d\.\d\d", told["judged"][0])
    assert told["flags"] == ["none"]
    assert told["next"][0].startswith("Til et nyt pas bestiller du tid")
    assert "Tast 1 for at få linket" in told["next"][1]


def test_a_name_of_the_directory_file_is_heard_and_dialled(run: Run) -> None:
    told = parts(run("jeg vil tale med Mette Lund", "--directory", DIRECTORY))

    assert told["entry"] == ["Mette Lund"]
    assert told["next"] == ["Jeg ringer til Mette Lund."]


def test_danger_is_a_flag_and_answered_with_112_in_the_language_that_is_spoken(run: Run) -> None:
    told = parts(run("she is not breathing", "--language", "en"))

    assert told["flags"] == ["danger"]
    assert "112" in told["next"][0]
    assert "life" in told["next"][0]


def test_what_is_no_business_of_the_house_is_no_topic_and_asked_again(run: Run) -> None:
    told = parts(run("hvad er klokken på månen"))

    assert told["topic"] == ["none"]
    assert told["next"][1].startswith("Hvad drejer dit opkald sig om?")


def test_without_a_plan_that_can_be_used_only_the_answer_is_missing(run: Run, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("nothing: here\n", encoding="utf-8")
    monkeypatch.setenv("IVR_ROUTES", str(tmp_path / "routes.yaml"))

    told = parts(run("jeg skal have nyt pas"))

    assert list(told) == ["normalised", "topic", "judged", "flags"]


def test_a_language_without_a_grammar_is_told_with_those_that_there_are(run: Run) -> None:
    told = run("Reisepass", "--language", "de")

    assert told.exit_code == 1
    assert told.stderr == f'There is no grammar for "de" in {ROOT / "grammars"}.\n{LANGUAGES_THERE}'


def test_a_broken_grammar_is_told_with_file_and_line(run: Run, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "da").mkdir()
    (tmp_path / "da" / "byg.yaml").write_text("carport:\n  - '(skur'\n", encoding="utf-8")
    monkeypatch.setenv("IVR_GRAMMARS", str(tmp_path))

    told = run("skur")

    assert told.exit_code == 1
    assert 'da/byg.yaml:2  "(skur": ( and ) do not pair.\n' in told.stderr


def test_a_folder_without_grammars_is_told(run: Run, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_GRAMMARS", str(tmp_path))

    told = run("skur")

    assert told.exit_code == 1
    assert told.stderr == f"There is no grammar in {tmp_path}: no file <language>/*.yaml.\nSet IVR_GRAMMARS.\n"


def test_a_directory_file_without_a_column_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,phone\nMette Lund,72001241\n", encoding="utf-8")

    told = run("Mette Lund", "--directory", str(tmp_path / "people.csv"))

    assert told.exit_code == 1
    assert told.stderr == f"{tmp_path / 'people.csv'}:1  There is no column department.\n"


@pytest.mark.usefixtures("models")
def test_a_recording_is_recognised_and_understood(run: Run, passport: str) -> None:
    told = parts(run("--wav", passport))

    assert list(told)[:2] == ["recognised", "normalised"]
    assert told["recognised"] == ["jeg skal have et nyt pas"]
    assert told["topic"][0].split()[1] == "pas"
    assert told["next"][0].startswith("Til et nyt pas bestiller du tid")


@pytest.mark.usefixtures("models")
def test_a_recording_in_which_nobody_speaks_is_told_as_such(run: Run, tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(noise(2).wav())

    assert parts(run("--wav", str(tmp_path / "noise.wav"))) == {"recognised": ["(nothing)"]}


def test_a_text_or_a_recording_is_needed_and_not_both(run: Run, passport: str) -> None:
    for told in (run(), run("jeg skal have nyt pas", "--wav", passport)):
        assert told.exit_code == 2
        assert "Give either TEXT or --wav FILE." in told.stderr


def test_a_recording_without_models_says_what_to_set(run: Run, passport: str) -> None:
    told = run("--wav", passport)

    assert told.exit_code == 1
    assert "IVR_VOSK_MODELS is not set." in told.stderr
    assert "docs/operations.md" in told.stderr


def test_a_recording_in_a_language_without_a_model_names_the_folder(run: Run, models: Path, passport: str) -> None:
    told = run("--language", "en", "--wav", passport)

    assert told.exit_code == 1
    assert f'The vosk model of "en": there is no folder {models / "en"}.' in told.stderr


@pytest.mark.usefixtures("models")
def test_a_recording_without_a_plan_cannot_be_listened_to(run: Run, monkeypatch, passport: str) -> None:
    monkeypatch.setenv("IVR_ROUTES", "nowhere.yaml")

    told = run("--wav", passport)

    assert told.exit_code == 1
    assert told.stderr == "What to listen for cannot be told: nowhere.yaml is refused.\nivr check tells why.\n"


@pytest.mark.usefixtures("models")
def test_a_file_that_is_no_recording_says_what_is_needed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")

    told, absent = run("--wav", str(tmp_path / "text.wav")), run("--wav", str(tmp_path / "nothing.wav"))

    assert told.exit_code == 1
    assert told.stderr == (
        f"{tmp_path / 'text.wav'} cannot be read: it is no WAV file of PCM.\n"
        "Needed is a WAV file of PCM: 1 channel, 16 bit, 8000 Hz or more.\n"
    )
    assert absent.exit_code == 2
    assert "does not exist" in absent.stderr
