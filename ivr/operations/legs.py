"""Legs: what a carrier's request about one line means, judged by turn and goal inside the transaction that acts on it.

Whatever repeats, comes late or crosses another request ends in the same place: the current turn acts; the turn just
taken gets the answer it got; anything else changes nothing and hears the leg's goal afresh.
"""

from dataclasses import dataclass
from datetime import timedelta

from ivr.adapters.store import contacts, engagements, events, legs, queue
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, Role, Turn, advances, is_over, judge
from ivr.domain.errors import IvrError
from ivr.domain.flow import machine
from ivr.domain.flow.actions import SPOKEN, Ask, HangUp, Meet, Say, Spoken, Wait
from ivr.domain.flow.events import Arrived, Broke, Event, MessageRecorded, PersonAnswered, Pressed
from ivr.domain.flow.graph import Flow, TopicKind
from ivr.domain.flow.state import Place, State
from ivr.domain.heard import Words
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.engagements import EngagementState
from ivr.domain.routing.queue import EntryState
from ivr.operations import conversation, flow
from ivr.operations import engagements as offers
from ivr.operations import queue as line_up
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work

# How long after an answer a sign of life must come: a waiting document lasts 25 s, a question as long as it takes to
# say it and to think, a conversation is looked after by its engagement's lease as well.
_WAITING_HEARTBEAT = timedelta(seconds=25 + 15)
_QUESTION_HEARTBEAT = timedelta(seconds=120)
_TALK_HEARTBEAT = timedelta(seconds=300)
_ASKED_HEARTBEAT = timedelta(seconds=30)
_ACCEPTS = "1"
_WHISPER_SECONDS = 6


class UnknownLeg(IvrError):
    """A request about a line that is not, or no longer, known."""

    code = "unknown_leg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a leg hears next, and for which turn it may answer. `number` is the one that was called."""

    leg: str
    turn: int
    spoken: tuple[Spoken, ...]
    flow: Flow
    number: PhoneNumber
    contact: str


def arrive(work: Work, call_id: str, caller: PhoneNumber | None, called: PhoneNumber) -> Reply:
    """A call comes in: greeted once, however often the carrier says so."""
    known = legs.by_call(work.db, call_id)
    if known is not None:
        return _afresh(work, _contact(work, known), known)
    plan = work.plans.current(work.db).plan
    line = plan.flow.lines.get(called) or next(iter(plan.flow.lines.values()))
    state = machine.begin(line)
    contact_id, leg_id = work.new_id(), work.new_id()
    contacts.add(
        work.db,
        {
            "id": contact_id,
            "line": line.id,
            "plan_version": plan.version,
            "language": state.language,
            "caller": None if caller is None else caller.e164,
            "caller_pseudonym": None if caller is None else caller.pseudonym(work.secret),
            "started_at": work.now,
        },
    )
    legs.add(
        work.db,
        {
            "id": leg_id,
            "contact_id": contact_id,
            "role": Role.CITIZEN,
            "call_id": call_id,
            "status": LegStatus.IN_PROGRESS,
            "goal": Goal.FLOW,
            "created_at": work.now,
            "answered_at": work.now,
            "heartbeat_due_at": work.now + _QUESTION_HEARTBEAT,
        },
    )
    work.record(Fact.CALL_STARTED, contact=contact_id, leg=leg_id, data={"line": line.id, "hidden": caller is None})
    contact = contacts.locked(work.db, contact_id)
    assert contact is not None
    spoken = flow.step(work, contact, Arrived())
    return Reply(leg=leg_id, turn=0, spoken=spoken, flow=plan.flow, number=line.number, contact=contact_id)


def take_turn(
    work: Work, leg_id: str, call_id: str, turn: int | None, given: Event | Words | None, *, call_over: bool = False
) -> Reply:
    """A line asks what to do next, perhaps with an answer to what it was asked. Raises `UnknownLeg`."""
    contact, leg = _lock(work, leg_id)
    if leg.call_id is None:
        leg = _adopt(work, leg, call_id)
    if leg.call_id != call_id:
        raise UnknownLeg("The line belongs to another call.", hint="The request is not about one of our calls.")
    if call_over:
        return _last_words(work, contact, leg, turn, given)
    if leg.ended_at is not None:
        return _reply(work, contact, leg, (HangUp(),))
    key = repr(given)
    verdict = judge(leg.turn, turn, same_input=key == leg.kept_input)
    if verdict is Turn.JUST_TAKEN and leg.kept_answer is not None:
        return _reply(work, contact, leg, SPOKEN.validate_json(leg.kept_answer))
    if verdict is not Turn.CURRENT:
        return _afresh(work, contact, leg)
    spoken = _act(work, contact, leg, given)
    return _taken(work, contact, leg, spoken, key)


def rescue(work: Work, leg_id: str) -> Reply:
    """Something failed while a citizen's turn was taken: one calm sentence and a person, whatever the turn was."""
    contact, leg = _lock(work, leg_id)
    if leg.role is not Role.CITIZEN or leg.goal is not Goal.FLOW or leg.ended_at is not None:
        return _afresh(work, contact, leg)
    return _taken(work, contact, leg, flow.step(work, contact, Broke()), "rescue")


