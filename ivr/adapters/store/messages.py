"""Messages that callers left, to be dealt with by a group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Table, Text, insert, select, text

from ivr.adapters.store.base import Id, Moment, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", Text, nullable=False),
    Column("topic", Text),
    Column("recording", Text, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("left_at", Moment, nullable=False),
    Column("handled_at", Moment),
    Column("handled_by", Id, ForeignKey("agents.id")),
    Index("ix_messages_open", "group_id", "left_at", postgresql_where=text("handled_at IS NULL")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    contact_id: str
    group_id: str
    topic: str | None
    recording: str
    seconds: int
    left_at: datetime
    handled_at: datetime | None
    handled_by: str | None


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A message was left."""
    db.execute(insert(messages).values(**values))


def unheard(db: Connection, groups: frozenset[str]) -> tuple[Message, ...]:
    """Messages to these groups that nobody has dealt with, oldest first."""
    rows = db.execute(
        select(messages)
        .where(messages.c.handled_at.is_(None), messages.c.group_id.in_(sorted(groups)))
        .order_by(messages.c.left_at)
    )
    return tuple(Message(**row._mapping) for row in rows)
