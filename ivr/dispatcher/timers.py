"""What time brings: leases of engagements that ran out, and lines that gave no sign of life.

Due moments stand in the rows that they concern, so that nothing has to be cancelled when a row moves on; an operation
finds the row locked and looks again whether it is still due.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from ivr.adapters.carrier.outcomes import CarrierProblem
from ivr.adapters.store import agents, engagements, legs, orders
from ivr.adapters.store.engagements import Engagement
from ivr.assembly import Parts
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import LegStatus, is_over
from ivr.domain.orders import MoveCall
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import conversation, lines
from ivr.operations import engagements as offers
from ivr.operations.work import Work

_REPEAT_MOVE = timedelta(seconds=10)
_NEVER_JOINED = timedelta(seconds=40)

log = structlog.get_logger()


def run_due(parts: Parts) -> int:
    """Deal with everything that is due. Returns how much it was."""
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        due = engagements.overdue(db, now)
        silent = legs.silent_since(db, now)
    for engagement in due:
        _guarded(partial(_look_after, parts, engagement), engagement.contact_id)
    for leg in silent:
        _guarded(partial(check_line, parts, leg.id), leg.contact_id)
    return len(due) + len(silent)


def _guarded(deed: Callable[[], None], contact: str) -> None:
    """One row that cannot be dealt with must not hold up all the others that are due."""
    try:
        deed()
    except Exception as error:
        log.exception("timer_failed", contact=contact, error=type(error).__name__)


def _look_after(parts: Parts, engagement: Engagement) -> None:
    if engagement.state in (EngagementState.ACCEPTED, EngagementState.CONNECTED):
        check_line(parts, engagement.leg_id)
    parts.operations.run(lease_ran_out, engagement.id)


def lease_ran_out(work: Work, engagement_id: str) -> None:
    """What becomes of an engagement whose time is up, if it still is."""
    meeting = offers.lock_meeting(work, engagement_id)
    if meeting is None or meeting.engagement.lease_until > work.now:
        return
    match meeting.engagement.state:
        case EngagementState.RINGING:
            has_rung = meeting.engagement.ringing_at is not None
            how = EngagementState.NO_ANSWER if has_rung else _unrung(work, meeting)
            offers.end_offer(work, meeting, how)
        case EngagementState.ACCEPTED:
            _not_joined(work, meeting)
        case EngagementState.CONNECTED:
            engagements.change(work.db, engagement_id, lease_until=work.now + offers.TALK_LEASE)
        case EngagementState.WRAP_UP:
            offers.finish_wrap_up(work, meeting, resolved=None)


def _unrung(work: Work, meeting: offers.Meeting) -> EngagementState:
    """A ring that waited too long for its turn at the carrier is nobody's fault; one that was sent has failed."""
    if meeting.agent_leg.status is LegStatus.PLANNED and orders.is_unsent(work.db, meeting.agent_leg.id):
        agents.change(work.db, meeting.agent.id, failures=0)
    return EngagementState.FAILED


def _not_joined(work: Work, meeting: offers.Meeting) -> None:
    """Accepted, but the two have not met: the caller is fetched again, and after a while the offer has failed."""
    accepted = meeting.engagement.accepted_at or meeting.engagement.offered_at
    if work.now - accepted > _NEVER_JOINED:
        event = conversation.agent_gone(work, meeting, failed=True)
        offers.send_away(work, meeting.contact, meeting.agent_leg, "offer_gone")
        if event is not None:
            conversation.tell_citizen(work, meeting.contact.id, meeting.citizen, event)
        return
    engagements.change(work.db, meeting.engagement.id, lease_until=work.now + _REPEAT_MOVE)
    for leg in (meeting.citizen, meeting.agent_leg):
        if not leg.in_room:
            work.order(MoveCall(leg=leg.id), contact=meeting.contact.id, leg=leg.id)


def check_line(parts: Parts, leg_id: str) -> None:
    """Ask the carrier whether a line lives. What a lost report left wrong is put right here."""
    with parts.engine.connect() as db:
        leg = legs.get(db, leg_id)
    if leg is None or leg.ended_at is not None:
        return
    if leg.call_id is None:
        parts.operations.run(lines.alive, leg_id)
        return
    try:
        status = parts.carrier.call_status(leg.call_id)
    except CarrierProblem:
        # Not to be learnt now. The line counts as open: a caller is never let go on a guess.
        parts.operations.run(lines.alive, leg_id)
        return
    found = LegStatus.COMPLETED if status is None else status
    if is_over(found):
        parts.operations.run(_found_closed, leg_id, found)
    else:
        parts.operations.run(lines.alive, leg_id)


def _found_closed(work: Work, leg_id: str, status: LegStatus) -> None:
    leg = legs.get(work.db, leg_id)
    if leg is not None:
        work.record(Fact.REPAIRED, contact=leg.contact_id, leg=leg_id, data={"found": status})
    lines.closed(work, leg_id, status)
