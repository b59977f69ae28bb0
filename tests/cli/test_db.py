"""`ivr db`: what was copied out comes in again whole, and nothing is overwritten by mistake."""

import gc
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from ivr.adapters.store import database
from ivr.cli import db as module
from ivr.cli.db import command
from tests.adapters.store.rows import TEN, a_contact, a_whole_call
from tests.kit.database import another_database, environment

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str) -> Run:
    def invoke(*arguments: str, url: str = database_url, **more: str) -> Result:
        return CliRunner().invoke(
            command, arguments, env={**environment(database_url), "IVR_DATABASE_URL": url, **more}
        )

    return invoke


@pytest.fixture
def other(database_url: str) -> Iterator[str]:
    """The address of a second, empty database."""
    with another_database(database_url, "other") as url:
        yield url


@pytest.fixture
def copy(run: Run, engine: Engine, tmp_path: Path) -> Path:
    """A copy of a database with one call in it."""
    a_whole_call(engine, TEN, "#1")
    path = tmp_path / "ivr.dump"
    result = run("backup", str(path))
    assert result.exit_code == 0, result.output
    return path


def rows_of(url: str) -> dict[str, int]:
    engine = database.connect(url)
    with engine.connect() as db:
        tables = db.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).scalars()
        found = {name: db.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables.all()}
    engine.dispose()
    return found


def fill(url: str) -> None:
    database.upgrade(url)
    # The connection of the migrations closes only when their engine is collected.
    gc.collect()
    engine = database.connect(url)
    with engine.begin() as db:
        a_contact(db)
    engine.dispose()


def test_a_database_without_tables_is_brought_up_to_date(run: Run, other: str) -> None:
    first, second = run("upgrade", url=other), run("upgrade", url=other)

    assert first.exit_code == 0
    assert first.output.startswith("The tables are those of this program (version 0")
    assert second.output == first.output
    assert rows_of(other)["contacts"] == 0


def test_a_copy_comes_in_again_whole(run: Run, copy: Path, other: str, database_url: str) -> None:
    result = run("restore", str(copy), url=other)

    assert (result.exit_code, result.output) == (0, f"{copy}: restored.\n")
    assert rows_of(other) == rows_of(database_url)
    assert rows_of(other)["events"] == 3


def test_after_a_restore_the_log_is_guarded_and_ids_go_on(run: Run, copy: Path, other: str) -> None:
    run("restore", str(copy), url=other)

    engine = database.connect(other)
    with engine.connect() as db:
        guards = db.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars().all()
        event = db.execute(text("INSERT INTO events (at, kind) VALUES (now(), 'ended') RETURNING id")).scalar_one()
    engine.dispose()
    assert "events_are_never_rewritten" in guards
    assert event == 4


def test_a_copy_is_readable_by_its_owner_alone(copy: Path) -> None:
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in copy.parent.iterdir()] == ["ivr.dump"]


def test_a_copy_never_replaces_a_file(run: Run, copy: Path) -> None:
    before = copy.read_bytes()

    result = run("backup", str(copy))

    assert (result.exit_code, result.stderr) == (1, f"{copy} is there already.\nName a new file.\n")
    assert copy.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "ivr.dump"

    result = run("backup", str(path))

    assert result.exit_code == 1
    assert result.stderr == f"{path} cannot be written: No such file or directory.\nName another file.\n"


def test_a_database_that_does_not_answer_leaves_no_half_copy(run: Run, tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "ivr.dump"), url="postgresql://ivr:hemmelig@127.0.0.1:1/ivr")

    assert result.exit_code == 1
    assert "The database postgresql://ivr:***@127.0.0.1:1/ivr cannot be used:" in result.stderr
    assert "hemmelig" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_database_with_data_is_replaced_only_when_asked(run: Run, copy: Path, other: str) -> None:
    fill(other)

    refused = run("restore", str(copy), url=other)
    kept = rows_of(other)
    replaced = run("restore", str(copy), "--replace", url=other)

    assert refused.exit_code == 1
    assert refused.stderr == (
        "The database is not empty: it has contacts.\nTo delete that and restore: --replace. Nothing has changed.\n"
    )
    assert (kept["contacts"], kept["events"]) == (1, 0)
    assert replaced.exit_code == 0, replaced.output
    assert rows_of(other)["events"] == 3


