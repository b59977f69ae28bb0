"""The append-only log: every fact, written with the change of state that it tells of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Identity, Index, Table, Text, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from ivr.adapters.store.base import Id, Moment, metadata

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("contact_id", Id),
    Column("leg_id", Id),
    Column("agent_id", Id),
    Column("kind", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Index("ix_events_contact_id", "contact_id", "id"),
    Index("ix_events_kind_at", "kind", "at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedFact:
    id: int
    at: datetime
    contact_id: str | None
    leg_id: str | None
    agent_id: str | None
    kind: str
    data: Mapping[str, Any]


def append(db: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add facts to the log, in one statement."""
    values = list(rows)
    if values:
        db.execute(insert(events), values)


def of_contact(db: Connection, contact_id: str) -> tuple[LoggedFact, ...]:
    """Everything that happened in a contact, in order."""
    rows = db.execute(select(events).where(events.c.contact_id == contact_id).order_by(events.c.id))
    return tuple(LoggedFact(**row._mapping) for row in rows)


def of_kind(db: Connection, kind: str, since: datetime, until: datetime) -> tuple[LoggedFact, ...]:
    """Everything of one kind that happened in `since` … `until`, in order."""
    rows = db.execute(
        select(events).where(events.c.kind == kind, events.c.at >= since, events.c.at < until).order_by(events.c.id)
    )
    return tuple(LoggedFact(**row._mapping) for row in rows)
