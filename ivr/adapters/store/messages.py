"""Messages that callers left, each a task with a deadline for a group, and their sounds.

Until a sound is fetched it lies at the carrier (`fetched_at` is null); then it is ours, and is deleted there
(`deleted_at`). A message that was never fetched and is deleted there has lost its sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from ivr.adapters.store.agents import agents
from ivr.adapters.store.base import Id, Moment, metadata
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.directory import directory
from ivr.adapters.store.orders import orders
from ivr.domain.contacts.messages import MessageOutcome

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", Text, nullable=False),
    Column("topic", Text),
    Column("entry", Text),
    Column("recording", Text, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("left_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("overdue_at", Moment),
    Column("taken_at", Moment),
    Column("taken_by", Id, ForeignKey("agents.id")),
    Column("handled_at", Moment),
    Column("handled_by", Id, ForeignKey("agents.id")),
    Column("outcome", Text),
    Column("fetched_at", Moment),
    Column("deleted_at", Moment),
    Index("ix_messages_open", "group_id", "due_at", postgresql_where=text("handled_at IS NULL")),
    Index("ix_messages_at_carrier", "left_at", postgresql_where=text("deleted_at IS NULL")),
)

message_sounds = Table(
    "message_sounds",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("sound", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with who left it: `caller` is E.164, None where it is hidden, anonymous or forgotten by now.

    `entry` is the directory's id of the employee who was asked for, and `employee` the name, or the id for somebody who
    is in the directory no more. `due_at` is None where the group never opens. `taker` is the name of `taken_by`.
    """

    id: str
    contact_id: str
    group_id: str
    topic: str | None
    entry: str | None
    recording: str
    seconds: int
    left_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    taken_at: datetime | None
    taken_by: str | None
    handled_at: datetime | None
    handled_by: str | None
    outcome: str | None
    fetched_at: datetime | None
    deleted_at: datetime | None
    caller: str | None
    anonymous: bool
    employee: str | None
    taker: str | None

    def is_overdue(self, now: datetime) -> bool:
        """Nobody has dealt with it in time."""
        return self.handled_at is None and self.due_at is not None and self.due_at <= now

    @property
    def is_lost(self) -> bool:
        """The carrier had no sound of it any more when it was to be fetched."""
        return self.fetched_at is None and self.deleted_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """How many messages of a group nobody has dealt with, and until when the first of them should be."""

    count: int
    overdue: int
    first_due: datetime | None


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A message was left."""
    db.execute(insert(messages).values(**values))


def get(db: Connection, message_id: str) -> Message | None:
    """The message as committed, without a lock."""
    row = db.execute(_whole().where(messages.c.id == message_id)).first()
    return None if row is None else Message(**row._mapping)


def unheard(db: Connection, groups: frozenset[str] | None) -> tuple[Message, ...]:
    """Messages to these groups that nobody has dealt with, the first due first; None means every group."""
    rows = db.execute(_whole().where(*_open_to(groups)).order_by(*_BY_DEADLINE))
    return tuple(Message(**row._mapping) for row in rows)


def next_for(db: Connection, groups: frozenset[str], agent_id: str) -> Message | None:
    """What the agent should deal with next: what they have taken, else the first due that nobody has."""
    mine = messages.c.taken_by == agent_id
    found = _whole().where(*_open_to(groups), or_(mine, messages.c.taken_by.is_(None)))
    row = db.execute(found.order_by(messages.c.taken_by.is_(None), *_BY_DEADLINE).limit(1)).first()
    return None if row is None else Message(**row._mapping)


def count_unheard(db: Connection, groups: frozenset[str] | None) -> int:
    """How many messages `unheard` gives."""
    return int(db.execute(select(func.count()).select_from(messages).where(*_open_to(groups))).scalar_one())


def pending(db: Connection, now: datetime) -> Mapping[str, Pending]:
    """What waits, by group; groups for which nothing does are missing."""
    rows = db.execute(
        select(
            messages.c.group_id,
            func.count().label("number"),
            func.count().filter(messages.c.due_at <= now).label("overdue"),
            func.min(messages.c.due_at).label("first_due"),
        )
        .where(messages.c.handled_at.is_(None))
        .group_by(messages.c.group_id)
    )
    return {row.group_id: Pending(count=row.number, overdue=row.overdue, first_due=row.first_due) for row in rows}


def take(db: Connection, message_id: str, agent_id: str, now: datetime) -> bool:
    """This agent's from now on; False when somebody has it, or it is dealt with."""
    free = (messages.c.handled_at.is_(None), messages.c.taken_by.is_(None))
    return _change(db, message_id, *free, taken_at=now, taken_by=agent_id)