def whisper_to_person(work: Work, leg_id: str) -> tuple[Say, Flow]:
    """What a named employee hears on picking up, and the voices to say it with. Raises `UnknownLeg`."""
    contact, _ = _lock(work, leg_id)
    return offers.words(work, contact, "whisper_person"), flow.on_plan(work, contact).plan.flow


def person_reached(work: Work, leg_id: str, *, has_pressed: bool) -> None:
    """Somebody outside has taken the call: an employee pressed 1, or a number that is not asked for it was picked up.

    Noted when it happens, because the caller may hang up first, and then nothing else tells.
    """
    contact, leg = _lock(work, leg_id)
    state = flow.on_plan(work, contact).state
    is_taken = state.place is Place.DIALLING and (has_pressed or state.entry is None)
    known = {fact.kind for fact in events.of_contact(work.db, contact.id)}
    if is_taken and Fact.PERSON_REACHED not in known:
        work.record(Fact.PERSON_REACHED, contact=contact.id, leg=leg.id, data={"entry": state.entry})


def progress(work: Work, leg_id: str | None, call_id: str, status: LegStatus, sequence: int | None) -> None:
    """The carrier says how far a line has come. Unknown lines, repeated and late news change nothing."""
    leg = legs.get(work.db, leg_id) if leg_id is not None else legs.by_call(work.db, call_id)
    if leg is None or not legs.take_report(work.db, call_id, status, sequence or 0, work.now):
        return
    contact, leg = _lock(work, leg.id)
    if leg.call_id is None:
        leg = _adopt(work, leg, call_id)
    if leg.call_id == call_id:
        moved_on(work, contact, leg, status)


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
        meeting = _meeting(work, leg)
        if meeting is not None:
            offers.rings(work, meeting)


def closed(work: Work, leg_id: str, status: LegStatus) -> None:
    """A line is known to be closed, learnt in another way than by the carrier's report."""
    contact, leg = _lock(work, leg_id)
    moved_on(work, contact, leg, status)


def alive(work: Work, leg_id: str) -> None:
    """The carrier was asked and the line is open: the next sign of life is due later."""
    legs.change(work.db, leg_id, heartbeat_due_at=work.now + _ASKED_HEARTBEAT)


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
        _citizen_gone(work, contact)
    else:
        _agent_gone(work, leg, status)
    close_if_over(work, contact)


def _citizen_gone(work: Work, contact: Contact) -> None:
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
    took_link = _took_link(contact)
    state = EntryState.DEFLECTED if took_link else EntryState.ABANDONED
    line_up.leave(work, entry, state, Fact.LEFT_LINE if took_link else Fact.ABANDONED)


def _took_link(contact: Contact) -> bool:
    return contact.flow_state is not None and bool(State.from_json(contact.flow_state).links_sent)


def _agent_gone(work: Work, leg: Leg, status: LegStatus) -> None:
    meeting = _meeting(work, leg)
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
    if meeting.engagement.ringing_at is None or status is LegStatus.FAILED:
        return EngagementState.FAILED
    return EngagementState.NO_ANSWER


def _act(work: Work, contact: Contact, leg: Leg, given: Event | Words | None) -> tuple[Spoken, ...]:
    if leg.goal is Goal.GONE:
        return (HangUp(),)
    if leg.role is Role.AGENT:
        return _agent_act(work, contact, leg, given)
    if leg.goal is Goal.CONFERENCE:
        left = conversation.citizen_left_room(work, contact.id, leg)
        return (_meet(leg),) if left is None else left
    if given is None:
        return flow.ask_again(work, contact)
    event = flow.hear(work, contact, given) if isinstance(given, Words) else given
    return flow.step(work, contact, event)


def _agent_act(work: Work, contact: Contact, leg: Leg, given: Event | Words | None) -> tuple[Spoken, ...]:
    meeting = _meeting(work, leg)
    if meeting is None or meeting.engagement.state not in (EngagementState.RINGING, EngagementState.ACCEPTED):
        return (offers.words(work, contact, "talk_over"), HangUp())
    if meeting.engagement.state is EngagementState.ACCEPTED:
        return _room(work, meeting)
    has_just_answered = leg.turn == 0
    if has_just_answered:
        offers.whispers(work, meeting)
    if meeting.engagement.desk_accepted_at is not None or given == Pressed(_ACCEPTS):
        offers.accept(work, meeting)
        return _room(work, meeting)
    if has_just_answered:
        return (_whisper(work, meeting),)
    offers.end_offer(work, meeting, EngagementState.NO_ANSWER)
    return (offers.words(work, contact, "offer_gone"), HangUp())


def _room(work: Work, meeting: offers.Meeting) -> tuple[Spoken, ...]:
    connecting = offers.words(work, meeting.contact, "connecting")
    return (Meet(contact=meeting.contact.id, leg=meeting.agent_leg.id, anchor=True, say=(connecting,)),)


