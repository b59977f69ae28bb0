"""A line that gave no sign of life: its end may have gone unseen, or what it should do next.

Every open line has a moment by which a sign must come (`operations/legs`), or is new and was never heard of. A line whose
call is not known is looked for in the carrier's list, since the reply to its creation may have been lost.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.carrier.outcomes import CarrierProblem
from ivr.adapters.carrier.rest import CallSeen
from ivr.adapters.store import agents, contacts, doubts, engagements, legs
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.assembly import Parts
from ivr.dispatcher.repairs import Doubt, mend, note
from ivr.dispatcher.unclaimed import unclaimed_call
from ivr.domain.contacts.repairs import Found
from ivr.domain.conversation.legs import LegStatus, Role, is_over
from ivr.domain.orders import EndCall, MoveCall
from ivr.domain.routing.engagements import HOLDS_ENTRY
from ivr.operations import lines
from ivr.operations.work import Work

# Longer than a goodbye takes to say.
_GOODBYE = timedelta(seconds=15)


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Open lines that should have given a sign of life."""
    silent = legs.silent_since(db, now, limit)
    return [Doubt(row=leg.id, contact=leg.contact_id, look=partial(check_line, parts, leg.id)) for leg in silent]


def check_line(parts: Parts, leg_id: str) -> None:
    """Ask the carrier whether a line lives, and whether that is as it should be."""
    with parts.engine.connect() as db:
        leg = legs.get(db, leg_id)
    if leg is None or leg.ended_at is not None:
        return
    if leg.call_id is None:
        _look_for_call(parts, leg)
        return
    try:
        status = parts.carrier.call_status(leg.call_id)
    except CarrierProblem:
        # Not to be learnt now. The line counts as open: a caller is never let go on a guess.
        parts.operations.run(lines.alive, leg_id)
        return
    found = LegStatus.COMPLETED if status is None else status
    mend(parts, leg.contact_id, _closed if is_over(found) else _lives, leg_id, found)


def _look_for_call(parts: Parts, leg: Leg) -> None:
    with parts.engine.connect() as db:
        is_on_its_way = doubts.is_ordered(db, leg.id, "end_call")
        device = _device(db, leg)
    if is_on_its_way:
        parts.operations.run(lines.alive, leg.id)
        return
    try:
        call = unclaimed_call(parts, device, leg.created_at) if device is not None else None
    except CarrierProblem:
        parts.operations.run(lines.alive, leg.id)
        return
    if call is None:
        mend(parts, leg.contact_id, _never_called, leg.id)
    else:
        mend(parts, leg.contact_id, _claimed, leg.id, call)


def _device(db: Connection, leg: Leg) -> str | None:
    """The address that was to be called."""
    if leg.agent_id is not None:
        agent = agents.get(db, leg.agent_id)
        return None if agent is None else agent.device
    contact = contacts.get(db, leg.contact_id)
    return None if contact is None else contact.caller


def _claimed(work: Work, leg_id: str, call: CallSeen) -> Found | None:
    leg = legs.get(work.db, leg_id)
    if leg is None or leg.call_id is not None:
        return None
    lines.progress(work, leg_id, call.call_id, call.status, None)
    return note(work, Found.CALL_UNCLAIMED, contact=leg.contact_id, leg=leg_id)


def _never_called(work: Work, leg_id: str) -> Found | None:
    _, leg = _locked(work, leg_id)
    if leg is None or leg.call_id is not None or doubts.is_ordered(work.db, leg_id, "end_call"):
        return None
    lines.closed(work, leg_id, LegStatus.FAILED)
    return note(work, Found.CALL_MISSING, contact=leg.contact_id, leg=leg_id)


def _closed(work: Work, leg_id: str, status: LegStatus) -> Found | None:
    contact, leg = _locked(work, leg_id)
    if contact is None or leg is None:
        return None
    # Before its consequences, so that the story tells why they come.
    found = note(work, Found.LINE_CLOSED, contact=contact.id, leg=leg_id)
    lines.closed(work, leg_id, status)
    return found


def _lives(work: Work, leg_id: str, status: LegStatus) -> Found | None:
    """The line is open. Somebody who should no longer be in the call is let go; who has news to hear is fetched."""
    contact, leg = _locked(work, leg_id)
    if contact is None or leg is None:
        return None
    lines.moved_on(work, contact, leg, status)
    lines.alive(work, leg_id)
    if doubts.is_ordered(work.db, leg_id):
        return None
    if _is_unwanted(work, leg):
        work.order(EndCall(leg=leg_id), contact=contact.id, leg=leg_id)
        return note(work, Found.LINE_LEFT_OPEN, contact=contact.id, leg=leg_id)
    if leg.due_answer is not None:
        work.order(MoveCall(leg=leg_id), contact=contact.id, leg=leg_id)
        return note(work, Found.NEWS_UNHEARD, contact=contact.id, leg=leg_id)
    return None


def _is_unwanted(work: Work, leg: Leg) -> bool:
    """An agent's telephone, when neither offer nor talk is there any more."""
    if leg.role is not Role.AGENT:
        return False
    engagement = engagements.of_leg(work.db, leg.id)
    if engagement is None:
        return True
    over_since = engagement.talk_ended_at or engagement.ended_at
    return engagement.state not in HOLDS_ENTRY and over_since is not None and work.now - over_since > _GOODBYE


def _locked(work: Work, leg_id: str) -> tuple[Contact | None, Leg | None]:
    """The line and its contact, locked; nothing where the line is closed by now."""
    seen = legs.get(work.db, leg_id)
    contact = None if seen is None else contacts.locked(work.db, seen.contact_id)
    leg = None if contact is None else legs.locked(work.db, leg_id)
    return (contact, leg) if leg is not None and leg.ended_at is None else (None, None)
