"""What supervisors have set by hand, where the environment names an installation whose database can be read."""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ivr.adapters.store import database, notices
from ivr.cli.database_of import NoDatabase, reachable, reachable_database
from ivr.cli.open_then import SetByHand
from ivr.settings import BadSettings, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownByHand:
    """What is set, and, in a sentence, what of that is not known and why."""

    set: SetByHand = SetByHand()  # noqa: RUF009 -- a value that nobody can change
    unknown: str = ""


def known_by_hand() -> KnownByHand:
    """What stands in the database now. Nothing is written, and no database is made where there is none."""
    try:
        settings = Settings.from_environment()
    except BadSettings as error:
        return _unknown(error.text.splitlines()[0])
    folder = settings.var / "postgres"
    if settings.database_url is None and not folder.is_dir():
        return _unknown(f"IVR_DATABASE_URL is not set, and there is no database in {folder}.")
    try:
        with reachable_database(settings) as url:
            reachable(url)
            return KnownByHand(set=_stored(url))
    except NoDatabase as error:
        return _unknown(error.text)
    except SQLAlchemyError as error:
        told = str(error.orig).strip() if isinstance(error, DBAPIError) else type(error).__name__
        return _unknown(f"The database refused: {told.splitlines()[0]}")


def _unknown(reason: str) -> KnownByHand:
    return KnownByHand(unknown=f"What is set by hand is not known: {reason}")


def _stored(url: str) -> SetByHand:
    engine = database.connect(url, connections=1)
    try:
        with engine.connect() as db:
            return SetByHand(overrides=notices.every_override(db), notices=notices.every(db))
    finally:
        engine.dispose()