def give_back(db: Connection, message_id: str, taken_by: str) -> bool:
    """Anybody's again; False when that agent has it no longer, or has dealt with it."""
    theirs = (messages.c.handled_at.is_(None), messages.c.taken_by == taken_by)
    return _change(db, message_id, *theirs, taken_at=None, taken_by=None)


def handle(db: Connection, message_id: str, agent_id: str, outcome: MessageOutcome, now: datetime) -> bool:
    """Dealt with by this agent from now on; False when somebody was first, or has taken it."""
    mine = or_(messages.c.taken_by.is_(None), messages.c.taken_by == agent_id)
    done = {"handled_at": now, "handled_by": agent_id, "outcome": outcome}
    return _change(db, message_id, messages.c.handled_at.is_(None), mine, **done)


def keep_sound(db: Connection, message_id: str, sound: bytes, now: datetime) -> bool:
    """The sound is ours; False when it was already, or the message has been purged."""
    if not _change(db, message_id, messages.c.fetched_at.is_(None), fetched_at=now):
        return False
    db.execute(insert(message_sounds).values(message_id=message_id, sound=sound))
    return True


def sound_of(db: Connection, message_id: str) -> bytes | None:
    """A WAV; None where it has not been fetched."""
    found = select(message_sounds.c.sound).where(message_sounds.c.message_id == message_id)
    sound: bytes | None = db.execute(found).scalar_one_or_none()
    return sound


def gone_at_carrier(db: Connection, message_id: str, now: datetime) -> bool:
    """The carrier has it no longer; False when that was known."""
    return _change(db, message_id, messages.c.deleted_at.is_(None), deleted_at=now)


def tell_overdue(db: Connection, message_id: str, now: datetime) -> bool:
    """That nobody dealt with it in time is in the log from now on; False when it is already, or somebody has."""
    return _change(db, message_id, *_newly_late(now), overdue_at=now)


def newly_overdue(db: Connection, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
    """Message and contact of those whose deadline has passed without a word of it in the log."""
    found = select(messages.c.id, messages.c.contact_id).where(*_newly_late(now))
    return tuple((row.id, row.contact_id) for row in db.execute(found.order_by(messages.c.due_at).limit(limit)))


def left_at_carrier(db: Connection, now: datetime, rest: timedelta, limit: int) -> tuple[tuple[str, str], ...]:
    """Message and contact of sounds at the carrier about which no order is pending, nor has ended within `rest`."""
    ordered = exists().where(
        orders.c.contact_id == messages.c.contact_id,
        orders.c.kind.in_(("fetch_recording", "delete_recording")),
        or_(orders.c.state == "pending", orders.c.done_at > now - rest),
    )
    found = select(messages.c.id, messages.c.contact_id).where(messages.c.deleted_at.is_(None), ~ordered)
    return tuple((row.id, row.contact_id) for row in db.execute(found.order_by(messages.c.left_at).limit(limit)))


_BY_DEADLINE = (messages.c.due_at.asc().nulls_last(), messages.c.left_at, messages.c.id)


def _change(db: Connection, message_id: str, *only_if: ColumnElement[bool], **values: Any) -> bool:
    changed = db.execute(update(messages).where(messages.c.id == message_id, *only_if).values(**values))
    return bool(changed.rowcount)


def _newly_late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (messages.c.handled_at.is_(None), messages.c.overdue_at.is_(None), messages.c.due_at <= now)


def _whole() -> Select[Any]:
    employee = func.coalesce(directory.c.name, messages.c.entry).label("employee")
    whole = select(messages, contacts.c.caller, contacts.c.anonymous, employee, agents.c.name.label("taker"))
    whole = whole.join(contacts, contacts.c.id == messages.c.contact_id)
    whole = whole.outerjoin(agents, agents.c.id == messages.c.taken_by)
    return whole.outerjoin(directory, directory.c.id == messages.c.entry)


def _open_to(groups: frozenset[str] | None) -> tuple[ColumnElement[bool], ...]:
    is_open = messages.c.handled_at.is_(None)
    return (is_open,) if groups is None else (is_open, messages.c.group_id.in_(sorted(groups)))
