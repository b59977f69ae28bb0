"""Legs: what a carrier's request about one line means, judged by turn and goal inside the transaction that acts on it.

Whatever repeats, comes late or crosses another request ends in the same place: the current turn acts; the turn just
taken gets the answer it got; anything else changes nothing and hears the leg's goal afresh.
"""

from dataclasses import dataclass
from datetime import timedelta

from ivr.adapters.store import contacts, events, legs, turns
from ivr.adapters.store.circumstances import Circumstances
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, Role, Turn, judge
from ivr.domain.conversation.listening import Ear
from ivr.domain.flow import machine
from ivr.domain.flow.actions import SPOKEN, HangUp, Meet, Say, Spoken, Wait
from ivr.domain.flow.events import Arrived, Broke, Event, MessageRecorded, PersonAnswered, Silence
from ivr.domain.flow.graph import Flow
from ivr.domain.flow.state import Place
from ivr.domain.heard import Words
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import agent_turns, callback_turns, conversation, flow, lines, listening
from ivr.operations import engagements as offers
from ivr.operations.contacts import judge_anew
from ivr.operations.flow import Step
from ivr.operations.lines import UnknownLeg, adopt, lock, lock_for_turn, meeting_of
from ivr.operations.work import Work

# How long after an answer a sign of life must come, or the carrier is asked: an end that nobody told of is found within a
# minute. A waiting document lasts 25 s, a question is mostly said and answered in less; of a conversation its
# engagement's lease asks sooner.
_WAITING_HEARTBEAT = timedelta(seconds=25 + 15)
_QUESTION_HEARTBEAT = timedelta(seconds=45)
_TALK_HEARTBEAT = timedelta(seconds=55)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a leg hears next, and for which turn it may answer. `number` is the one that was called.

    `ear` tells what becomes of the stream by which we listen ourselves; None where we never do.
    """

    leg: str
    turn: int
    spoken: tuple[Spoken, ...]
    flow: Flow
    number: PhoneNumber
    contact: str
    ear: Ear | None


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
    ear = listening.ear_for(work, leg_id, 0, spoken, plan.flow)
    return Reply(leg=leg_id, turn=0, spoken=spoken, flow=plan.flow, number=line.number, contact=contact_id, ear=ear)


def take_turn(
    work: Work, leg_id: str, call_id: str, turn: int | None, given: Event | Words | None, *, call_over: bool = False
) -> Reply:
    """A line asks what to do next, perhaps with an answer to what it was asked. Raises `UnknownLeg`."""
    found = lock_for_turn(work, leg_id)
    contact, leg = found.contact, found.leg
    if leg.call_id is None:
        leg = adopt(work, leg, call_id)
    if leg.call_id != call_id:
        raise UnknownLeg("The line belongs to another call.", hint="The request is not about one of our calls.")
    if call_over or leg.ended_at is not None:
        return _last_words(work, contact, leg, turn, given)
    key = repr(given)
    verdict = judge(leg.turn, turn, same_input=key == leg.kept_input)
    if verdict is Turn.JUST_TAKEN and leg.kept_answer is not None:
        return _reply(work, contact, leg, SPOKEN.validate_json(leg.kept_answer))
    if verdict is not Turn.CURRENT:
        return _afresh(work, contact, leg)
    if isinstance(given, Silence):
        given = listening.meant_by_silence(work, contact, leg)
        if given is None:
            return _reply(work, contact, leg, listening.holding_on(contact), ear=Ear(stays=True))
    return _taken(work, contact, leg, _act(work, contact, leg, given, found.known), key)


def rescue(work: Work, leg_id: str) -> Reply:
    """Something failed while a citizen's turn was taken: one calm sentence and a person, whatever the turn was."""
    contact, leg = lock(work, leg_id)
    if leg.role is not Role.CITIZEN or leg.goal is not Goal.FLOW or leg.ended_at is not None:
        return _afresh(work, contact, leg)
    return _taken(work, contact, leg, flow.decide(work, contact, Broke()), "rescue")


def recording_kept(work: Work, leg_id: str, call_id: str, turn: int | None, message: MessageRecorded) -> None:
    """The carrier has a recording ready. The line itself tells the same, sooner or later or never. Raises `UnknownLeg`."""
    contact, leg = lock(work, leg_id)
    if leg.call_id != call_id or turn != leg.turn or flow.on_plan(work, contact).state.place is not Place.MESSAGE:
        return
    if leg.ended_at is not None:
        _last_words(work, contact, leg, turn, message)
        return
    # Whoever is still on the line hears the thanks when it asks, too late by then to leave the message again.
    due = SPOKEN.dump_json(flow.step(work, contact, message)).decode()
    legs.change(work.db, leg.id, turn=leg.turn + 1, kept_input=None, kept_answer=None, due_answer=due)