def test_a_database_in_use_is_not_replaced(run: Run, copy: Path, other: str) -> None:
    fill(other)
    engine = database.connect(other)

    with engine.connect():
        result = run("restore", str(copy), "--replace", url=other)
    engine.dispose()

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == "The database is in use (1 connections)."
    assert rows_of(other)["contacts"] == 1


def test_what_is_no_copy_changes_nothing(run: Run, copy: Path, other: str, tmp_path: Path) -> None:
    fill(other)
    torn, text_file = tmp_path / "torn.dump", tmp_path / "notes.txt"
    torn.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    text_file.write_text("hello")

    results = [run("restore", str(path), "--replace", url=other) for path in (torn, text_file, tmp_path / "none")]

    assert [result.exit_code for result in results] == [1, 1, 1]
    assert f"{torn} is not a whole copy." in results[0].stderr
    assert f"{text_file} is not a whole copy." in results[1].stderr
    assert f"{tmp_path / 'none'} is not there." in results[2].stderr
    assert rows_of(other)["contacts"] == 1


def test_a_copy_of_a_newer_program_changes_nothing(run: Run, other: str, database_url: str, tmp_path: Path) -> None:
    newer = tmp_path / "newer.dump"
    with another_database(database_url, "newer") as url:
        fill(url)
        engine = database.connect(url)
        with engine.begin() as db:
            db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        run("backup", str(newer), url=url)

    result = run("restore", str(newer), url=other)

    assert result.exit_code == 1
    assert result.stderr == (
        f"{newer} was written by a newer version of this program (tables of version 9999).\n"
        "Install that version first. Nothing has changed.\n"
    )
    assert rows_of(other) == {}


def test_a_copy_of_something_else_changes_nothing(run: Run, other: str, database_url: str, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.dump"
    with another_database(database_url, "foreign") as url:
        run("backup", str(foreign), url=url)

    result = run("restore", str(foreign), url=other)

    assert result.stderr.splitlines()[0] == f"{foreign} is a copy of another program's database."


def test_a_password_is_in_no_argument_that_others_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}

    def record(arguments, **more):
        seen.update(arguments=arguments, password=more["env"]["PGPASSWORD"])
        raise FileNotFoundError

    monkeypatch.setattr(module.subprocess, "run", record)
    with pytest.raises(FileNotFoundError):
        module._run("pg_dump", url="postgresql://ivr:hemmelig@db.example.dk:5433/ivr?sslmode=require")

    assert seen["password"] == "hemmelig"
    assert "hemmelig" not in " ".join(seen["arguments"])
    assert "--dbname=user=ivr dbname=ivr host=db.example.dk port=5433 sslmode=require" in seen["arguments"]


def test_without_an_address_it_is_the_embedded_database(run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-var-") as var:
        first = run("upgrade", url="", IVR_VAR=f"{var}/deep/down")
        copied = run("backup", f"{var}/ivr.dump", url="", IVR_VAR=f"{var}/deep/down")
        again = run("restore", f"{var}/ivr.dump", url="", IVR_VAR=f"{var}/new")
        stopped = not (Path(var) / "new" / "postgres" / "postmaster.pid").exists()

    assert [result.exit_code for result in (first, copied, again)] == [0, 0, 0], copied.output + again.output
    assert stopped


@pytest.mark.parametrize("name", ["upgrade", "backup", "restore"])
def test_help_ends_with_an_example(run: Run, name: str) -> None:
    assert run(name, "--help").output.splitlines()[-1].strip().startswith(f"Example: ivr db {name}")
