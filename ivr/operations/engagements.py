"""Offers, from ringing to every way they can end; accepting; wrap-up.

Everything here happens under the contact's lock, so that the caller's hang-up, the agent's key and the ring's end never
see each other half done: whoever comes second finds the offer gone, and that is ordinary.
"""

from dataclasses import dataclass
from datetime import timedelta

from ivr.adapters.store import agents, contacts, engagements, legs, orders, queue
from ivr.adapters.store.agents import Agent
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.engagements import Engagement
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, is_over
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import SPOKEN, HangUp, Say, Spoken
from ivr.domain.orders import EndCall, MoveCall
from ivr.domain.routing.agents import AgentMove
from ivr.domain.routing.engagements import EngagementState, check_move
from ivr.domain.routing.groups import Group
from ivr.domain.routing.queue import EntryState
from ivr.operations import callback_lines, rooms
from ivr.operations import queue as line_up
from ivr.operations.agent_moves import move_agent
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work

JOIN_LEASE = timedelta(seconds=10)
# A citizen is called, answers and presses a key; the carrier has a pace, and adds up to 5 s to the ring.
CALL_LEASE = timedelta(seconds=75)
TALK_LEASE = timedelta(seconds=45)
ALONE_LEASE = timedelta(seconds=20)
WHISPER_LEASE = timedelta(seconds=20)
# The carrier adds up to 5 s to a ring time-out, and the report of its end takes a moment.
RING_GRACE = timedelta(seconds=8)
_FAILURES_BEFORE_BREAK = 2

_ENDINGS = {
    EngagementState.NO_ANSWER: (AgentMove.OFFER_MISSED, "missed", Fact.NOT_ANSWERED),
    EngagementState.DECLINED: (AgentMove.OFFER_MISSED, "declined", Fact.DECLINED),
    EngagementState.FAILED: (AgentMove.OFFER_WITHDRAWN, None, Fact.OFFER_FAILED),
    EngagementState.CANCELLED: (AgentMove.OFFER_WITHDRAWN, None, Fact.OFFER_CANCELLED),
}


class OfferGone(IvrError):
    """The offer is no longer there: the caller hung up, or time ran out."""

    code = "offer_gone"


class NothingToWrapUp(IvrError):
    """The agent has no finished conversation with this contact."""

    code = "nothing_to_wrap_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A contact and the agent engaged with it, all locked in the one order of locks."""

    contact: Contact
    citizen: Leg
    agent_leg: Leg
    entry: Entry
    agent: Agent
    engagement: Engagement


def lock_meeting(work: Work, engagement_id: str) -> Meeting | None:
    """Lock contact, legs, entry, agent and engagement, in this order. None if the engagement is unknown."""
    seen = engagements.get(work.db, engagement_id)
    if seen is None:
        return None
    contact = contacts.locked(work.db, seen.contact_id)
    citizen = legs.citizen(work.db, seen.contact_id, lock=True)
    agent_leg = legs.locked(work.db, seen.leg_id)
    entry = queue.get(work.db, seen.entry_id, lock=True)
    agent = agents.locked(work.db, seen.agent_id)
    engagement = engagements.get(work.db, engagement_id, lock=True)
    if not (contact and citizen and agent_leg and entry and agent and engagement):
        return None
    return Meeting(
        contact=contact, citizen=citizen, agent_leg=agent_leg, entry=entry, agent=agent, engagement=engagement
    )


def words(work: Work, contact: Contact, occasion: str, **params: str) -> Say:
    """A prompt for staff, in the first language of the number."""
    loaded = work.plans.version(work.db, contact.plan_version)
    language = loaded.line(contact.line).languages[0]
    return Say(text=loaded.plan.flow.words[occasion][language].format(**params), language=language)


def group_of(work: Work, meeting: Meeting) -> Group:
    """The group whose caller this is, with its policies."""
    contact = meeting.contact
    return work.plans.version(work.db, contact.plan_version).group(meeting.entry.group_id, contact.line)


