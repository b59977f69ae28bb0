"""One step of a citizen's call: load what the machine needs, let it decide, write what it decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ivr.adapters.store import cases, contacts, messages, orders, queue, retention
from ivr.adapters.store import links as sent
from ivr.adapters.store.circumstances import Circumstances
from ivr.adapters.store.contacts import Contact
from ivr.domain.contacts.facts import Fact
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow import machine
from ivr.domain.flow.actions import (
    Action,
    CancelCallback,
    Deed,
    Enqueue,
    ForgetCaller,
    KeepMessage,
    LeaveLine,
    Note,
    PromiseCallback,
    SendLink,
    Spoken,
)
from ivr.domain.flow.events import Event, Spoke
from ivr.domain.flow.graph import Line
from ivr.domain.flow.state import State
from ivr.domain.heard import Words
from ivr.domain.orders import FetchRecording
from ivr.domain.routing.queue import EntryState
from ivr.operations import callbacks, engagements, links
from ivr.operations import queue as line_up
from ivr.operations.openings import facts_for, standing
from ivr.operations.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPlan:
    """A contact with the version of the plan that it began with."""

    contact: Contact
    plan: DialPlan
    line: Line
    state: State


def on_plan(work: Work, contact: Contact) -> OnPlan:
    """The contact's plan, its number and where the caller stands."""
    plan = work.plans.version(work.db, contact.plan_version).plan
    line = next(line for line in plan.flow.lines.values() if line.id == contact.line)
    state = machine.begin(line) if contact.flow_state is None else State.from_json(contact.flow_state)
    return OnPlan(contact=contact, plan=plan, line=line, state=state)


def hear(work: Work, contact: Contact, words: Words) -> Spoke:
    """What the words may mean, by the matcher of the contact's own plan."""
    matcher = work.plans.matcher(work.db, contact.plan_version, standing(work).employees)
    return Spoke(matcher.hear(words.text, on_plan(work, contact).state.language, words.confidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the caller hears, and where the caller now stands (`turns.STATE`) if that is elsewhere."""

    spoken: tuple[Spoken, ...]
    moved: Mapping[str, str | None] | None = None


def step(work: Work, contact: Contact, event: Event) -> tuple[Spoken, ...]:
    """What the caller hears after `event`. State, deeds and facts are written; the contact must be locked."""
    found = decide(work, contact, event)
    if found.moved is not None:
        contacts.change(work.db, contact.id, **found.moved)
    return found.spoken


def decide(work: Work, contact: Contact, event: Event, known: Circumstances | None = None) -> Step:
    """The same, but that where the caller now stands is left to whoever takes the turn, to be written with it."""
    at = on_plan(work, contact)
    facts = facts_for(work, at.plan, at.line, at.state, contact, known)
    state, actions = machine.advance(at.plan.flow, at.state, event, facts)
    if any(isinstance(action, ForgetCaller) for action in actions):
        # What was said in this very turn is not written down either.
        contact = replace(contact, anonymous=True)
    spoken: list[Spoken] = []
    for action in actions:
        if isinstance(action, Deed):
            _do(work, contact, at.plan, action)
        else:
            spoken.append(action)
    stays = state == at.state and contact.flow_state is not None
    return Step(spoken=tuple(spoken), moved=None if stays else _standing(contact, state))


def ask_again(work: Work, contact: Contact, known: Circumstances | None = None) -> tuple[Spoken, ...]:
    """What the caller was last asked, rendered afresh."""
    at = on_plan(work, contact)
    return machine.again(at.plan.flow, at.state, facts_for(work, at.plan, at.line, at.state, contact, known))


def _standing(contact: Contact, state: State) -> Mapping[str, str | None]:
    """The topic that was last spoken of stays the contact's, though the caller goes back to the open question."""
    return {
        "flow_state": state.to_json().decode(),
        "language": state.language,
        "topic": state.topic or contact.topic,
    }


def _do(work: Work, contact: Contact, plan: DialPlan, action: Action) -> None:
    match action:
        case Enqueue():
            line_up.join(work, contact, callbacks.in_its_place(work, contact, action))
        case LeaveLine(with_message=with_message):
            _leave(work, contact, EntryState.MESSAGE if with_message else EntryState.DEFLECTED)
        case PromiseCallback():
            callbacks.promise(work, contact, action)
        case CancelCallback(callback=callback):
            callbacks.cancel(work, callback)
        case SendLink():
            links.request(work, contact, plan, action)
        case KeepMessage():
            _keep(work, contact, plan, action)
        case ForgetCaller():
            _forget(work, contact)
        case Note(kind=kind, data=data):
            if kind == Fact.HEARD:
                data = _said(work, contact, data)
            work.record(kind, contact=contact.id, data=data)


def _said(work: Work, contact: Contact, heard: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the log may keep of an utterance: not its words where the caller is anonymous."""
    if contact.anonymous:
        return {key: value for key, value in heard.items() if key != "words"}
    if contact.heard is None:
        contacts.change(work.db, contact.id, heard=heard["words"])
    return heard


def _forget(work: Work, contact: Contact) -> None:
    """No trace of the caller: no number in the contact, in links sent before, in the orders to send them; no words."""
    contacts.change(work.db, contact.id, anonymous=True, caller=None, caller_pseudonym=None, heard=None)
    retention.forget_words_of(work.db, contact.id)
    cases.forget_found(work.db, contact.id)
    sent.forget_recipients(work.db, contact.id)
    orders.forget_contents(work.db, contact.id, "send_sms")


def _leave(work: Work, contact: Contact, state: EntryState) -> None:
    entry = queue.live(work.db, contact.id, lock=True)
    if entry is None:
        return
    engagements.withdraw(work, contact, entry)
    line_up.leave(work, entry, state, Fact.LEFT_LINE)


def _keep(work: Work, contact: Contact, plan: DialPlan, message: KeepMessage) -> None:
    """A message waits for the group that was not there, or for the switchboard where that group takes none.

    Its sound is fetched from the carrier as soon as this stands.
    """
    line = next(line for line in plan.flow.lines.values() if line.id == contact.line)
    group = plan.groups[message.group if plan.groups[message.group].takes_messages else line.person_group]
    message_id = work.new_id()
    messages.add(
        work.db,
        {
            "id": message_id,
            "contact_id": contact.id,
            "group_id": group.id,
            "topic": contact.topic,
            "entry": message.entry,
            "recording": message.recording,
            "seconds": message.seconds,
            "left_at": work.now,
            "due_at": plan.calendar.after(group.hours, work.now, group.messages_within),
        },
    )
    work.order(FetchRecording(message=message_id, recording=message.recording), contact=contact.id, leg=None)
