"""The conversation: who has joined, who has left, hold, and the sure end by the desk."""

from ivr.adapters.store import contacts, engagements, legs, queue
from ivr.adapters.store.legs import Leg
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, is_over
from ivr.domain.conversation.rooms import Report, have_met
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import SPOKEN, HangUp, Spoken
from ivr.domain.flow.events import AgentFinished, Event, LineLost
from ivr.domain.orders import EndCall, HoldLeg, MoveCall
from ivr.domain.routing.agents import AgentMove
from ivr.domain.routing.engagements import EngagementState, check_move
from ivr.domain.routing.queue import EntryState
from ivr.operations import callbacks, carrying, flow, rooms
from ivr.operations import queue as line_up
from ivr.operations.agent_moves import move_agent
from ivr.operations.engagements import (
    ALONE_LEASE,
    TALK_LEASE,
    Meeting,
    end_offer,
    group_of,
    lock_meeting,
    send_away,
    words,
)
from ivr.operations.work import Work


class NoConversation(IvrError):
    """The agent is not talking with this contact."""

    code = "no_conversation"


def started(work: Work, contact_id: str, room: str | None = None) -> None:
    """Both are in the room: the wait ends here. A room of an earlier talk tells nothing of this one."""
    meeting = _meeting(work, contact_id)
    if meeting is None or meeting.engagement.state is not EngagementState.ACCEPTED:
        return
    if room in meeting.citizen.left_rooms:
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
    if meeting.entry.callback_at is not None:
        callbacks.reached(work, meeting.entry)


def told(work: Work, contact_id: str, leg_id: str | None, report: Report) -> None:
    """The conference reports how a participant stands. Out of the room is not out of the call: that the line tells itself.

    Two who are in one room have met, though the report of the conference's start may be late or lost.
    """
    leg = rooms.participant(work, contact_id, leg_id)
    if leg is None:
        return
    rooms.told(work, leg, report)
    meeting = _meeting(work, contact_id)
    if meeting is None:
        return
    if not report.in_room:
        _look_soon(work, meeting)
    elif have_met(rooms.stay_of(meeting.citizen), rooms.stay_of(meeting.agent_leg)):
        started(work, contact_id)


def _look_soon(work: Work, meeting: Meeting) -> None:
    """Somebody may be left alone in the room; mostly the lines tell at once what that means."""
    engagement, soon = meeting.engagement, work.now + ALONE_LEASE
    if engagement.state is EngagementState.CONNECTED and engagement.lease_until > soon:
        engagements.change(work.db, engagement.id, lease_until=soon)


def held(work: Work, contact_id: str, leg_id: str, is_held: bool) -> None:
    """A participant was put on hold or taken off it, as the carrier says when it is asked."""
    leg = rooms.participant(work, contact_id, leg_id)
    if leg is not None:
        rooms.hold_read_back(work, leg, is_held)


def talk_over(work: Work, meeting: Meeting, *, by: str) -> None:
    """The conversation is over: the entry closes and the agent's wrap-up begins, in one step."""
    check_move(meeting.engagement.state, EngagementState.WRAP_UP)
    engagements.change(
        work.db,
        meeting.engagement.id,
        state=EngagementState.WRAP_UP,
        talk_ended_at=work.now,
        lease_until=work.now + group_of(work, meeting).wrap_up,
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
    began = engagement.connected_at
    if began is not None and not failed and work.now - began >= group_of(work, meeting).finished_after:
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
    """News for a citizen whose line is elsewhere: said the next time it asks, and it is fetched to ask now.

    One who is being called back is told nothing: nobody knows yet who has answered.
    """
    if citizen.ended_at is not None or citizen.goal is Goal.CALLED_BACK:
        return
    spoken = flow.step(work, _locked(work, contact_id), event)
    _due(work, citizen, spoken)


def hang_up(work: Work, agent_id: str, contact_id: str) -> None:
    """The desk's button: the sure end of a conversation, for both.

    Before the two have met there is nothing to end but the offer: it is declined, and the caller is first in line again.
    """
    meeting = _talking(work, agent_id, contact_id)
    if meeting.engagement.state is EngagementState.ACCEPTED:
        end_offer(work, meeting, EngagementState.DECLINED)
        tell_citizen(work, contact_id, meeting.citizen, LineLost())
        return
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
    if meeting.engagement.state is not EngagementState.CONNECTED:
        raise NoConversation("The caller is not with you yet.", hint="Wait for a moment.")
    legs.change(work.db, meeting.citizen.id, hold_asked=True)
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
    """The contact on a plan that can be had. Who has a conversation before or behind them has a place on any plan."""
    contact = contacts.locked(work.db, contact_id)
    assert contact is not None
    return carrying.carry_over(work, contact)[0]


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
