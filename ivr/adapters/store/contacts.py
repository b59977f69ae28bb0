"""Contacts: one row per approach of a citizen, from the first ring to its one outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Connection, Index, Row, Table, Text, insert, select, update

from ivr.adapters.store.base import ROOM_FOR_THE_NEXT_TURN, Id, Moment, metadata
from ivr.domain.contacts.outcome import Outcome

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("line", Text, nullable=False),
    Column("plan_version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("caller", Text),
    Column("caller_pseudonym", Text),
    Column("anonymous", Boolean, nullable=False, server_default="false"),
    Column("flow_state", Text),
    Column("topic", Text),
    Column("group_id", Text),
    Column("heard", Text),
    Column("started_at", Moment, nullable=False),
    Column("line_ended_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", Text),
    Column("resolved", Text),
    Column("wrap_up_topic", Text),
    Column("wrap_up_reason", Text),
    Column("wrap_up_note", Text),
    Column("cases_found_at", Moment),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="outcome_exactly_when_ended"),
    CheckConstraint("outcome IN ('" + "', '".join(Outcome) + "')", name="outcome_known"),
    CheckConstraint("resolved IN ('yes', 'no', 'not_applicable')", name="resolved_known"),
    CheckConstraint("NOT anonymous OR (caller IS NULL AND caller_pseudonym IS NULL)", name="anonymous_has_no_caller"),
    Index("ix_contacts_open", "started_at", postgresql_where="ended_at IS NULL"),
    Index("ix_contacts_started_at", "started_at"),
    Index("ix_contacts_caller_pseudonym", "caller_pseudonym", "started_at"),
    postgresql_with={"fillfactor": ROOM_FOR_THE_NEXT_TURN},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as it stands. `caller` is E.164 or None; `flow_state` is the machine's own JSON."""

    id: str
    line: str
    plan_version: str
    language: str
    caller: str | None
    caller_pseudonym: str | None
    anonymous: bool
    flow_state: str | None
    topic: str | None
    group_id: str | None
    heard: str | None
    started_at: datetime
    line_ended_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    resolved: str | None
    wrap_up_topic: str | None
    wrap_up_reason: str | None
    wrap_up_note: str | None
    cases_found_at: datetime | None


def _contact(row: Row[Any] | None) -> Contact | None:
    return None if row is None else Contact(**row._mapping)


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A new contact."""
    db.execute(insert(contacts).values(**values))


def locked(db: Connection, contact_id: str) -> Contact | None:
    """The contact, locked until the transaction ends: the first lock of every operation on a call."""
    return _contact(
        db.execute(select(contacts).where(contacts.c.id == contact_id).with_for_update(key_share=True)).first()
    )


def get(db: Connection, contact_id: str) -> Contact | None:
    """The contact as committed, without a lock."""
    return _contact(db.execute(select(contacts).where(contacts.c.id == contact_id)).first())


def change(db: Connection, contact_id: str, **values: Any) -> None:
    """Write some columns of a contact that this transaction has locked."""
    db.execute(update(contacts).where(contacts.c.id == contact_id).values(**values))


def earlier(db: Connection, pseudonym: str, before: datetime, limit: int = 5) -> tuple[Contact, ...]:
    """The caller's latest contacts that began before `before`, newest first."""
    rows = db.execute(
        select(contacts)
        .where(contacts.c.caller_pseudonym == pseudonym, contacts.c.started_at < before)
        .order_by(contacts.c.started_at.desc())
        .limit(limit)
    )
    return tuple(Contact(**row._mapping) for row in rows)


def latest(db: Connection, *, since: datetime, until: datetime, limit: int = 200) -> tuple[Contact, ...]:
    """The log: contacts that began in `since` … `until`, newest first."""
    rows = db.execute(
        select(contacts)
        .where(contacts.c.started_at >= since, contacts.c.started_at < until)
        .order_by(contacts.c.started_at.desc())
        .limit(limit)
    )
    return tuple(Contact(**row._mapping) for row in rows)
