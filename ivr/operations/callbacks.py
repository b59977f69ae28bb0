"""Promises to call back: given, kept, tried again, cancelled, or overtaken by a call of the citizen's own.

The place in line is an ordinary entry, matched in its turn. While a line of the citizen is open, and between two tries,
it is held: nobody is offered it, and it loses nothing by that.
"""

from dataclasses import replace
from datetime import timedelta

from ivr.adapters.store import callbacks, contacts, engagements, legs, queue
from ivr.adapters.store.callbacks import Callback
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal
from ivr.domain.flow.actions import Enqueue, PromiseCallback
from ivr.domain.flow.facts import Promised
from ivr.domain.language import Language
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy, CallbackState, is_kept
from ivr.domain.routing.engagements import EngagementState
from ivr.domain.routing.queue import EntryState
from ivr.operations import callback_lines, callback_texts
from ivr.operations import engagements as offers
from ivr.operations.contacts import close_if_over
from ivr.operations.work import Work

LINE_OPEN_HOLD = timedelta(seconds=60)
"""How long the entry is held for a line of the citizen that is still open, before it is looked at again."""

_NOT_TALKING = (EntryState.CALLBACK, EntryState.OFFERED)


def promise(work: Work, contact: Contact, wish: PromiseCallback) -> None:
    """The caller is to be rung and may hang up; an offer that rings for them at this moment is withdrawn."""
    entry = queue.live(work.db, contact.id, lock=True)
    if entry is None or entry.state not in (EntryState.WAITING, EntryState.OFFERED) or contact.caller is None:
        return
    offers.withdraw(work, contact, entry)
    if _is_promised_already(work, contact):
        queue.change(work.db, entry.id, state=EntryState.CLOSED, left_at=work.now)
        work.record(Fact.CALLBACK_PROMISED, contact=contact.id, data={"group": entry.group_id, "again": True})
        return
    # Until the line is closed: an agent who is quicker than the goodbye would find it busy.
    held = work.now + LINE_OPEN_HOLD
    queue.change(work.db, entry.id, state=EntryState.CALLBACK, callback_at=work.now, held_until=held)
    callback_id = work.new_id()
    callbacks.add(
        work.db,
        {
            "id": callback_id,
            "contact_id": contact.id,
            "entry_id": entry.id,
            "group_id": entry.group_id,
            "caller_pseudonym": contact.caller_pseudonym,
            "topic": contact.topic or "",
            "language": contact.language,
            "asked_at": work.now,
            "promised_until": wish.until,
        },
    )
    data = {"group": entry.group_id, "until": wish.until.isoformat()}
    work.record(Fact.CALLBACK_PROMISED, contact=contact.id, data=data)
    callback_texts.send(work, contact, callback_id, "sms_callback_promised", when=wish.when)


def _is_promised_already(work: Work, contact: Contact) -> bool:
    """Whether another call of the number, on the line at the same time, has been promised the same."""
    found = callbacks.open_of(work.db, contact.caller_pseudonym or "")
    return any(callback.topic == (contact.topic or "") for callback in found)


def promised_to(work: Work, contact: Contact) -> tuple[Promised, ...]:
    """The callbacks that the calling number waits for, of which the talk has not begun."""
    if contact.caller_pseudonym is None:
        return ()
    groups = work.plans.version(work.db, contact.plan_version).plan.groups
    return tuple(
        Promised(
            callback=found.id,
            entry=found.entry_id,
            group=found.group_id,
            topic=found.topic or None,
            language=Language(found.language),
            until=found.promised_until,
        )
        for found in callbacks.open_of(work.db, contact.caller_pseudonym)
        if found.contact_id != contact.id and found.group_id in groups
    )


def rings_back(contact: Contact) -> PhoneNumber | None:
    """The calling number, where somebody can be reached on it."""
    number = PhoneNumber(contact.caller) if contact.caller is not None else None
    return number if number is not None and number.may_be_called else None


def in_its_place(work: Work, contact: Contact, wish: Enqueue) -> Enqueue:
    """Whoever calls in about what a callback was promised for is in line in its place, and is not rung as well."""
    if contact.caller_pseudonym is None or wish.returned:
        return wish
    topic = wish.topic or ""
    found = [one for one in callbacks.open_of(work.db, contact.caller_pseudonym) if one.topic == topic]
    for callback in found:
        if callback.contact_id != contact.id and _end(work, callback, CallbackState.TAKEN_OVER):
            return replace(wish, place_of=callback.entry_id)
    return wish


def cancel(work: Work, callback_id: str) -> None:
    """The citizen no longer wants to be rung."""
    callback = callbacks.get(work.db, callback_id)
    if callback is not None:
        _end(work, callback, CallbackState.CANCELLED)


def cancel_by_text(work: Work, sender: PhoneNumber, body: str) -> int:
    """A text to one of our numbers: with the word for it, all that its number was promised is cancelled. How many."""
    found = callbacks.open_of(work.db, sender.pseudonym(work.secret))
    if not found or not callback_texts.asks_to_cancel(work, body):
        return 0
    ended = [callback for callback in found if _end(work, callback, CallbackState.CANCELLED)]
    for callback in ended:
        contact = contacts.get(work.db, callback.contact_id)
        if contact is not None:
            callback_texts.send(work, contact, callback.id, "sms_callback_cancelled")
    return len(ended)


