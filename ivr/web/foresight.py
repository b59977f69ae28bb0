"""A new version of the dial plan is compiled before a call needs it: that takes longer than a caller should wait."""

import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ivr.assembly import Parts
from ivr.domain.errors import IvrError

_EVERY_SECONDS = 1.0

log = structlog.get_logger()


def begin(parts: Parts) -> None:
    """Compile the current version now, and every later one as soon as it is stored, for as long as the process lives."""
    look(parts)
    go_on(parts)


def go_on(parts: Parts) -> None:
    """Compile every later version as soon as it is stored, for as long as the process lives."""
    threading.Thread(target=_keep_looking, args=(parts,), name="plan-ahead", daemon=True).start()


def look(parts: Parts) -> None:
    """Compile the current version, if that has not been done. Calls go on with what they have where it fails."""
    try:
        # No transaction is left open meanwhile: what has to be learnt takes longer than one may be idle.
        with parts.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
            parts.plans.look_ahead(db)
    except (SQLAlchemyError, IvrError) as error:
        log.debug("no_plan_ahead", error=type(error).__name__)


def _keep_looking(parts: Parts) -> None:
    while True:
        look(parts)
        time.sleep(_EVERY_SECONDS)