def rings(work: Work, meeting: Meeting) -> None:
    """The device rings: only now does the ring clock start."""
    engagement = meeting.engagement
    if engagement.state is not EngagementState.RINGING or engagement.ringing_at is not None:
        return
    due = work.now + group_of(work, meeting).ring + RING_GRACE
    engagements.change(work.db, engagement.id, ringing_at=work.now, lease_until=due)
    if meeting.agent.failures:
        agents.change(work.db, meeting.agent.id, failures=0)
    _fact(work, meeting, Fact.RINGING)


def whispers(work: Work, meeting: Meeting) -> None:
    """The agent has picked up and hears who is there; the clock for the key starts."""
    rings(work, meeting)
    engagements.change(work.db, meeting.engagement.id, lease_until=work.now + WHISPER_LEASE)


def accept(work: Work, meeting: Meeting) -> None:
    """The agent takes the contact: both have the conference as their goal, and the caller is fetched, or called."""
    check_move(meeting.engagement.state, EngagementState.ACCEPTED)
    is_called = callback_lines.is_to_be_rung(meeting.entry, meeting.citizen)
    engagements.change(
        work.db,
        meeting.engagement.id,
        state=EngagementState.ACCEPTED,
        accepted_at=work.now,
        lease_until=work.now + (CALL_LEASE if is_called else JOIN_LEASE),
    )
    move_agent(work, meeting.agent, AgentMove.OFFER_ACCEPTED)
    legs.change(work.db, meeting.agent_leg.id, goal=Goal.CONFERENCE)
    _fact(work, meeting, Fact.ACCEPTED)
    if is_called:
        callback_lines.call(work, meeting.contact, meeting.entry)
        return
    _new_goal(work, meeting.citizen, Goal.CONFERENCE)
    # What an earlier talk of this call left behind: the report of its end may have been lost, or come late.
    rooms.over(work, meeting.citizen)
    work.order(MoveCall(leg=meeting.citizen.id), contact=meeting.contact.id, leg=meeting.citizen.id)


def end_offer(
    work: Work, meeting: Meeting, how: EngagementState, *, farewell: str = "offer_gone", was_rung: bool = True
) -> None:
    """The offer ends without a conversation; the caller, if still there, keeps place and waiting time.

    A telephone that fails again and again puts its agent on break; one that `was_rung` never has not failed.
    """
    check_move(meeting.engagement.state, how)
    move, reason, fact = _ENDINGS[how]
    failures = meeting.agent.failures
    if how is EngagementState.FAILED and was_rung:
        failures += 1
        if failures >= _FAILURES_BEFORE_BREAK:
            move, reason, failures = AgentMove.OFFER_MISSED, "phone_unreachable", 0
    engagements.change(work.db, meeting.engagement.id, state=how, ended_at=work.now)
    agents.change(work.db, meeting.agent.id, failures=failures)
    move_agent(work, meeting.agent, move, reason=reason, idle_since=meeting.engagement.agent_idle_since)
    send_away(work, meeting.contact, meeting.agent_leg, farewell)
    _fact(work, meeting, fact)
    if meeting.entry.state is EntryState.OFFERED and how is not EngagementState.CANCELLED:
        missed = how in (EngagementState.NO_ANSWER, EngagementState.DECLINED)
        line_up.to_front(work, meeting.entry, excluding=meeting.agent.id if missed else None)


def withdraw(work: Work, contact: Contact, entry: Entry, *, farewell: str = "offer_gone") -> None:
    """The caller no longer wants the offer: cancelled, and no miss for the agent. The contact must be locked."""
    held = engagements.holding(work.db, entry.id)
    meeting = lock_meeting(work, held.id) if held is not None else None
    if meeting is not None and meeting.engagement.state in (EngagementState.RINGING, EngagementState.ACCEPTED):
        end_offer(work, meeting, EngagementState.CANCELLED, farewell=farewell)