def whisper_to_person(work: Work, leg_id: str) -> tuple[Say, Flow]:
    """What a named employee hears on picking up, and the voices to say it with. Raises `UnknownLeg`."""
    contact, _ = lock(work, leg_id)
    return offers.words(work, contact, "whisper_person"), flow.on_plan(work, contact).plan.flow


def person_reached(work: Work, leg_id: str, *, has_pressed: bool) -> None:
    """Somebody outside has taken the call: an employee pressed 1, or a number that is not asked for it was picked up.

    Noted when it happens, because the caller may hang up first, and then nothing else tells.
    """
    contact, leg = lock(work, leg_id)
    state = flow.on_plan(work, contact).state
    is_taken = state.place is Place.DIALLING and (has_pressed or state.entry is None)
    known = {fact.kind for fact in events.of_contact(work.db, contact.id)}
    if is_taken and Fact.PERSON_REACHED not in known:
        work.record(Fact.PERSON_REACHED, contact=contact.id, leg=leg.id, data={"entry": state.entry})


def _act(
    work: Work, contact: Contact, leg: Leg, given: Event | Words | None, known: Circumstances | None = None
) -> Step:
    if leg.goal is Goal.GONE:
        return Step(spoken=(HangUp(),))
    if leg.role is Role.AGENT:
        return Step(spoken=agent_turns.act(work, contact, leg, given))
    if leg.goal is Goal.CALLED_BACK:
        return Step(spoken=callback_turns.act(work, contact, leg, given))
    if leg.goal is Goal.CONFERENCE:
        left = conversation.citizen_left_room(work, contact.id, leg)
        return Step(spoken=(_meet(leg),) if left is None else left)
    if given is None:
        return Step(spoken=flow.ask_again(work, contact, known))
    event = flow.hear(work, contact, given) if isinstance(given, Words) else given
    return flow.decide(work, contact, event, known)


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
    if leg.goal is Goal.CALLED_BACK:
        return _reply(work, contact, leg, callback_turns.question(work, contact))
    if leg.role is Role.CITIZEN:
        return _reply(work, contact, leg, flow.ask_again(work, contact))
    meeting = meeting_of(work, leg)
    if meeting is None or meeting.engagement.state is not EngagementState.RINGING or leg.turn == 0:
        return _taken(work, contact, leg, _act(work, contact, leg, None), "")
    return _reply(work, contact, leg, (agent_turns.whisper(work, meeting),))


def _taken(work: Work, contact: Contact, leg: Leg, step: Step, key: str) -> Reply:
    """The turn is taken: the answer is kept, and the next sign of life is due.

    What was decided may have given the leg another goal and another turn already.
    """
    turn = turns.taken(
        work.db,
        leg,
        step.moved,
        kept_input=key,
        kept_answer=SPOKEN.dump_json(step.spoken).decode(),
        due=work.now + _heartbeat(step.spoken),
    )
    return _reply(work, contact, leg, step.spoken, turn=turn)


def _heartbeat(spoken: tuple[Spoken, ...]) -> timedelta:
    if any(isinstance(action, Wait) for action in spoken):
        return _WAITING_HEARTBEAT
    if any(isinstance(action, Meet) for action in spoken):
        return _TALK_HEARTBEAT
    return _QUESTION_HEARTBEAT


def _last_words(work: Work, contact: Contact, leg: Leg, turn: int | None, given: Event | Words | None) -> Reply:
    """The line has closed. A message recorded, or a talk with a named person, still counts.

    The carrier tells the end of the call and what came before it in any order: most callers end a message by hanging up.
    """
    if isinstance(given, MessageRecorded | PersonAnswered) and turn == leg.turn:
        flow.step(work, contact, given)
        contact = _contact(work, leg)
        judge_anew(work, contact)
    if leg.ended_at is None:
        lines.over(work, contact, leg, LegStatus.COMPLETED)
    return _reply(work, contact, leg, (HangUp(),))


def _contact(work: Work, leg: Leg) -> Contact:
    contact = contacts.locked(work.db, leg.contact_id)
    assert contact is not None
    return contact


def _reply(
    work: Work,
    contact: Contact,
    leg: Leg,
    spoken: tuple[Spoken, ...],
    turn: int | None = None,
    ear: Ear | None = None,
) -> Reply:
    loaded = work.plans.version(work.db, contact.plan_version)
    turn = leg.turn if turn is None else turn
    if ear is None and leg.role is Role.CITIZEN:
        ear = listening.ear_for(work, leg.id, turn, spoken, loaded.plan.flow)
    return Reply(
        leg=leg.id,
        turn=turn,
        spoken=spoken,
        flow=loaded.plan.flow,
        number=loaded.line(contact.line).number,
        contact=contact.id,
        ear=ear,
    )
