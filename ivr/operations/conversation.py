"""The conversation: who has joined, who has left, hold, and the sure end by the desk."""

from ivr.adapters.store import contacts, engagements, legs, queue
from ivr.adapters.store.legs import Leg
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, is_over
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import SPOKEN, HangUp, Spoken
from ivr.domain.flow.events import AgentFinished, Event, LineLost
from ivr.domain.orders import EndCall, HoldLeg, MoveCall
from ivr.domain.routing.agents import AgentMove
from ivr.domain.routing.engagements import EngagementState, check_move
from ivr.domain.routing.queue import EntryState
from ivr.operations import flow
from ivr.operations import queue as line_up
from ivr.operations.agent_moves import move_agent
from ivr.operations.engagements import TALK_LEASE, Meeting, lock_meeting, send_away, words
from ivr.operations.work import Work


class NoConversation(IvrError):
    """The agent is not talking with this contact."""

    code = "no_conversation"


def started(work: Work, contact_id: str) -> None:
    """Both are in the room: the wait ends here."""
    meeting = _meeting(work, contact_id)
    if meeting is None or meeting.engagement.state is not EngagementState.ACCEPTED:
        return
    engagements.change(
        work.db,
        meeting.engagement.id,
        state=EngagementState.CONNECTED,
        connected_at=work.now,
        lease_until=work.now + TALK_LEASE,
    )
    first = meeting.entry.connected_at or work.now
    queue.change(work.db, meeting.entry.id, state=EntryState.CONNECTED, connected_at=first)
    waited = round((work.now - meeting.entry.entered_at).total_seconds(), 1)
    _fact(work, meeting, Fact.CONNECTED, waited_seconds=waited)


def joined(work: Work, contact_id: str, leg_id: str | None) -> None:
    """A participant is in the room: it need not be fetched again."""
    _in_room(work, contact_id, leg_id, True)


def left(work: Work, contact_id: str, leg_id: str | None) -> None:
    """A participant is not in the room; whether its line has ended, its own call tells."""
    _in_room(work, contact_id, leg_id, False)


def held(work: Work, contact_id: str, leg_id: str | None, is_held: bool) -> None:
    """A participant was put on hold or taken off it, as the carrier confirms, by its report or when read back."""
    leg = legs.get(work.db, leg_id) if leg_id is not None else None
    if leg is None or leg.contact_id != contact_id or leg.held == is_held:
        return
    legs.change(work.db, leg.id, held=is_held)
    work.record(Fact.HELD if is_held else Fact.RESUMED, contact=contact_id, leg=leg.id)


def _in_room(work: Work, contact_id: str, leg_id: str | None, is_in: bool) -> None:
    if leg_id is not None and _is_of(work, contact_id, leg_id):
        legs.change(work.db, leg_id, in_room=is_in)


def _is_of(work: Work, contact_id: str, leg_id: str) -> bool:
    leg = legs.get(work.db, leg_id)
    return leg is not None and leg.contact_id == contact_id


def talk_over(work: Work, meeting: Meeting, *, by: str) -> None:
    """The conversation is over: the entry closes and the agent's wrap-up begins, in one step."""
    check_move(meeting.engagement.state, EngagementState.WRAP_UP)
    group = work.plans.version(work.db, meeting.contact.plan_version).plan.groups[meeting.entry.group_id]
    engagements.change(
        work.db,
        meeting.engagement.id,
        state=EngagementState.WRAP_UP,
        talk_ended_at=work.now,
        lease_until=work.now + group.wrap_up,
    )
    queue.change(work.db, meeting.entry.id, state=EntryState.CLOSED, left_at=work.now)
    move_agent(work, meeting.agent, AgentMove.TALK_ENDED)
    _fact(work, meeting, Fact.TALK_ENDED, by=by)


def agent_gone(work: Work, meeting: Meeting, *, failed: bool) -> Event | None:
    """The agent's line has closed. What the citizen is told of it: the end of the talk, or first in line again.

    A telephone hung up after some talk means that it is over; before that, or when the line failed, it is a lost line.
    """
    engagement = meeting.engagement
    if engagement.state not in (EngagementState.ACCEPTED, EngagementState.CONNECTED):
        return None
    group = work.plans.version(work.db, meeting.contact.plan_version).plan.groups[meeting.entry.group_id]
    began = engagement.connected_at
    if began is not None and not failed and work.now - began >= group.finished_after:
        talk_over(work, meeting, by="agent_phone")
        return AgentFinished()
    engagements.change(work.db, engagement.id, state=EngagementState.FAILED, ended_at=work.now)
    move_agent(work, meeting.agent, AgentMove.LINE_LOST, reason="line_lost")
    _fact(work, meeting, Fact.LINE_LOST)
    line_up.to_front(work, meeting.entry)
    return LineLost()


