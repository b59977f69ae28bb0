"""Connections whose every wait is bounded, and the embedded server that outlives the short commands beside it."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from ivr.adapters.store import database
from tests.adapters.store.rows import a_contact

ASK = """
import sys
from pathlib import Path
from ivr.adapters.store import database
with database.embedded(Path(sys.argv[1])) as url:
    print(url)
"""


def test_nobody_waits_longer_than_a_second_for_a_lock(engine: Engine) -> None:
    with engine.begin() as setup:
        contact = a_contact(setup)

    lock = text("SELECT 1 FROM contacts WHERE id = :id FOR UPDATE")
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(lock, {"id": contact})
        began = time.monotonic()
        with pytest.raises(OperationalError) as refused:
            waiter.execute(lock, {"id": contact})

    assert refused.value.orig.sqlstate == "55P03"
    assert 0.9 < time.monotonic() - began < 2


def test_no_statement_runs_longer_than_two_seconds(engine: Engine) -> None:
    began = time.monotonic()

    with pytest.raises(OperationalError) as refused, engine.connect() as db:
        db.execute(text("SELECT pg_sleep(10)"))

    assert refused.value.orig.sqlstate == "57014"
    assert 1.9 < time.monotonic() - began < 3


def test_a_connection_has_the_limits_and_the_isolation_that_the_rest_relies_on(engine: Engine) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with engine.connect() as db:
        found = {name: db.execute(text(f"SHOW {name}")).scalar_one() for name in (*names, "transaction_isolation")}
        zone = db.execute(text("SHOW timezone")).scalar_one()

    assert list(found.values()) == ["1s", "2s", "10s", "read committed"]
    assert zone == "UTC"


def test_nobody_waits_longer_than_a_second_for_a_connection(database_url: str) -> None:
    engine = database.connect(database_url, connections=1)
    with engine.connect(), engine.connect():
        began = time.monotonic()
        with pytest.raises(NoConnectionFree):
            engine.connect()
    engine.dispose()

    assert 0.9 < time.monotonic() - began < 2


def test_a_database_that_does_not_answer_is_given_up_soon() -> None:
    engine = database.connect("postgresql://nobody@127.0.0.1:1/nothing")
    began = time.monotonic()

    with pytest.raises(OperationalError):
        engine.connect()

    assert time.monotonic() - began < 3


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ivr-embedded-") as path:
        yield Path(path) / "postgres"


def answers(url: str) -> bool:
    engine = database.connect(url, connections=1)
    try:
        with engine.connect() as db:
            return db.execute(text("SELECT 1")).scalar_one() == 1
    except OperationalError:
        return False
    finally:
        engine.dispose()


def test_a_short_command_beside_a_running_engine_uses_its_server_and_leaves_it_running(folder: Path) -> None:
    with database.embedded(folder) as url:
        beside = subprocess.run(
            [sys.executable, "-c", ASK, str(folder)], capture_output=True, text=True, timeout=60, check=True
        )

        assert beside.stdout.strip() == url
        assert answers(url)
    assert not answers(url)


def test_the_embedded_server_keeps_what_it_was_told_until_it_starts_again(folder: Path) -> None:
    with database.embedded(folder) as url:
        database.upgrade(url)
        engine = database.connect(url)
        with engine.begin() as db:
            contact = a_contact(db)
        engine.dispose()

    with database.embedded(folder) as url:
        engine = database.connect(url)
        with engine.connect() as db:
            found = db.execute(text("SELECT id::text FROM contacts")).scalars().all()
        engine.dispose()

    assert found == [contact]
