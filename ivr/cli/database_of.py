"""The database of an installation, for as long as a command lasts: the one it names, or the embedded one in its folder."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from ivr.adapters.store import database
from ivr.assembly import Parts, assemble
from ivr.cli.check import load
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.errors import IvrError
from ivr.operations.plans import NoDialPlan
from ivr.settings import Settings


class NoDatabase(IvrError):
    """The database cannot be reached."""

    code = "no_database"


@contextmanager
def reachable_database(settings: Settings) -> Iterator[str]:
    """The address of the database, embedded and started if none is named, with its tables as they are.

    A server that another process runs in the same folder is used and left running: the last process to leave stops it.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NoDatabase(f"The folder {settings.var} cannot be made: {reason}.", hint="Correct IVR_VAR.") from None
    with database.embedded(settings.var / "postgres") as url:
        yield url


@contextmanager
def running_database(settings: Settings) -> Iterator[str]:
    """The address of the database, with its tables brought up to this version of the program."""
    with reachable_database(settings) as url:
        reachable(url)
        database.upgrade(url)
        yield url


def reachable(url: str) -> None:
    """Raises `NoDatabase`, with the server's own words, where the database cannot be used."""
    engine = database.connect(url, connections=1)
    try:
        engine.connect().close()
    except OperationalError as error:
        place = make_url(url).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        hint = "Start it, or correct IVR_DATABASE_URL."
        raise NoDatabase(f"The database {place} cannot be used: {reason}", hint=hint) from None
    finally:
        engine.dispose()


@contextmanager
def opened() -> Iterator[Parts]:
    """The parts of the installation that the environment describes, over its database."""
    settings = Settings.from_environment()
    with running_database(settings) as url:
        parts = assemble(settings, url)
        try:
            yield parts
        finally:
            parts.engine.dispose()


def plan_of(parts: Parts) -> DialPlan:
    """The plan whose words a file may use: `routes.yaml` if it is good, for it is served next; else the one in use."""
    plan, _ = load(parts.settings.routes)
    if plan is not None:
        return plan
    try:
        with parts.engine.connect() as db:
            return parts.plans.current(db).plan
    except NoDialPlan:
        path = parts.settings.routes
        raise NoDialPlan(f"{path} is no dial plan, and none is stored.", hint=f"Run: ivr check {path}") from None