def _end(work: Work, callback: Callback, how: CallbackState) -> bool:
    """End a promise before anybody has talked; False when that has happened, or it has ended otherwise."""
    contact = contacts.locked(work.db, callback.contact_id)
    citizen = legs.citizen(work.db, callback.contact_id, lock=True)
    entry = queue.get(work.db, callback.entry_id, lock=True)
    now = callbacks.of_entry(work.db, callback.entry_id)
    if contact is None or entry is None or now is None or now.state is not CallbackState.OPEN:
        return False
    if entry.state not in _NOT_TALKING:
        return False
    offers.withdraw(work, contact, entry, farewell="callback_withdrawn")
    callback_lines.call_off(work, citizen)
    queue.change(work.db, entry.id, state=EntryState.CLOSED, left_at=work.now, held_until=None)
    _note_end(work, now, how)
    close_if_over(work, contact)
    return True


def line_over(work: Work, contact: Contact, leg: Leg) -> bool:
    """A citizen's line has closed. Whether that was a matter of a callback, whose place is not given up by it."""
    entry = queue.live(work.db, contact.id, lock=True)
    if entry is None or entry.callback_at is None:
        return False
    if entry.state is EntryState.CALLBACK:
        # The place was held for this line.
        queue.change(work.db, entry.id, held_until=None)
        work.meeting_possible = True
        return True
    engagement = engagements.holding(work.db, entry.id)
    is_called = engagement is not None and engagement.state is EngagementState.ACCEPTED
    if not is_called or leg.goal not in (Goal.CALLED_BACK, Goal.CONFERENCE):
        return False
    meeting = offers.lock_meeting(work, engagement.id) if engagement is not None else None
    if meeting is not None:
        _unanswered(work, meeting)
    return meeting is not None


def _unanswered(work: Work, meeting: offers.Meeting) -> None:
    """Nobody answered who would talk: the agent is free again, and the citizen is rung again after a pause, or no more."""
    callback = callbacks.of_entry(work.db, meeting.entry.id)
    offers.end_offer(work, meeting, EngagementState.CANCELLED, farewell="callback_unanswered")
    if callback is None or callback.state is not CallbackState.OPEN:
        return
    policy = offers.group_of(work, meeting).callback or CallbackPolicy()
    tries = callback.tries + 1
    callbacks.change(work.db, callback.id, tries=tries)
    work.record(Fact.CALLBACK_UNANSWERED, contact=meeting.contact.id, data={"try": tries})
    if tries < policy.tries:
        pause = work.now + policy.pause
        queue.change(work.db, meeting.entry.id, state=EntryState.CALLBACK, held_until=pause)
        return
    queue.change(work.db, meeting.entry.id, state=EntryState.CLOSED, left_at=work.now)
    _note_end(work, callback, CallbackState.UNREACHED)
    callback_texts.send(work, meeting.contact, callback.id, "sms_callback_unreached")


def reached(work: Work, entry: Entry) -> None:
    """The two are talking: the promise is kept, or was missed."""
    callback = callbacks.of_entry(work.db, entry.id)
    if callback is not None and callback.state is CallbackState.OPEN:
        _note_end(work, callback, CallbackState.REACHED)


def given_up(work: Work, entry: Entry) -> None:
    """The citizen has answered, waited for an agent once more, and hung up."""
    callback = callbacks.of_entry(work.db, entry.id)
    if callback is not None and callback.state is CallbackState.OPEN:
        _note_end(work, callback, CallbackState.GIVEN_UP)


def _note_end(work: Work, callback: Callback, how: CallbackState) -> None:
    callbacks.change(work.db, callback.id, state=how, ended_at=work.now)
    kept = is_kept(callback.promised_until, callback.first_called_at, work.now, work.now)
    work.record(Fact.CALLBACK_ENDED, contact=callback.contact_id, data={"how": how, "kept": kept})


def tell_late(work: Work, callback_id: str) -> None:
    """The window has ended and nobody has called: the citizen is told, and the place stays."""
    seen = callbacks.get(work.db, callback_id)
    contact = contacts.locked(work.db, seen.contact_id) if seen is not None else None
    callback = callbacks.get(work.db, callback_id) if contact is not None else None
    if contact is None or callback is None or callback.state is not CallbackState.OPEN:
        return
    if callback.first_called_at is not None or callback.told_late_at is not None:
        return
    callbacks.change(work.db, callback_id, told_late_at=work.now)
    work.record(Fact.CALLBACK_LATE, contact=contact.id, data={"group": callback.group_id})
    callback_texts.send(work, contact, callback_id, "sms_callback_late")


def let_in(work: Work, entry_id: str) -> None:
    """The hold of an entry is over: back among those who may be offered, unless a line of the citizen is still open."""
    seen = queue.get(work.db, entry_id)
    contact = contacts.locked(work.db, seen.contact_id) if seen is not None else None
    entry = queue.get(work.db, entry_id, lock=True) if contact is not None else None
    if entry is None or entry.held_until is None or entry.held_until > work.now:
        return
    citizen = legs.citizen(work.db, entry.contact_id)
    is_open = citizen is not None and citizen.ended_at is None
    queue.change(work.db, entry_id, held_until=work.now + LINE_OPEN_HOLD if is_open else None)
    work.meeting_possible = not is_open
