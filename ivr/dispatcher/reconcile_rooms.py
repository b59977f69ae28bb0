"""A conference that goes on after its talk: somebody may be alone in it, hearing nothing."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.store import contacts, doubts, engagements, legs
from ivr.assembly import Parts
from ivr.dispatcher.repairs import Doubt, mend, note
from ivr.domain.contacts.repairs import Found
from ivr.domain.orders import EndConference
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import rooms
from ivr.operations.work import Work

_ALONE_FOR = timedelta(seconds=20)
_TALKS = (EngagementState.ACCEPTED, EngagementState.CONNECTED)


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Rooms in which a line is said to be, though the talk is over for a while."""
    found = doubts.rooms_left_open(db, now - _ALONE_FOR, limit)
    return [Doubt(row=room.row, contact=room.contact, look=partial(_look, parts, room.row)) for room in found]


def _look(parts: Parts, contact_id: str) -> None:
    is_anyone_there = bool(parts.carrier.participants(contact_id))
    mend(parts, contact_id, _room_over, contact_id, is_anyone_there=is_anyone_there)


def _room_over(work: Work, contact_id: str, *, is_anyone_there: bool) -> Found | None:
    """An empty room is nobody's any more; of another one the lines go on with what they should hear."""
    if contacts.locked(work.db, contact_id) is None:
        return None
    if any(found.state in _TALKS for found in engagements.of_contact(work.db, contact_id)):
        return None
    if is_anyone_there:
        work.order(EndConference(contact=contact_id), contact=contact_id, leg=None)
        return note(work, Found.ROOM_LEFT_OPEN, contact=contact_id)
    for leg in legs.of_contact(work.db, contact_id):
        if leg.in_room:
            rooms.over(work, leg)
    return None
