"""Places in line that a caller has lost lately, found again by the calling number's pseudonym."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.queue import queue_entries
from ivr.domain.routing.queue import EntryState, QueueClass

# No call lasts longer at the carrier (Twilio's blog of 2 August 2021, configurable call limits): whose line ended just now
# called within this time. It keeps a telephone that a whole firm calls from, month after month, from being read through.
_LONGEST_CALL = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostEntry:
    """An entry that ended with its caller's line. `talk_began_at` where the line ended in a talk, else None."""

    id: str
    contact_id: str
    topic: str | None
    group_id: str
    queue_class: QueueClass
    left_at: datetime
    talk_began_at: datetime | None


_regained = queue_entries.alias("regained")

_TALK_BEGAN_AT = (
    select(func.max(engagements.c.connected_at))
    .where(engagements.c.contact_id == queue_entries.c.contact_id, engagements.c.entry_id == queue_entries.c.id)
    .scalar_subquery()
)


def lost_by(db: Connection, pseudonym: str, line: str, since: datetime) -> tuple[LostEntry, ...]:
    """Entries that callers of this number to `line` left at `since` or later by hanging up or being cut off, latest first.

    Once regained an entry is not found again, and neither is the one that took its place.
    """
    rows = db.execute(
        select(
            queue_entries.c.id,
            queue_entries.c.contact_id,
            contacts.c.topic,
            queue_entries.c.group_id,
            queue_entries.c.queue_class,
            queue_entries.c.left_at,
            case((queue_entries.c.state == EntryState.CLOSED, _TALK_BEGAN_AT)).label("talk_began_at"),
        )
        .join_from(contacts, queue_entries, queue_entries.c.contact_id == contacts.c.id)
        .outerjoin(_regained, _regained.c.place_of == queue_entries.c.id)
        .where(
            contacts.c.caller_pseudonym == pseudonym,
            contacts.c.started_at >= since - _LONGEST_CALL,
            contacts.c.line == line,
            contacts.c.resolved.is_distinct_from("yes"),
            queue_entries.c.left_at >= since,
            queue_entries.c.place_of.is_(None),
            _regained.c.id.is_(None),
            queue_entries.c.state.in_([EntryState.ABANDONED, EntryState.CLOSED]),
            # Written in one transaction where the line took the entry with it; a talk that an agent ended was over before.
            queue_entries.c.left_at == contacts.c.line_ended_at,
        )
        .order_by(queue_entries.c.left_at.desc())
    )
    return tuple(LostEntry(**{**row._mapping, "queue_class": QueueClass(row.queue_class)}) for row in rows)
