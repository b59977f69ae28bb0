"""Joining and leaving the line."""

from datetime import datetime, timedelta

from ivr.adapters.store import contacts, legs, queue
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.flow.actions import Enqueue
from ivr.domain.routing.groups import Group
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import Asked
from ivr.domain.routing.queue import EntryState, QueueClass
from ivr.operations import callback_lines, patience
from ivr.operations.preference import preference
from ivr.operations.work import Work

# Longer than it takes to end a call that was called off, whose report lets the entry in again.
_CALLED_OFF_HOLD = timedelta(seconds=30)


def join(work: Work, contact: Contact, enqueue: Enqueue) -> None:
    """The caller joins the line; a meeting may be possible after this commit."""
    queue_class = QueueClass.RETURNED if enqueue.returned else QueueClass.ORDINARY
    before = _before(work, contact, enqueue)
    first = contact.started_at if enqueue.from_start else work.now
    entered_at = before.entered_at if before is not None else first
    if enqueue.urgent:
        queue_class = QueueClass.URGENT
    group = work.plans.version(work.db, contact.plan_version).group(enqueue.group, contact.line)
    asked = _asked(work, contact, enqueue, group, entered_at)
    values = {
        "id": work.new_id(),
        "contact_id": contact.id,
        "group_id": enqueue.group,
        "state": EntryState.WAITING,
        "queue_class": int(queue_class),
        "language": contact.language,
        "entered_at": entered_at,
        "place_of": enqueue.place_of,
    }
    stands = patience.joining(work, asked, group.steps)
    queue.add(work.db, values, asked, stands)
    contacts.change(work.db, contact.id, group_id=enqueue.group)
    data = {
        "entry": values["id"],
        "group": enqueue.group,
        "class": queue_class.name.lower(),
        "needs": stands.needs.key,
    }
    work.record(Fact.QUEUED, contact=contact.id, data=data)
    work.meeting_possible = True


def _before(work: Work, contact: Contact, enqueue: Enqueue) -> Entry | None:
    """The entry whose wait goes on: that of a call that was dropped, or this contact's own."""
    if enqueue.place_of is not None:
        return queue.get(work.db, enqueue.place_of)
    return queue.latest(work.db, contact.id) if enqueue.returned else None


def _asked(work: Work, contact: Contact, enqueue: Enqueue, group: Group, entered_at: datetime) -> Asked:
    """What the caller asks for. Whoever is in danger waits for nobody in particular."""
    wanted = None if enqueue.urgent else preference(work, contact, group, enqueue.topic)
    is_lenient = bool(enqueue.preferred)
    return Asked(
        needs=Needs(groups=(enqueue.group,), skills=enqueue.skills, agent=wanted.agent if wanted else None),
        entered_at=entered_at,
        preferred_until=work.now + wanted.wait if wanted else None,
        lenient=enqueue.preferred,
        lenient_at=entered_at + timedelta(seconds=enqueue.preferred_seconds) if is_lenient else None,
    )


def leave(work: Work, entry: Entry, state: EntryState, fact: Fact) -> None:
    """The entry ends in `state`; whoever was offered it must be told by the caller of this function."""
    queue.change(work.db, entry.id, state=state, left_at=work.now)
    waited = round((work.now - entry.entered_at).total_seconds(), 1)
    work.record(fact, contact=entry.contact_id, data={"group": entry.group_id, "waited_seconds": waited})


def to_front(work: Work, entry: Entry, *, excluding: str | None = None) -> None:
    """Back to waiting by our fault: ahead of ordinary callers, the time of entry untouched, and for nobody alone.

    A citizen who is to be rung heard nothing of it, and only keeps the place.
    """
    excluded = entry.excluded_agents if excluding is None else (*entry.excluded_agents, excluding)
    citizen = legs.citizen(work.db, entry.contact_id)
    if callback_lines.is_to_be_rung(entry, citizen):
        is_open = callback_lines.call_off(work, citizen)
        held = work.now + _CALLED_OFF_HOLD if is_open else None
        values: dict[str, object] = {"state": EntryState.CALLBACK, "held_until": held}
    else:
        values = {"state": EntryState.WAITING, "queue_class": int(min(entry.queue_class, QueueClass.RETURNED))}
    queue.change(work.db, entry.id, excluded_agents=list(excluded), **values)
    if entry.needs.agent is not None:
        patience.let_go(work, entry)
    work.meeting_possible = True
