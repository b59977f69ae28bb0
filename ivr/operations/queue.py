"""Joining and leaving the line."""

from ivr.adapters.store import contacts, queue
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.flow.actions import Enqueue
from ivr.domain.routing.queue import EntryState, QueueClass
from ivr.operations.work import Work


def join(work: Work, contact: Contact, enqueue: Enqueue) -> None:
    """The caller joins the line; a meeting may be possible after this commit."""
    queue_class = QueueClass.ORDINARY
    entered_at = contact.started_at if enqueue.from_start else work.now
    if enqueue.returned:
        queue_class = QueueClass.RETURNED
        before = queue.latest(work.db, contact.id)
        entered_at = before.entered_at if before is not None else entered_at
    if enqueue.urgent:
        queue_class = QueueClass.URGENT
    queue.add(
        work.db,
        {
            "id": work.new_id(),
            "contact_id": contact.id,
            "group_id": enqueue.group,
            "state": EntryState.WAITING,
            "queue_class": int(queue_class),
            "skill": enqueue.skill,
            "required_level": enqueue.required_level,
            "language": contact.language,
            "entered_at": entered_at,
            "rank_at": entered_at,
        },
    )
    contacts.change(work.db, contact.id, group_id=enqueue.group)
    work.record(Fact.QUEUED, contact=contact.id, data={"group": enqueue.group, "class": queue_class.name.lower()})
    work.meeting_possible = True


def leave(work: Work, entry: Entry, state: EntryState, fact: Fact) -> None:
    """The entry ends in `state`; whoever was offered it must be told by the caller of this function."""
    queue.change(work.db, entry.id, state=state, left_at=work.now)
    waited = round((work.now - entry.entered_at).total_seconds(), 1)
    work.record(fact, contact=entry.contact_id, data={"group": entry.group_id, "waited_seconds": waited})


def to_front(work: Work, entry: Entry, *, excluding: str | None = None) -> None:
    """Back to waiting by our fault: ahead of ordinary callers, the time of entry untouched."""
    queue_class = min(entry.queue_class, QueueClass.RETURNED)
    excluded = entry.excluded_agents if excluding is None else (*entry.excluded_agents, excluding)
    queue.change(
        work.db,
        entry.id,
        state=EntryState.WAITING,
        queue_class=int(queue_class),
        excluded_agents=list(excluded),
    )
    work.meeting_possible = True
