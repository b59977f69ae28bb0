"""Messages that callers left, to be dealt with by a group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.directory import directory

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
    Column("handled_at", Moment),
    Column("handled_by", Id, ForeignKey("agents.id")),
    Index("ix_messages_open", "group_id", "left_at", postgresql_where=text("handled_at IS NULL")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with who left it: `caller` is E.164, None where it is hidden, anonymous or forgotten by now.

    `entry` is the directory's id of the employee who was asked for, and `employee` the name, or the id for somebody who
    is in the directory no more.
    """

    id: str
    contact_id: str
    group_id: str
    topic: str | None
    entry: str | None
    recording: str
    seconds: int
    left_at: datetime
    handled_at: datetime | None
    handled_by: str | None
    caller: str | None
    anonymous: bool
    employee: str | None


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A message was left."""
    db.execute(insert(messages).values(**values))


def get(db: Connection, message_id: str) -> Message | None:
    """The message as committed, without a lock."""
    row = db.execute(_whole().where(messages.c.id == message_id)).first()
    return None if row is None else Message(**row._mapping)


def unheard(db: Connection, groups: frozenset[str] | None) -> tuple[Message, ...]:
    """Messages to these groups that nobody has dealt with, oldest first; None means every group."""
    rows = db.execute(_whole().where(*_open_to(groups)).order_by(messages.c.left_at, messages.c.id))
    return tuple(Message(**row._mapping) for row in rows)


def count_unheard(db: Connection, groups: frozenset[str] | None) -> int:
    """How many messages `unheard` gives."""
    return int(db.execute(select(func.count()).select_from(messages).where(*_open_to(groups))).scalar_one())


def handle(db: Connection, message_id: str, agent_id: str, now: datetime) -> bool:
    """Dealt with by this agent from now on; False when somebody was first."""
    handled = db.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.handled_at.is_(None))
        .values(handled_at=now, handled_by=agent_id)
    )
    return bool(handled.rowcount)


def _whole() -> Select[Any]:
    employee = func.coalesce(directory.c.name, messages.c.entry).label("employee")
    whole = select(messages, contacts.c.caller, contacts.c.anonymous, employee)
    whole = whole.join(contacts, contacts.c.id == messages.c.contact_id)
    return whole.outerjoin(directory, directory.c.id == messages.c.entry)


def _open_to(groups: frozenset[str] | None) -> tuple[ColumnElement[bool], ...]:
    is_open = messages.c.handled_at.is_(None)
    return (is_open,) if groups is None else (is_open, messages.c.group_id.in_(sorted(groups)))
