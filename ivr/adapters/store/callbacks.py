"""Callbacks: what was promised to whom, how often the citizen was rung, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    Select,
    SmallInteger,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.adapters.store.queue import queue_entries
from ivr.domain.measures.callbacks import PromisedCall
from ivr.domain.routing.callbacks import CallbackState

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("entry_id", Id, ForeignKey("queue_entries.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", Text, nullable=False),
    Column("caller_pseudonym", Text),
    Column("topic", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("promised_until", Moment, nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("first_called_at", Moment),
    Column("told_late_at", Moment),
    Column("ended_at", Moment),
    CheckConstraint("state IN ('" + "', '".join(CallbackState) + "')", name="state_known"),
    CheckConstraint("state = 'open' OR ended_at IS NOT NULL", name="ended_unless_open"),
    # One live promise for each number and topic; a call about no topic in particular counts as one topic.
    Index("uq_callbacks_open", "caller_pseudonym", "topic", unique=True, postgresql_where=text("state = 'open'")),
    Index("ix_callbacks_contact_id", "contact_id"),
    Index("ix_callbacks_entry_id", "entry_id", unique=True),
    Index("ix_callbacks_asked_at", "asked_at"),
    Index("ix_callbacks_promised_until", "promised_until", postgresql_where=text("state = 'open'")),
)


# Written out and not bound: only so is the partial index known to do (`store/queue`).
_IS_OPEN = text("callbacks.state = 'open'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A promise. `topic` is empty where the call was about none; `tries` counts the calls that nobody answered;
    at `told_late_at` the citizen was told that it takes longer than promised."""

    id: str
    contact_id: str
    entry_id: str
    group_id: str
    caller_pseudonym: str | None
    topic: str
    language: str
    state: CallbackState
    asked_at: datetime
    promised_until: datetime
    tries: int
    first_called_at: datetime | None
    told_late_at: datetime | None
    ended_at: datetime | None


def _callback(row: Row[Any] | None) -> Callback | None:
    return None if row is None else Callback(**{**row._mapping, "state": CallbackState(row.state)})


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A new promise."""
    db.execute(insert(callbacks).values(state=CallbackState.OPEN, **values))


def get(db: Connection, callback_id: str) -> Callback | None:
    """One promise."""
    return _callback(db.execute(select(callbacks).where(callbacks.c.id == callback_id)).first())


def of_entry(db: Connection, entry_id: str) -> Callback | None:
    """The promise by which an entry is in line. It changes with the contact locked."""
    return _callback(db.execute(select(callbacks).where(callbacks.c.entry_id == entry_id)).first())


def open_of(db: Connection, pseudonym: str) -> tuple[Callback, ...]:
    """What a number has been promised and still waits for, the earliest first."""
    return _all(db, select(callbacks).where(callbacks.c.caller_pseudonym == pseudonym, _IS_OPEN))


def late(db: Connection, now: datetime, limit: int) -> tuple[Callback, ...]:
    """Open promises whose window has ended before the citizen was called, and of which nobody has been told."""
    overdue = (callbacks.c.promised_until <= now, callbacks.c.first_called_at.is_(None))
    query = select(callbacks).where(_IS_OPEN, *overdue, callbacks.c.told_late_at.is_(None))
    return _all(db, query.limit(limit))


def open_by_group(db: Connection) -> dict[str, int]:
    """How many citizens of each group wait to be called back; a group with none is left out."""
    group = callbacks.c.group_id
    rows = db.execute(select(group, func.count().label("open")).where(_IS_OPEN).group_by(group))
    return {row.group_id: row.open for row in rows}


def asked_between(
    db: Connection, *, since: datetime, until: datetime, group: str | None = None
) -> tuple[PromisedCall, ...]:
    """The callbacks that were asked for in `since` … `until`, whatever became of them."""
    made = callbacks.c
    query = (
        select(made.state, queue_entries.c.entered_at, made.promised_until, made.first_called_at, made.ended_at)
        .join(queue_entries, queue_entries.c.id == made.entry_id)
        .where(made.asked_at >= since, made.asked_at < until)
    )
    rows = db.execute(query if group is None else query.where(made.group_id == group))
    return tuple(PromisedCall(**{**row._mapping, "state": CallbackState(row.state)}) for row in rows)


def _all(db: Connection, query: Select[Any]) -> tuple[Callback, ...]:
    rows = db.execute(query.order_by(callbacks.c.asked_at))
    return tuple(found for row in rows if (found := _callback(row)) is not None)


def change(db: Connection, callback_id: str, **values: Any) -> None:
    """Write some columns of a promise whose contact this transaction has locked."""
    db.execute(update(callbacks).where(callbacks.c.id == callback_id).values(**values))