def _whisper(work: Work, meeting: offers.Meeting) -> Ask:
    """What the agent hears before taking the call: the topic and nothing of the person."""
    plan = work.plans.version(work.db, meeting.contact.plan_version).plan
    line = next(line for line in plan.flow.lines.values() if line.id == meeting.contact.line)
    language = line.languages[0]
    topic = plan.flow.topics.get(meeting.contact.topic or "")
    if topic is None:
        group = plan.flow.group_names[meeting.entry.group_id][language]
        say = offers.words(work, meeting.contact, "whisper_no_topic", group=group)
    else:
        occasion = "whisper_urgent" if topic.kind is TopicKind.URGENT else "whisper"
        say = offers.words(work, meeting.contact, occasion, topic=topic.title[language])
    return Ask(say=(say,), language=language, seconds=_WHISPER_SECONDS)


def _meet(leg: Leg) -> Meet:
    return Meet(contact=leg.contact_id, leg=leg.id, anchor=leg.role is Role.AGENT)


def _afresh(work: Work, contact: Contact, leg: Leg) -> Reply:
    """The goal, rendered as it is now; what fell due while the line was elsewhere is said first."""
    due = leg.due_answer or (leg.kept_answer if leg.kept_input == legs.DELIVERED else None)
    if due is not None:
        # Asked for twice at once, by the way out of a room and by a move, the news is given to both.
        legs.change(work.db, leg.id, due_answer=None, kept_answer=due, kept_input=legs.DELIVERED)
        return _reply(work, contact, leg, SPOKEN.validate_json(due))
    if leg.goal is Goal.CONFERENCE:
        return _reply(work, contact, leg, (_meet(leg),))
    if leg.goal is Goal.GONE or leg.ended_at is not None:
        return _reply(work, contact, leg, (HangUp(),))
    if leg.role is Role.CITIZEN:
        return _reply(work, contact, leg, flow.ask_again(work, contact))
    meeting = _meeting(work, leg)
    if meeting is None or meeting.engagement.state is not EngagementState.RINGING or leg.turn == 0:
        return _taken(work, contact, leg, _act(work, contact, leg, None), "")
    return _reply(work, contact, leg, (_whisper(work, meeting),))


def _taken(work: Work, contact: Contact, leg: Leg, spoken: tuple[Spoken, ...], key: str) -> Reply:
    """The turn is taken: the answer is kept, and the next sign of life is due.

    The leg is read again, since what was decided may have given it another goal and another turn already.
    """
    now = legs.get(work.db, leg.id)
    turn = (now.turn if now is not None else leg.turn) + 1
    legs.change(
        work.db,
        leg.id,
        turn=turn,
        kept_input=key,
        kept_answer=SPOKEN.dump_json(spoken).decode(),
        due_answer=None,
        heartbeat_due_at=work.now + _heartbeat(spoken),
    )
    return _reply(work, contact, leg, spoken, turn=turn)


def _heartbeat(spoken: tuple[Spoken, ...]) -> timedelta:
    if any(isinstance(action, Wait) for action in spoken):
        return _WAITING_HEARTBEAT
    if any(isinstance(action, Meet) for action in spoken):
        return _TALK_HEARTBEAT
    return _QUESTION_HEARTBEAT


def _last_words(work: Work, contact: Contact, leg: Leg, turn: int | None, given: Event | Words | None) -> Reply:
    """The line has closed. A message recorded, or a talk with a named person, still counts."""
    if isinstance(given, MessageRecorded | PersonAnswered) and turn == leg.turn and leg.ended_at is None:
        flow.step(work, contact, given)
        contact = _contact(work, leg)
    if leg.ended_at is None:
        over(work, contact, leg, LegStatus.COMPLETED)
    return _reply(work, contact, leg, (HangUp(),))


def _adopt(work: Work, leg: Leg, call_id: str) -> Leg:
    """A created call has made itself known, though the reply to its creation may have been lost."""
    legs.change(work.db, leg.id, call_id=call_id)
    found = legs.get(work.db, leg.id)
    assert found is not None
    return found


def _lock(work: Work, leg_id: str) -> tuple[Contact, Leg]:
    seen = legs.get(work.db, leg_id)
    contact = contacts.locked(work.db, seen.contact_id) if seen is not None else None
    leg = legs.locked(work.db, leg_id)
    if contact is None or leg is None:
        raise UnknownLeg("There is no such line.", hint="It may belong to a call that was purged.")
    return contact, leg


def _contact(work: Work, leg: Leg) -> Contact:
    contact = contacts.locked(work.db, leg.contact_id)
    assert contact is not None
    return contact


def _meeting(work: Work, leg: Leg) -> offers.Meeting | None:
    engagement = engagements.of_leg(work.db, leg.id)
    return offers.lock_meeting(work, engagement.id) if engagement is not None else None


def _reply(work: Work, contact: Contact, leg: Leg, spoken: tuple[Spoken, ...], turn: int | None = None) -> Reply:
    at = flow.on_plan(work, contact)
    return Reply(
        leg=leg.id,
        turn=leg.turn if turn is None else turn,
        spoken=spoken,
        flow=at.plan.flow,
        number=at.line.number,
        contact=contact.id,
    )
