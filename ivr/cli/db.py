"""`ivr db`: tables brought up to date, and the whole memory copied out and in again.

PostgreSQL's own programs do the copying; they come with the embedded server and serve any other one as well.
"""

import os
import re
import subprocess
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, inspect, select, text

from ivr.adapters.store import database, migrations
from ivr.adapters.store.tables import TABLES
from ivr.cli.answers import exits
from ivr.cli.database_of import reachable, reachable_database, running_database
from ivr.domain.errors import IvrError
from ivr.settings import Settings

_REVISION = re.compile(r"^COPY \S*alembic_version .*\n(\S+)\n", re.MULTILINE)

_LOOKS, _PAUSE_SECONDS = 20, 0.1

# Only what this program may have made: extensions and their functions stay.
_DROP_EVERYTHING = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', found.tablename);
    END LOOP;
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP SEQUENCE %s', found.name);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE %s', found.name);
    END LOOP;
END $$
"""


class BackupFailed(IvrError):
    """A copy could not be made or taken back; the database is as it was."""

    code = "backup_failed"


@click.group("db", help="The database: bring its tables up to date, copy it out, and copy it in again.")
def command() -> None:
    pass


@command.command("upgrade", epilog="Example: ivr db upgrade")
@exits
def upgrade() -> None:
    """Bring the tables up to this version of the program. Does nothing when they are; may run beside a running engine."""
    with running_database(Settings.from_environment()) as url:
        engine = database.connect(url, connections=1)
        with engine.connect() as db:
            version = db.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        engine.dispose()
    click.echo(f"The tables are those of this program (version {version}).")


@command.command("backup", epilog="Example: ivr db backup ivr-2026-11-23.dump")
@click.argument("file", type=click.Path(path_type=Path))
@exits
def backup(file: Path) -> None:
    """Write a compressed copy of the whole database to FILE, while the engine runs.

    It holds personal data that `ivr purge` does not reach: keep it under lock and delete it in time.
    """
    if file.exists():
        raise BackupFailed(f"{file} is there already.", hint="Name a new file.")
    draft = file.with_name(f".{file.name}.new")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}.", hint="Name another file.") from None
    try:
        with reachable_database(Settings.from_environment()) as url:
            reachable(url)
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}", url=url)
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size:,} bytes.")


@command.command("restore", epilog="Example: ivr db restore ivr-2026-11-23.dump --replace")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Delete what the database holds now.")
@exits
def restore(file: Path, replace: bool) -> None:
    """Read the copy in FILE into the database, whole or not at all. Stop `ivr serve` and `ivr dispatch` first."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        _unpacked(file, script)
        with reachable_database(Settings.from_environment()) as url:
            _may_be_replaced(url, replace)
            options = ("--no-psqlrc", "--quiet", "--single-transaction", "--variable=ON_ERROR_STOP=1")
            steps = (f"--command={_DROP_EVERYTHING}", f"--file={script}")
            session = ("--command=SET lock_timeout = '5s'", "--command=SET client_min_messages = warning")
            _run("psql", *options, *session, *steps, url=url)
            database.upgrade(url)
    click.echo(f"{file}: restored.")


def _unpacked(file: Path, script: Path) -> None:
    """The copy as SQL. Raises `BackupFailed` where the file is none, is damaged, or is of a newer program."""
    if not file.is_file():
        raise BackupFailed(f"{file} is not there.", hint="Name a file that `ivr db backup` wrote.")
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
    except BackupFailed as error:
        raise BackupFailed(f"{file} is not a whole copy. {error.text}", hint="Nothing has changed.") from None
    found = _REVISION.search(_run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)))
    if found is None:
        raise BackupFailed(f"{file} is a copy of another program's database.", hint="Nothing has changed.")
    try:
        ScriptDirectory(str(files(migrations))).get_revision(found[1])
    except CommandError:
        told = f"{file} was written by a newer version of this program (tables of version {found[1]})."
        raise BackupFailed(told, hint="Install that version first. Nothing has changed.") from None


def _may_be_replaced(url: str, replace: bool) -> None:
    reachable(url)
    engine = database.connect(url, connections=1)
    try:
        with engine.connect() as db:
            others, filled = _other_users(db), _filled(db)
    finally:
        engine.dispose()
    if others:
        hint = "Stop ivr serve and ivr dispatch, and try again. Nothing has changed."
        raise BackupFailed(f"The database is in use ({others} connections).", hint=hint)
    if filled and not replace:
        hint = "To delete that and restore: --replace. Nothing has changed."
        raise BackupFailed(f"The database is not empty: it has {', '.join(filled)}.", hint=hint)


def _other_users(db: Connection) -> int:
    users = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    others = 0
    # A connection that was closed a moment ago, our own last one among them, is still listed until its server is gone.
    for _ in range(_LOOKS):
        others = int(db.execute(text(f"{users} AND backend_type = 'client backend'")).scalar_one())
        db.rollback()
        if not others:
            break
        time.sleep(_PAUSE_SECONDS)
    return others


def _filled(db: Connection) -> list[str]:
    there = set(inspect(db).get_table_names())
    ours = [table for table in TABLES if table.name in there]
    return [table.name for table in ours if db.execute(select(1).select_from(table).limit(1)).first() is not None]


def _run(program: str, *arguments: str, url: str | None = None) -> str:
    """What the program printed. Raises `BackupFailed` with its own words."""
    environment = dict(os.environ)
    address: tuple[str, ...] = ()
    if url is not None:
        parts = conninfo_to_dict(url)
        # Arguments are there for everybody on this machine to read; the environment is not.
        environment["PGPASSWORD"] = str(parts.pop("password", None) or "")
        address = (f"--dbname={make_conninfo('', **parts)}",)
    done = subprocess.run(
        [str(database.PROGRAMS / program), *address, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        told = done.stderr.strip().splitlines() or [f"{program} ended with {done.returncode}."]
        raise BackupFailed(told[0], hint="Nothing has changed.")
    return done.stdout