def send_away(work: Work, contact: Contact, leg: Leg, occasion: str) -> None:
    """The agent's line is no longer wanted: the ring is dropped or ended; who has picked up hears why."""
    if is_over(leg.status):
        return
    if leg.status is LegStatus.PLANNED and orders.drop_unsent(work.db, leg.id, "ring_agent", work.now):
        legs.change(work.db, leg.id, status=LegStatus.CANCELED, ended_at=work.now, goal=Goal.GONE)
        return
    goodbye: tuple[Spoken, ...] = (words(work, contact, occasion), HangUp())
    _new_goal(work, leg, Goal.GONE, due=goodbye)
    has_answered = leg.status is LegStatus.IN_PROGRESS
    order = MoveCall(leg=leg.id) if has_answered else EndCall(leg=leg.id)
    work.order(order, contact=contact.id, leg=leg.id)


def accept_at_desk(work: Work, agent_id: str, contact_id: str) -> None:
    """The agent accepts on screen: the telephone, once picked up, needs no key."""
    meeting = _offered(work, agent_id, contact_id)
    engagements.change(work.db, meeting.engagement.id, desk_accepted_at=work.now)
    if meeting.agent_leg.status is LegStatus.IN_PROGRESS:
        accept(work, meeting)
        _new_goal(work, meeting.agent_leg, Goal.CONFERENCE)
        work.order(MoveCall(leg=meeting.agent_leg.id), contact=contact_id, leg=meeting.agent_leg.id)


def decline_at_desk(work: Work, agent_id: str, contact_id: str) -> None:
    """The agent declines on screen: on break, and the caller back to the front."""
    end_offer(work, _offered(work, agent_id, contact_id), EngagementState.DECLINED)


def _offered(work: Work, agent_id: str, contact_id: str) -> Meeting:
    seen = engagements.live_of_agent(work.db, agent_id)
    meeting = lock_meeting(work, seen.id) if seen is not None and seen.contact_id == contact_id else None
    if meeting is None or meeting.engagement.state is not EngagementState.RINGING:
        raise OfferGone("The call is no longer offered to you.", hint="The caller hung up, or time ran out.")
    return meeting


def wrap_up(
    work: Work,
    agent_id: str,
    contact_id: str,
    *,
    resolved: str,
    topic: str | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """The agent's word on the contact: settled at first contact or not. Ends the agent's business with it."""
    seen = engagements.live_of_agent(work.db, agent_id)
    meeting = lock_meeting(work, seen.id) if seen is not None and seen.contact_id == contact_id else None
    if meeting is None or meeting.engagement.state is not EngagementState.WRAP_UP:
        raise NothingToWrapUp("There is no finished conversation to wrap up.", hint="It may have been closed by time.")
    values = {"resolved": resolved, "wrap_up_topic": topic, "wrap_up_reason": reason, "wrap_up_note": note}
    contacts.change(work.db, contact_id, **values)
    _fact(work, meeting, Fact.WRAPPED_UP, resolved=resolved, topic=topic, reason=reason)
    finish_wrap_up(work, meeting, resolved=resolved)


def finish_wrap_up(work: Work, meeting: Meeting, *, resolved: str | None) -> None:
    """Wrap-up is over, by the agent's word or by time; state and clock change in one step."""
    check_move(meeting.engagement.state, EngagementState.DONE)
    engagements.change(work.db, meeting.engagement.id, state=EngagementState.DONE, ended_at=work.now)
    move_agent(work, meeting.agent, AgentMove.WRAP_UP_DONE)
    close_if_over(work, meeting.contact, resolved=resolved)


def _new_goal(work: Work, leg: Leg, goal: Goal, due: tuple[Spoken, ...] | None = None) -> None:
    """Another goal takes a turn, so that whatever is under way for the old one is too late."""
    legs.change(
        work.db,
        leg.id,
        goal=goal,
        turn=leg.turn + 1,
        kept_input=None,
        kept_answer=None,
        due_answer=None if due is None else SPOKEN.dump_json(due).decode(),
    )


def _fact(work: Work, meeting: Meeting, fact: Fact, **data: str | None) -> None:
    work.record(
        fact,
        contact=meeting.contact.id,
        leg=meeting.agent_leg.id,
        agent=meeting.agent.id,
        data={"engagement": meeting.engagement.id, **data},
    )
