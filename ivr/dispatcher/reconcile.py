"""Asks the carrier: what a lost report left wrong is found here and put right, without a person.

Two kinds of doubt: a line that gave no sign of life, and a conversation whose lease has run out. Of a conversation both
lines are asked about, since the one that is left alone gives no sign; of one that has not begun also who is in the room,
since nothing but one report of the carrier tells that the two have met. A carrier that answers slowly holds up nothing
else: no one but this waits for it (`loop`).
"""

from datetime import timedelta
from functools import partial
from itertools import chain

from ivr.adapters.carrier.outcomes import CarrierProblem
from ivr.adapters.store import engagements, legs
from ivr.adapters.store.engagements import Engagement
from ivr.assembly import Parts
from ivr.dispatcher.setbacks import Setbacks
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import LegStatus, is_over
from ivr.domain.orders import MoveCall
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import conversation, lines
from ivr.operations import engagements as offers
from ivr.operations.work import Work

_CONVERSATIONS = (EngagementState.ACCEPTED, EngagementState.CONNECTED)
_REPEAT_MOVE = timedelta(seconds=10)
_NEVER_JOINED = timedelta(seconds=40)
_CONVERSATIONS_AT_A_TIME, _LINES_AT_A_TIME = 100, 50

_setbacks = Setbacks()


def run_due(parts: Parts) -> int:
    """Ask about everything that is in doubt now. Returns how much it was."""
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        resting = _setbacks.resting(now)
        due = engagements.overdue(db, now, _CONVERSATIONS, limit=_CONVERSATIONS_AT_A_TIME + resting)
        silent = legs.silent_since(db, now, limit=_LINES_AT_A_TIME + resting)
    talks = ((found.id, found.contact_id, partial(_look_after, parts, found)) for found in due)
    doubts = ((leg.id, leg.contact_id, partial(check_line, parts, leg.id)) for leg in silent)
    return sum(_setbacks.deal_with(row, contact, now, deed) for row, contact, deed in chain(talks, doubts))


def _look_after(parts: Parts, engagement: Engagement) -> None:
    if engagement.state is EngagementState.ACCEPTED:
        _look_into_room(parts, engagement.contact_id)
    with parts.engine.connect() as db:
        citizen = legs.citizen(db, engagement.contact_id)
    check_line(parts, engagement.leg_id)
    if citizen is not None:
        check_line(parts, citizen.id)
    parts.operations.run(lease_ran_out, engagement.id)


def _look_into_room(parts: Parts, contact_id: str) -> None:
    try:
        present = parts.carrier.participants(contact_id)
    except CarrierProblem:
        # Not to be learnt now: what the reports have told must do.
        return
    for participant in present:
        if participant.leg is not None:
            parts.operations.run(conversation.joined, contact_id, participant.leg)


def lease_ran_out(work: Work, engagement_id: str) -> None:
    """What becomes of a conversation that was due to be looked after, if it still is."""
    meeting = offers.lock_meeting(work, engagement_id)
    if meeting is None or meeting.engagement.lease_until > work.now:
        return
    match meeting.engagement.state:
        case EngagementState.ACCEPTED if meeting.citizen.in_room and meeting.agent_leg.in_room:
            work.record(Fact.REPAIRED, contact=meeting.contact.id, data={"found": "in conversation"})
            conversation.started(work, meeting.contact.id)
        case EngagementState.ACCEPTED:
            _not_joined(work, meeting)
        case EngagementState.CONNECTED:
            engagements.change(work.db, engagement_id, lease_until=work.now + offers.TALK_LEASE)


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
    """Ask the carrier whether a line lives."""
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
