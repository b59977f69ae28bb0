"""A place in line and the engagement that holds it contradict each other: a caller whom nobody would ever be offered."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.store import contacts, doubts, engagements, legs, queue
from ivr.adapters.store.doubts import Suspect
from ivr.assembly import Parts
from ivr.dispatcher.reconcile_lines import check_line
from ivr.dispatcher.repairs import Doubt, doubt, mend, note
from ivr.domain.contacts.repairs import Found
from ivr.domain.conversation.legs import Goal
from ivr.domain.flow.events import LineLost
from ivr.domain.routing.engagements import HOLDS_ENTRY, EngagementState
from ivr.domain.routing.queue import LIVE, EntryState
from ivr.operations import conversation
from ivr.operations import engagements as offers
from ivr.operations import queue as line_up
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work

_HELD = (EntryState.OFFERED, EntryState.CONNECTED)
_STANDS: Mapping[EngagementState, EntryState] = {
    EngagementState.RINGING: EntryState.OFFERED,
    EngagementState.ACCEPTED: EntryState.OFFERED,
    EngagementState.CONNECTED: EntryState.CONNECTED,
}


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Entries that are with an agent and no agent has them, and entries that an agent has and that stand elsewhere."""
    unheld = [
        Doubt(row=found.row, contact=found.contact, look=partial(_look, parts, found))
        for found in doubts.unheld_entries(db, limit)
    ]
    return unheld + [doubt(parts, suspect, _held) for suspect in doubts.entries_elsewhere(db, limit)]


def _look(parts: Parts, suspect: Suspect) -> None:
    """Whoever has hung up is not put back into the line first."""
    with parts.engine.connect() as db:
        citizen = None if suspect.contact is None else legs.citizen(db, suspect.contact)
    if citizen is not None:
        check_line(parts, citizen.id)
    mend(parts, suspect.contact, _unheld, suspect)


def _unheld(work: Work, suspect: Suspect) -> Found | None:
    """Back to the front of the line; after a talk of which both are gone, out of it."""
    contact = contacts.locked(work.db, suspect.contact or "")
    citizen = None if contact is None else legs.citizen(work.db, contact.id, lock=True)
    entry = queue.get(work.db, suspect.row, lock=True)
    if contact is None or citizen is None or entry is None or entry.state not in _HELD:
        return None
    if engagements.holding(work.db, entry.id) is not None:
        return None
    found = note(work, Found.ENTRY_UNHELD, contact=contact.id)
    if entry.state is EntryState.CONNECTED and citizen.ended_at is not None:
        queue.change(work.db, entry.id, state=EntryState.CLOSED, left_at=work.now)
        close_if_over(work, contact)
        return found
    line_up.to_front(work, entry)
    if citizen.goal is Goal.CONFERENCE:
        conversation.tell_citizen(work, contact.id, citizen, LineLost())
    return found


def _held(work: Work, suspect: Suspect) -> Found | None:
    """The engagement is right, unless the caller had left before the two met."""
    meeting = offers.lock_meeting(work, suspect.row)
    if meeting is None or meeting.engagement.state not in HOLDS_ENTRY or meeting.entry.state in _HELD:
        return None
    state = meeting.engagement.state
    if meeting.entry.state not in LIVE and state is not EngagementState.CONNECTED:
        offers.end_offer(work, meeting, EngagementState.CANCELLED, farewell="caller_gone")
    else:
        queue.change(work.db, meeting.entry.id, state=_STANDS[state], left_at=None)
    return note(work, Found.ENTRY_ELSEWHERE, contact=meeting.contact.id, agent=meeting.agent.id)
