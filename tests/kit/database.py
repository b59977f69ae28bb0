"""A real PostgreSQL for tests: one embedded server for the whole run, emptied between tests.

A `conftest.py` takes the fixtures by name: `from tests.kit.database import database_url, engine  # noqa: F401`.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from ivr.adapters.store import database
from ivr.adapters.store.tables import TABLES

# What a crash would lose is thrown away anyway, and a commit that waits for the disk is most of a test's time.
_NO_DISK = ("fsync", "synchronous_commit", "full_page_writes")
_ROOT = Path(__file__).parents[2]
_EVERY_TABLE = ", ".join(f'"{table.name}"' for table in TABLES)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The address of a server of this test run alone, with all migrations applied."""
    # Not pytest's folders: they are private to this user, and the server runs as another one when we are root.
    with (
        tempfile.TemporaryDirectory(prefix="ivr-tests-") as folder,
        database.embedded(Path(folder) / "postgres") as url,
    ):
        _hurry(url)
        database.upgrade(url)
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine as the product makes it, over tables that are empty."""
    engine = database.connect(database_url)
    emptied(engine)
    yield engine
    engine.dispose()


def emptied(engine: Engine) -> None:
    """Leave no row in any table, and count ids from 1 again."""
    with engine.begin() as db:
        db.execute(text(f"TRUNCATE {_EVERY_TABLE} RESTART IDENTITY CASCADE"))


@contextmanager
def another_database(url: str, name: str) -> Iterator[str]:
    """The address of a database of its own on the same server, without any table; gone afterwards."""
    server = create_engine(database.address(url), isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        db.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


def environment(url: str) -> dict[str, str]:
    """What a command of an installation over this database finds in its environment."""
    return {
        "IVR_DATABASE_URL": url,
        "IVR_PUBLIC_URL": "https://ivr.example.dk",
        "IVR_SECRET_KEY": "a secret of the tests alone",
        "IVR_ROUTES": str(_ROOT / "routes.yaml"),
        "IVR_GRAMMARS": str(_ROOT / "grammars"),
        "IVR_TRAINED": os.environ["IVR_TRAINED"],
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
        "TWILIO_AUTH_TOKEN": "a token of the tests alone",
    }


def _hurry(url: str) -> None:
    engine = database.connect(url, connections=1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        for setting in _NO_DISK:
            db.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        db.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
