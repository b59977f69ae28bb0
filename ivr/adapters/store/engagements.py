"""Engagements: whatever occupies an agent, from offer to the end of wrap-up, with a lease and the reasons for it."""

from collections.abc import Collection, Mapping
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
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.adapters.store.contacts import contacts
from ivr.domain.routing.engagements import HOLDS_ENTRY, LIVE, EngagementState

_LIVE = "state IN ('" + "', '".join(sorted(LIVE)) + "')"

engagements = Table(
    "engagements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent_id", Id, ForeignKey("agents.id"), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("entry_id", Id, ForeignKey("queue_entries.id", ondelete="CASCADE"), nullable=False),
    Column("leg_id", Id, ForeignKey("legs.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("decision", JSONB, nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("agent_idle_since", Moment),
    Column("offered_at", Moment, nullable=False),
    Column("ringing_at", Moment),
    Column("accepted_at", Moment),
    Column("connected_at", Moment),
    Column("talk_ended_at", Moment),
    Column("ended_at", Moment),
    Column("desk_accepted_at", Moment),
    CheckConstraint("state IN ('" + "', '".join(EngagementState) + "')", name="state_known"),
    Index("uq_engagements_agent_live", "agent_id", unique=True, postgresql_where=text(_LIVE)),
    Index(
        "uq_engagements_entry_live",
        "entry_id",
        unique=True,
        postgresql_where=text("state IN ('" + "', '".join(sorted(HOLDS_ENTRY)) + "')"),
    ),
    Index("ix_engagements_contact_id", "contact_id"),
    Index("ix_engagements_leg_id", "leg_id"),
    Index("ix_engagements_lease_until", "lease_until", postgresql_where=text(_LIVE)),
    Index("ix_engagements_agent_id_ended_at", "agent_id", "ended_at"),
    Index("ix_engagements_offered_at", "offered_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """An agent's business with a contact.

    `lease_until` is when somebody must look after it; `agent_idle_since` is given back to the agent when the offer ends
    by no fault of the agent's; `desk_accepted_at` spares the agent the key; `decision` says who else could have been chosen and why this one was.
    """

    id: str
    agent_id: str
    contact_id: str
    entry_id: str
    leg_id: str
    state: EngagementState
    decision: Mapping[str, Any]
    lease_until: datetime
    agent_idle_since: datetime | None
    offered_at: datetime
    ringing_at: datetime | None
    accepted_at: datetime | None
    connected_at: datetime | None
    talk_ended_at: datetime | None
    ended_at: datetime | None
    desk_accepted_at: datetime | None


def _engagement(row: Row[Any] | None) -> Engagement | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values.update(state=EngagementState(row.state))
    return Engagement(**values)


def _one(db: Connection, *where: Any, lock: bool) -> Engagement | None:
    query = select(engagements).where(*where)
    return _engagement(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A new offer."""
    db.execute(insert(engagements), values)


def get(db: Connection, engagement_id: str, *, lock: bool = False) -> Engagement | None:
    """One engagement."""
    return _one(db, engagements.c.id == engagement_id, lock=lock)


def of_leg(db: Connection, leg_id: str, *, lock: bool = False) -> Engagement | None:
    """The engagement that an agent's leg was rung for."""
    return _one(db, engagements.c.leg_id == leg_id, lock=lock)


def holding(db: Connection, entry_id: str, *, lock: bool = False) -> Engagement | None:
    """The engagement that binds a queue entry now: ringing, accepted or connected."""
    return _one(db, engagements.c.entry_id == entry_id, engagements.c.state.in_(sorted(HOLDS_ENTRY)), lock=lock)


def live_of_agent(db: Connection, agent_id: str, *, lock: bool = False) -> Engagement | None:
    """What occupies the agent now."""
    return _one(db, engagements.c.agent_id == agent_id, engagements.c.state.in_(sorted(LIVE)), lock=lock)


def any_live(db: Connection, contact_id: str) -> bool:
    """Whether an agent is still occupied with the contact."""
    return (
        db.execute(
            select(engagements.c.id)
            .where(engagements.c.contact_id == contact_id, engagements.c.state.in_(sorted(LIVE)))
            .limit(1)
        ).first()
        is not None
    )


def of_contact(db: Connection, contact_id: str) -> tuple[Engagement, ...]:
    """All engagements of a contact, oldest first."""
    rows = db.execute(
        select(engagements).where(engagements.c.contact_id == contact_id).order_by(engagements.c.offered_at)
    )
    return tuple(found for row in rows if (found := _engagement(row)) is not None)


def change(db: Connection, engagement_id: str, **values: Any) -> None:
    """Write some columns of an engagement that this transaction has locked."""
    db.execute(update(engagements).where(engagements.c.id == engagement_id).values(**values))


def overdue(
    db: Connection, now: datetime, states: Collection[EngagementState] = LIVE, limit: int = 100
) -> tuple[Engagement, ...]:
    """Live engagements of these states whose lease has run out."""
    rows = db.execute(
        select(engagements)
        .where(engagements.c.lease_until <= now, text(_LIVE), engagements.c.state.in_(sorted(states)))
        .order_by(engagements.c.lease_until)
        .limit(limit)
    )
    return tuple(found for row in rows if (found := _engagement(row)) is not None)


def occupied(db: Connection, agent_id: str, since: datetime, now: datetime) -> float:
    """The share, 0 to 1, of the time from `since` to `now` that the agent spent on calls, wrap-up included."""
    began = func.greatest(engagements.c.accepted_at, since)
    seconds = func.sum(func.extract("epoch", func.coalesce(engagements.c.ended_at, now) - began))
    spent = db.execute(
        select(seconds).where(
            engagements.c.agent_id == agent_id,
            engagements.c.accepted_at.is_not(None),
            (engagements.c.ended_at > since) | engagements.c.ended_at.is_(None),
        )
    ).scalar_one()
    return min(1.0, float(spent or 0) / max(1.0, (now - since).total_seconds()))


def last_agent(db: Connection, caller_pseudonym: str, group_id: str, since: datetime) -> str | None:
    """Whom the caller spoke to last in the group."""
    spoke = (
        select(engagements.c.agent_id)
        .join(contacts, contacts.c.id == engagements.c.contact_id)
        .where(
            contacts.c.caller_pseudonym == caller_pseudonym,
            contacts.c.group_id == group_id,
            contacts.c.started_at > since,
            engagements.c.connected_at.is_not(None),
        )
    )
    found: str | None = db.execute(spoke.order_by(engagements.c.connected_at.desc()).limit(1)).scalar_one_or_none()
    return found
