"""A conversation that was due to be looked after: are both still on the line, and are they in one room?

Of an accepted offer nothing but one report tells that the two have met; of a talk the line that is left alone gives no sign
at all. So the carrier is asked about the room and about both lines. Who is missing is fetched; where that does not help,
the talk ends and the caller is first in line.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.carrier.outcomes import CarrierProblem
from ivr.adapters.store import engagements, events, legs
from ivr.adapters.store.engagements import Engagement
from ivr.adapters.store.legs import Leg
from ivr.assembly import Parts
from ivr.dispatcher.reconcile_lines import check_line
from ivr.dispatcher.repairs import Doubt, mend, note
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.repairs import Found
from ivr.domain.conversation.legs import Goal, LegStatus
from ivr.domain.orders import EndCall, MoveCall
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import conversation, rooms
from ivr.operations import engagements as offers
from ivr.operations.work import Work

_TALKS = (EngagementState.ACCEPTED, EngagementState.CONNECTED)
_REPEAT_MOVE = timedelta(seconds=10)
_NEVER_JOINED = timedelta(seconds=40)
# Fetched so lately, and not there: fetching does not help.
_FETCHED_WITHIN = timedelta(seconds=30)


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Conversations, begun or about to begin, whose lease has run out."""
    due = engagements.overdue(db, now, _TALKS, limit=limit)
    return [Doubt(row=found.id, contact=found.contact_id, look=partial(_look, parts, found)) for found in due]


def _look(parts: Parts, engagement: Engagement) -> None:
    has_looked = _look_into_room(parts, engagement)
    with parts.engine.connect() as db:
        citizen = legs.citizen(db, engagement.contact_id)
    check_line(parts, engagement.leg_id)
    if citizen is not None:
        check_line(parts, citizen.id)
    mend(parts, engagement.contact_id, lease_ran_out, engagement.id, has_looked=has_looked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A leg as it stood before the carrier was asked, and whether it is in the room."""

    before: Leg
    is_present: bool


def _look_into_room(parts: Parts, engagement: Engagement) -> bool:
    """Whether it is now known who is in the room."""
    with parts.engine.connect() as db:
        both = [legs.citizen(db, engagement.contact_id), legs.get(db, engagement.leg_id)]
    try:
        present = {participant.leg for participant in parts.carrier.participants(engagement.contact_id)}
    except CarrierProblem:
        # Not to be learnt now: what the reports have told must do.
        return False
    for leg in both:
        if leg is not None:
            parts.operations.run(_seen, engagement.contact_id, _Seen(before=leg, is_present=leg.id in present))
    return True


def _seen(work: Work, contact_id: str, seen: _Seen) -> None:
    leg = rooms.participant(work, contact_id, seen.before.id)
    # A report that came while the carrier was asked is newer than its answer.
    if leg is not None and leg.in_room != seen.is_present and rooms.stay_of(leg) == rooms.stay_of(seen.before):
        rooms.is_there(work, leg, seen.is_present)


def lease_ran_out(work: Work, engagement_id: str, *, has_looked: bool) -> Found | None:
    """What becomes of a conversation that was due to be looked after, if it still is."""
    meeting = offers.lock_meeting(work, engagement_id)
    if meeting is None or meeting.engagement.lease_until > work.now:
        return None
    match meeting.engagement.state:
        case EngagementState.ACCEPTED if meeting.citizen.in_room and meeting.agent_leg.in_room:
            found = note(work, Found.MEETING_UNSEEN, contact=meeting.contact.id)
            conversation.started(work, meeting.contact.id)
            return found
        case EngagementState.ACCEPTED:
            _not_joined(work, meeting)
        case EngagementState.CONNECTED:
            return _goes_on(work, meeting, has_looked=has_looked)
    return None


def _not_joined(work: Work, meeting: offers.Meeting) -> None:
    """Accepted, but the two have not met: the caller is fetched again, and after a while the offer has failed."""
    if meeting.citizen.goal is Goal.CALLED_BACK and meeting.citizen.ended_at is None:
        # Rung, and asked for the key, for longer than that can take.
        work.order(EndCall(leg=meeting.citizen.id), contact=meeting.contact.id, leg=meeting.citizen.id)
        engagements.change(work.db, meeting.engagement.id, lease_until=work.now + _REPEAT_MOVE)
        return
    accepted = meeting.engagement.accepted_at or meeting.engagement.offered_at
    # A citizen who is called back can join no sooner than the telephone is picked up.
    since = max(accepted, meeting.citizen.answered_at or accepted)
    if work.now - since > _NEVER_JOINED:
        _give_up(work, meeting)
    else:
        _fetch(work, meeting, _missing(meeting))


def _goes_on(work: Work, meeting: offers.Meeting, *, has_looked: bool) -> Found | None:
    """The talk goes on, if both are still on the line and in the room."""
    contact = meeting.contact.id
    if meeting.citizen.ended_at is not None:
        conversation.talk_over(work, meeting, by="citizen")
        offers.send_away(work, meeting.contact, meeting.agent_leg, "caller_gone")
        return note(work, Found.ALONE, contact=contact, agent=meeting.agent.id)
    missing = _missing(meeting)
    if meeting.agent_leg.ended_at is not None or (has_looked and missing and _was_just_fetched(work, contact)):
        _give_up(work, meeting)
        return note(work, Found.ALONE, contact=contact, agent=meeting.agent.id)
    if has_looked and missing:
        _fetch(work, meeting, missing)
        return note(work, Found.PARTED, contact=contact)
    engagements.change(work.db, meeting.engagement.id, lease_until=work.now + offers.TALK_LEASE)
    return None


def _missing(meeting: offers.Meeting) -> list[Leg]:
    return [leg for leg in (meeting.citizen, meeting.agent_leg) if not leg.in_room]


def _fetch(work: Work, meeting: offers.Meeting, missing: list[Leg]) -> None:
    engagements.change(work.db, meeting.engagement.id, lease_until=work.now + _REPEAT_MOVE)
    for leg in missing:
        work.order(MoveCall(leg=leg.id), contact=meeting.contact.id, leg=leg.id)


def _was_just_fetched(work: Work, contact_id: str) -> bool:
    return any(
        fact.kind == Fact.REPAIRED and fact.data.get("found") == Found.PARTED and work.now - fact.at < _FETCHED_WITHIN
        for fact in events.of_contact(work.db, contact_id)
    )


def _give_up(work: Work, meeting: offers.Meeting) -> None:
    """No conversation comes of it: the caller is told so and first in line, the agent is let go."""
    event = conversation.agent_gone(work, meeting, failed=meeting.agent_leg.status is not LegStatus.COMPLETED)
    offers.send_away(work, meeting.contact, meeting.agent_leg, "offer_gone")
    if event is not None:
        conversation.tell_citizen(work, meeting.contact.id, meeting.citizen, event)