def citizen_left_room(work: Work, contact_id: str, citizen: Leg) -> tuple[Spoken, ...] | None:
    """The citizen's way out of the conference came before any other news; None if the conversation goes on."""
    meeting = _meeting(work, contact_id)
    if meeting is None:
        return flow.ask_again(work, _locked(work, contact_id))
    if meeting.engagement.state is not EngagementState.CONNECTED:
        return None
    event = agent_gone(work, meeting, failed=is_over(meeting.agent_leg.status) and _failed(meeting.agent_leg))
    if event is None:
        return None
    send_away(work, meeting.contact, meeting.agent_leg, "talk_over")
    legs.change(work.db, citizen.id, goal=Goal.FLOW)
    return flow.step(work, _locked(work, contact_id), event)


def tell_citizen(work: Work, contact_id: str, citizen: Leg, event: Event) -> None:
    """News for a citizen whose line is elsewhere: said the next time it asks, and it is fetched to ask now."""
    if citizen.ended_at is not None:
        return
    spoken = flow.step(work, _locked(work, contact_id), event)
    _due(work, citizen, spoken)


def hang_up(work: Work, agent_id: str, contact_id: str) -> None:
    """The desk's button: the sure end of a conversation, for both."""
    meeting = _talking(work, agent_id, contact_id)
    if meeting.engagement.state is EngagementState.ACCEPTED:
        started(work, contact_id)
        meeting = _talking(work, agent_id, contact_id)
    talk_over(work, meeting, by="agent")
    _due(work, meeting.citizen, (words(work, meeting.contact, "talk_over"), HangUp()))
    legs.change(work.db, meeting.agent_leg.id, goal=Goal.GONE)
    work.order(EndCall(leg=meeting.agent_leg.id), contact=contact_id, leg=meeting.agent_leg.id)


def hold(work: Work, agent_id: str, contact_id: str) -> None:
    """The citizen hears music until the agent resumes."""
    _set_hold(work, agent_id, contact_id, held=True)


def resume(work: Work, agent_id: str, contact_id: str) -> None:
    """The two hear each other again."""
    _set_hold(work, agent_id, contact_id, held=False)


def _set_hold(work: Work, agent_id: str, contact_id: str, *, held: bool) -> None:
    meeting = _talking(work, agent_id, contact_id)
    order = HoldLeg(leg=meeting.citizen.id, contact=contact_id, held=held)
    work.order(order, contact=contact_id, leg=meeting.citizen.id)


def _due(work: Work, citizen: Leg, spoken: tuple[Spoken, ...]) -> None:
    if citizen.ended_at is not None:
        return
    legs.change(
        work.db,
        citizen.id,
        goal=Goal.FLOW,
        turn=citizen.turn + 1,
        kept_input=None,
        kept_answer=None,
        due_answer=SPOKEN.dump_json(spoken).decode(),
    )
    work.order(MoveCall(leg=citizen.id), contact=citizen.contact_id, leg=citizen.id)


def _meeting(work: Work, contact_id: str) -> Meeting | None:
    entry = queue.live(work.db, contact_id)
    held = engagements.holding(work.db, entry.id) if entry is not None else None
    return lock_meeting(work, held.id) if held is not None else None


def _talking(work: Work, agent_id: str, contact_id: str) -> Meeting:
    seen = engagements.live_of_agent(work.db, agent_id)
    meeting = lock_meeting(work, seen.id) if seen is not None and seen.contact_id == contact_id else None
    talking = (EngagementState.ACCEPTED, EngagementState.CONNECTED)
    if meeting is None or meeting.engagement.state not in talking:
        raise NoConversation("You are not in a conversation with this caller.", hint="It has ended already.")
    return meeting


def _locked(work: Work, contact_id: str) -> contacts.Contact:
    contact = contacts.locked(work.db, contact_id)
    assert contact is not None
    return contact


def _failed(leg: Leg) -> bool:
    return leg.status is LegStatus.FAILED


def _fact(work: Work, meeting: Meeting, fact: Fact, **data: object) -> None:
    work.record(
        fact,
        contact=meeting.contact.id,
        leg=meeting.agent_leg.id,
        agent=meeting.agent.id,
        data={"engagement": meeting.engagement.id, **data},
    )
