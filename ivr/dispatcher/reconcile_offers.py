"""A caller for whom a telephone rings, and who may have hung up unseen: who does not answer then has missed nobody."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.store import doubts, legs
from ivr.assembly import Parts
from ivr.dispatcher.reconcile_lines import check_line
from ivr.dispatcher.repairs import Doubt

# Rounds are a second apart, so that a caller is asked about once in so many seconds; most offers are taken sooner.
_EVERY_SECONDS = 5


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Offers that have rung for five seconds, for ten, and so on."""
    ringing = doubts.ringing_for_a_multiple_of(db, _EVERY_SECONDS, now, limit)
    return [Doubt(row=found.row, contact=found.contact, look=partial(_look, parts, found.contact)) for found in ringing]


def _look(parts: Parts, contact_id: str | None) -> None:
    with parts.engine.connect() as db:
        citizen = None if contact_id is None else legs.citizen(db, contact_id)
    if citizen is not None:
        check_line(parts, citizen.id)
