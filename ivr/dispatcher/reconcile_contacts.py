"""A contact that is still open though everybody has gone: it would never have an outcome."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.adapters.store import contacts, doubts, engagements, legs, queue
from ivr.adapters.store.doubts import Suspect
from ivr.assembly import Parts
from ivr.dispatcher.repairs import Doubt, doubt, note
from ivr.domain.contacts.repairs import Found
from ivr.operations import lines
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Contacts without anybody."""
    return [doubt(parts, suspect, _over) for suspect in doubts.contacts_over(db, limit)]


def _over(work: Work, suspect: Suspect) -> Found | None:
    contact = contacts.locked(work.db, suspect.row)
    if contact is None or contact.ended_at is not None or engagements.any_live(work.db, contact.id):
        return None
    citizen = legs.citizen(work.db, contact.id, lock=True)
    if citizen is not None and citizen.ended_at is None:
        return None
    found = note(work, Found.CONTACT_OVER, contact=contact.id)
    if queue.live(work.db, contact.id) is not None:
        lines.citizen_gone(work, contact)
    close_if_over(work, contact)
    return found
