"""Migrations lead up, down and up again, to exactly the tables that the program describes, also when all start at once."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from ivr.adapters.store import database
from ivr.adapters.store.tables import TABLES, metadata
from tests.kit.database import another_database

UPGRADE = "import sys; from ivr.adapters.store import database; database.upgrade(sys.argv[1])"

# The catalogue's own words for everything that a table has; alembic compares neither checks nor conditions of indexes.
SHAPE = """
SELECT table_name || '.' || column_name AS name,
       concat_ws(' ', data_type, is_nullable, column_default, is_identity) AS shape
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


@pytest.fixture
def fresh(database_url: str) -> Iterator[str]:
    """The address of a database without any table."""
    with another_database(database_url, "fresh") as url:
        yield url


@pytest.fixture
def described(database_url: str) -> Iterator[str]:
    """The address of a database with the tables as the program describes them, made without migrations."""
    with another_database(database_url, "described") as url:
        engine = create_engine(database.address(url))
        metadata.create_all(engine)
        engine.dispose()
        yield url


def shape_of(url: str) -> dict[str, str]:
    engine = create_engine(database.address(url))
    with engine.connect() as db:
        found = {row.name: row.shape for row in db.execute(text(SHAPE)) if "alembic" not in row.name}
    engine.dispose()
    return found


def tables_of(url: str) -> set[str]:
    engine = create_engine(database.address(url))
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_migrations_lead_up_and_down_and_up_again(fresh: str) -> None:
    database.upgrade(fresh)
    first = shape_of(fresh)
    database.downgrade(fresh)
    emptied = tables_of(fresh)
    database.upgrade(fresh)

    assert emptied == {"alembic_version"}
    assert shape_of(fresh) == first
    assert tables_of(fresh) == {table.name for table in TABLES} | {"alembic_version"}


def test_nothing_but_tables_is_left_behind_on_the_way_down(fresh: str) -> None:
    database.upgrade(fresh)
    database.downgrade(fresh)

    engine = create_engine(database.address(fresh))
    with engine.connect() as db:
        left = db.execute(text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")).all()
    engine.dispose()
    assert left == []


def test_the_migrated_tables_are_those_that_the_program_describes(fresh: str, described: str) -> None:
    database.upgrade(fresh)

    assert shape_of(fresh) == shape_of(described)


def test_alembic_finds_nothing_left_to_migrate(database_url: str) -> None:
    engine = create_engine(database.address(database_url))
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        missing = compare_metadata(context, metadata)
    engine.dispose()

    assert missing == []


def test_processes_that_upgrade_at_once_wait_for_each_other(fresh: str) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, fresh], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    told = [process.communicate(timeout=60)[1] for process in starting]

    assert [process.returncode for process in starting] == [0, 0, 0], told
    engine = database.connect(fresh)
    assert database.is_current(engine)
    engine.dispose()


def test_a_database_without_tables_is_not_current(fresh: str) -> None:
    engine = database.connect(fresh)

    assert not database.is_current(engine)

    engine.dispose()
