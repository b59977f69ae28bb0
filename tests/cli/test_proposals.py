"""`ivr proposals`: what supervisors proposed, as a file for the operator; nothing reads it by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, select

from ivr.adapters.store.proposals import grammar_proposals
from ivr.cli.proposals import command
from tests.adapters.store.rows import TEN, new_id
from tests.kit.database import environment

Run = Callable[..., Result]


@pytest.fixture
def grammars(tmp_path: Path) -> Path:
    """A Danish grammar of two topics."""
    folder = tmp_path / "grammars"
    (folder / "da").mkdir(parents=True)
    (folder / "da" / "borgerservice.yaml").write_text(
        "pas:\n  - (nyt|gammelt) pas\nkoerekort:\n  - mit kørekort\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def run(engine: Engine, database_url: str, grammars: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, arguments, env=environment(database_url) | {"IVR_GRAMMARS": str(grammars)})

    return invoke


def propose(engine: Engine, phrase: str, topic: str = "pas", **values: Any) -> None:
    row = {"language": "da", "proposed_by": "sofie", "proposed_at": TEN}
    with engine.begin() as db:
        db.execute(insert(grammar_proposals).values(id=new_id(), phrase=phrase, topic=topic, **row | values))


def states(engine: Engine) -> dict[str | None, str]:
    with engine.connect() as db:
        return {row.phrase: row.state for row in db.execute(select(grammar_proposals))}


def test_proposals_are_printed_in_the_grammars_own_form_and_stay_open(run: Run, engine: Engine) -> None:
    propose(engine, "mit rejsepapir er udløbet")

    result = run()

    assert result.exit_code == 0, result.output
    assert yaml.safe_load(result.stdout) == {"pas": ["mit rejsepapir er udløbet"]}
    assert "# sofie, 2026-11-23" in result.stdout
    assert states(engine) == {"mit rejsepapir er udløbet": "open"}


def test_what_is_written_to_a_file_is_marked_and_not_written_again_unless_asked_for(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    propose(engine, "mit rejsepapir er udløbet")
    first = run("--language", "da", "--out", str(tmp_path / "first.yaml"))
    propose(engine, "jeg skal ud at flyve")
    second = run("--language", "da", "--out", str(tmp_path / "second.yaml"))
    nothing = run()
    again = run("--again")

    assert [result.exit_code for result in (first, second, nothing, again)] == [0, 0, 0, 0]
    assert yaml.safe_load((tmp_path / "first.yaml").read_text("utf-8")) == {"pas": ["mit rejsepapir er udløbet"]}
    assert yaml.safe_load((tmp_path / "second.yaml").read_text("utf-8")) == {"pas": ["jeg skal ud at flyve"]}
    assert set(states(engine).values()) == {"exported"}
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing has been proposed that is not exported.\n")
    assert yaml.safe_load(again.stdout) == {"pas": ["jeg skal ud at flyve", "mit rejsepapir er udløbet"]}


def test_a_phrase_that_the_grammar_has_is_commented_out_with_the_topic_it_stands_under(
    run: Run, engine: Engine
) -> None:
    propose(engine, "gammelt pas")
    propose(engine, "mit kørekort")
    propose(engine, "det røde hæfte")

    result = run()

    assert yaml.safe_load(result.stdout) == {"pas": ["det røde hæfte"]}
    assert 'sofie, 2026-11-23: stands in the grammar already\n  # - "gammelt pas"' in result.stdout
    assert (
        'stands in the grammar under koerekort; one phrase cannot mean two topics\n  # - "mit kørekort"'
        in result.stdout
    )


def test_each_language_is_a_file_of_its_own(run: Run, engine: Engine, tmp_path: Path) -> None:
    propose(engine, "det røde hæfte")
    propose(engine, "the red booklet", language="en")

    both = run()
    english = run("--language", "en")
    unnamed = run("--out", str(tmp_path / "all.yaml"))

    assert both.stdout.index("grammar of da") < both.stdout.index("grammar of en")
    assert yaml.safe_load(english.stdout) == {"pas": ["the red booklet"]}
    assert (unnamed.exit_code, "name it with --language" in unnamed.stderr) == (2, True)


def test_a_file_that_is_there_is_left_as_it_is_and_nothing_is_marked(run: Run, engine: Engine, tmp_path: Path) -> None:
    propose(engine, "det røde hæfte")
    out = tmp_path / "mine.yaml"
    out.write_text("mine", encoding="utf-8")

    result = run("--language", "da", "--out", str(out))

    assert (result.exit_code, result.stderr) == (
        1,
        f"{out} is there already.\nName another file; nothing was marked.\n",
    )
    assert out.read_text("utf-8") == "mine"
    assert states(engine) == {"det røde hæfte": "open"}


def test_what_was_withdrawn_is_in_no_file(run: Run, engine: Engine) -> None:
    propose(engine, None, state="withdrawn")  # type: ignore[arg-type]

    assert run("--again").stdout == ""
