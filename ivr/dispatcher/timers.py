"""What time alone brings: offers that nobody took, wrap-ups that nobody finished, what waiting changes,
messages that nobody answered in time. No carrier is asked here (`reconcile`).

Due moments stand in the rows that they concern, so that nothing has to be cancelled when a row moves on; an operation
finds the row locked and looks again whether it is still due.
"""

from functools import partial

from ivr.adapters.store import callbacks as promises
from ivr.adapters.store import engagements, messages, orders, queue
from ivr.assembly import Parts
from ivr.dispatcher.setbacks import Setbacks
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import callbacks, patience
from ivr.operations import engagements as offers
from ivr.operations import messages as message_operations
from ivr.operations.work import Work

_ENDED_BY_TIME = (EngagementState.RINGING, EngagementState.WRAP_UP)
_AT_A_TIME = 100

_setbacks = Setbacks()


def run_due(parts: Parts) -> int:
    """Deal with everything that is due. Returns how much it was."""
    run = parts.operations.run
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        limit = _AT_A_TIME + _setbacks.resting(now)
        ended = engagements.overdue(db, now, _ENDED_BY_TIME, limit=limit)
        changed = queue.to_reconsider(db, now, limit)
        overdue = messages.newly_overdue(db, now, limit)
        deserted = queue.kept_for_the_absent(db, limit)
        held = queue.held(db, now, limit)
        late = promises.late(db, now, limit)
    deeds = [(due.id, due.contact_id, partial(run, lease_ran_out, due.id)) for due in ended]
    deeds += [(due.entry, due.contact, partial(run, patience.reconsider, due.entry)) for due in changed]
    deeds += [(due.entry, due.contact, partial(run, patience.release, due.entry)) for due in deserted]
    deeds += [(due.entry, due.contact, partial(run, callbacks.let_in, due.entry)) for due in held]
    deeds += [(due.id, due.contact_id, partial(run, callbacks.tell_late, due.id)) for due in late]
    deeds += [
        (message, contact, partial(run, message_operations.deadline_passed, message)) for message, contact in overdue
    ]
    return sum(_setbacks.deal_with(row, contact, now, deed) for row, contact, deed in deeds)


def lease_ran_out(work: Work, engagement_id: str) -> None:
    """What becomes of an engagement whose time is up, if it still is."""
    meeting = offers.lock_meeting(work, engagement_id)
    if meeting is None or meeting.engagement.lease_until > work.now:
        return
    match meeting.engagement.state:
        case EngagementState.RINGING:
            has_rung = meeting.engagement.ringing_at is not None
            how = EngagementState.NO_ANSWER if has_rung else EngagementState.FAILED
            # A ring that waited too long for its turn at the carrier is nobody's fault; one that was sent has failed.
            offers.end_offer(work, meeting, how, was_rung=not _is_unsent(work, meeting))
        case EngagementState.WRAP_UP:
            offers.finish_wrap_up(work, meeting, resolved=None)


def _is_unsent(work: Work, meeting: offers.Meeting) -> bool:
    leg = meeting.agent_leg
    return leg.status is LegStatus.PLANNED and orders.is_unsent(work.db, leg.id)
