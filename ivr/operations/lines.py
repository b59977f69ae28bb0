"""What becomes of a line: how far it has come, and who must be told when it has closed.

News comes by the carrier's report, by a reply, or by asking; it may come twice, late and in any order. A status only moves
a line forward, and a closed line stays closed.
"""

from datetime import timedelta

from ivr.adapters.store import contacts, engagements, events, legs, queue, turns
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.turns import Locked
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.outcome import took_link_in_line
from ivr.domain.conversation.legs import Goal, LegStatus, Role, advances, is_over
from ivr.domain.errors import IvrError
from ivr.domain.flow.events import Broke
from ivr.domain.routing.engagements import EngagementState
from ivr.domain.routing.queue import EntryState
from ivr.operations import callbacks, carrying, conversation
from ivr.operations import engagements as offers
from ivr.operations import queue as line_up
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work

_ASKED_HEARTBEAT = timedelta(seconds=30)
# Of a conversation the engagement's lease asks sooner; without an engagement, somebody must all the same.
_ASKED_IN_TALK_HEARTBEAT = timedelta(seconds=55)


class UnknownLeg(IvrError):
    """A request about a line that is not, or no longer, known."""

    code = "unknown_leg"


def progress(work: Work, leg_id: str | None, call_id: str, status: LegStatus, sequence: int | None) -> None:
    """The carrier says how far a line has come. Unknown lines, repeated and late news change nothing."""
    leg = legs.get(work.db, leg_id) if leg_id is not None else legs.by_call(work.db, call_id)
    if leg is None or not legs.take_report(work.db, call_id, status, sequence or 0, work.now):
        return
    found = _locked(work, leg.id)
    leg = found.leg
    if leg.call_id is None:
        leg = adopt(work, leg, call_id)
    if leg.call_id == call_id:
        moved_on(work, found.contact, leg, status)


def moved_on(work: Work, contact: Contact, leg: Leg, status: LegStatus) -> None:
    """A status, by whatever way it was learnt: report, reply or look-up. The contact and the leg are locked."""
    if not advances(leg.status, status):
        return
    if is_over(status):
        over(work, contact, leg, status)
        return
    answered = work.now if status is LegStatus.IN_PROGRESS else leg.answered_at
    legs.change(work.db, leg.id, status=status, answered_at=answered)
    if status is LegStatus.RINGING and leg.role is Role.AGENT:
        meeting = meeting_of(work, leg)
        if meeting is not None:
            offers.rings(work, meeting)


def closed(work: Work, leg_id: str, status: LegStatus) -> None:
    """A line is known to be closed, learnt in another way than by the carrier's report."""
    found = _locked(work, leg_id)
    moved_on(work, found.contact, found.leg, status)


def alive(work: Work, leg_id: str) -> None:
    """The carrier was asked and the line is open, or it could not tell: the next sign of life is due later."""
    leg = legs.get(work.db, leg_id)
    talks = leg is not None and leg.goal is Goal.CONFERENCE
    legs.change(work.db, leg_id, heartbeat_due_at=work.now + (_ASKED_IN_TALK_HEARTBEAT if talks else _ASKED_HEARTBEAT))


def ask_carrier_now(work: Work, leg_id: str) -> None:
    """There is doubt about a line: let the reconciler ask the carrier at once."""
    legs.change(work.db, leg_id, heartbeat_due_at=work.now)


def over(work: Work, contact: Contact, leg: Leg, status: LegStatus) -> None:
    """A line has closed for good; whoever is at the other end is told, and what was kept for the line goes."""
    legs.change(
        work.db,
        leg.id,
        status=status,
        ended_at=work.now,
        heartbeat_due_at=None,
        kept_input=None,
        kept_answer=None,
        due_answer=None,
    )
    if leg.role is Role.CITIZEN:
        contacts.change(work.db, contact.id, line_ended_at=work.now)
        work.record(Fact.CALL_ENDED, contact=contact.id, leg=leg.id)
        if not callbacks.line_over(work, contact, leg):
            citizen_gone(work, contact)
    else:
        _agent_gone(work, leg, status)
    close_if_over(work, contact)


def citizen_gone(work: Work, contact: Contact) -> None:
    """The citizen's line has closed: the talk is over, or the place in line is given up."""
    entry = queue.live(work.db, contact.id, lock=True)
    if entry is None:
        return
    held = engagements.holding(work.db, entry.id)
    if held is not None and held.state is EngagementState.CONNECTED:
        meeting = offers.lock_meeting(work, held.id)
        if meeting is not None:
            conversation.talk_over(work, meeting, by="citizen")
            offers.send_away(work, contact, meeting.agent_leg, "caller_gone")
        return
    offers.withdraw(work, contact, entry, farewell="caller_gone")
    took_link = took_link_in_line([fact.kind for fact in events.of_contact(work.db, contact.id)])
    state = EntryState.DEFLECTED if took_link else EntryState.ABANDONED
    line_up.leave(work, entry, state, Fact.LEFT_LINE if took_link else Fact.ABANDONED)
    if entry.callback_at is not None:
        callbacks.given_up(work, entry)


def _agent_gone(work: Work, leg: Leg, status: LegStatus) -> None:
    meeting = meeting_of(work, leg)
    if meeting is None:
        return
    if meeting.engagement.state is EngagementState.RINGING:
        offers.end_offer(work, meeting, _how_offer_ended(meeting, status))
        return
    event = conversation.agent_gone(work, meeting, failed=status is LegStatus.FAILED)
    if event is not None:
        conversation.tell_citizen(work, meeting.contact.id, meeting.citizen, event)


def _how_offer_ended(meeting: offers.Meeting, status: LegStatus) -> EngagementState:
    has_answered = meeting.agent_leg.answered_at is not None
    if status is LegStatus.BUSY or has_answered:
        return EngagementState.DECLINED
    # What was not answered has rung, though the report of that may have been lost.
    has_rung = meeting.engagement.ringing_at is not None or status is LegStatus.NO_ANSWER
    if not has_rung or status is LegStatus.FAILED:
        return EngagementState.FAILED
    return EngagementState.NO_ANSWER


def lock(work: Work, leg_id: str) -> tuple[Contact, Leg]:
    """A line with its contact, both locked, on a plan that can be had. Raises `UnknownLeg`."""
    found = lock_for_turn(work, leg_id)
    return found.contact, found.leg


def lock_for_turn(work: Work, leg_id: str) -> Locked:
    """A line with its contact, both locked, on a plan that can be had, and what a turn may ask. Raises `UnknownLeg`."""
    found = _locked(work, leg_id)
    contact, has_place = carrying.carry_over(work, found.contact)
    if contact is found.contact:
        return found
    citizen = legs.citizen(work.db, contact.id)
    if not has_place and citizen is not None:
        conversation.tell_citizen(work, contact.id, citizen, Broke())
    return _locked(work, leg_id)


def _locked(work: Work, leg_id: str) -> Locked:
    found = turns.locked(work.db, leg_id, work.moment.told)
    if found is None:
        raise UnknownLeg("There is no such line.", hint="It may belong to a call that was purged.")
    work.moment.told = found.now
    return found


def adopt(work: Work, leg: Leg, call_id: str) -> Leg:
    """A created call has made itself known, though the reply to its creation may have been lost."""
    legs.change(work.db, leg.id, call_id=call_id)
    found = legs.get(work.db, leg.id)
    assert found is not None
    return found


def meeting_of(work: Work, leg: Leg) -> offers.Meeting | None:
    engagement = engagements.of_leg(work.db, leg.id)
    return offers.lock_meeting(work, engagement.id) if engagement is not None else None
