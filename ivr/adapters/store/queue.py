"""The queue: one live entry per waiting contact, its order kept in the row and never computed from the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
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
    any_,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ivr.adapters.store.agents import agents
from ivr.adapters.store.base import Id, Moment, metadata
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import Asked, Standing
from ivr.domain.routing.queue import LINE, LIVE, EntryState, QueueClass

IN_LINE = "state IN ('" + "', '".join(sorted(LINE)) + "') AND held_until IS NULL"
"""SQL of a row of `queue_entries`: in line, and not held."""

# The one agent whom a caller waits for, as `Needs.key` writes it.
_ALONE = "split_part(needs, ';', 3)"

queue_entries = Table(
    "queue_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("queue_class", SmallInteger, nullable=False),
    Column("needs", Text, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("steps_taken", ARRAY(SmallInteger), nullable=False, server_default="{}"),
    Column("change_at", Moment),
    Column("language", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("rank_at", Moment, nullable=False),
    Column("excluded_agents", ARRAY(Id), nullable=False, server_default="{}"),
    Column("connected_at", Moment),
    Column("left_at", Moment),
    Column("place_of", Id, ForeignKey("queue_entries.id", ondelete="SET NULL")),
    Column("callback_at", Moment),
    Column("held_until", Moment),
    CheckConstraint("state IN ('" + "', '".join(EntryState) + "')", name="state_known"),
    CheckConstraint("queue_class BETWEEN 0 AND 2", name="class_known"),
    Index(
        "uq_queue_entries_live",
        "contact_id",
        unique=True,
        postgresql_where=text("state IN ('" + "', '".join(sorted(LIVE)) + "')"),
    ),
    # The only index that knows the order: a second one on the order alone lures the planner away from it.
    Index(
        "ix_queue_entries_heads",
        "group_id",
        "queue_class",
        "needs",
        "rank_at",
        postgresql_where=text(IN_LINE),
    ),
    Index("ix_queue_entries_change_at", "change_at", postgresql_where=text(IN_LINE)),
    Index(
        "ix_queue_entries_alone",
        text(_ALONE),
        postgresql_where=text(f"{IN_LINE} AND {_ALONE} <> ''"),
    ),
    Index("ix_queue_entries_held_until", "held_until", postgresql_where=text("held_until IS NOT NULL")),
    Index("ix_queue_entries_left_at", "left_at"),
    Index("ix_queue_entries_contact_id", "contact_id"),
    # A place is had back once, however many calls ask for it at the same moment.
    Index("uq_queue_entries_place_of", "place_of", unique=True, postgresql_where=text("place_of IS NOT NULL")),
)


_DUE = (queue_entries.c.id, queue_entries.c.contact_id)

_ASKED = TypeAdapter(Asked)

IS_IN_LINE = text(f"queue_entries.{IN_LINE}")
"""Waiting, on the telephone or to be rung, and not held. Written out and not bound, as `IS_LIVE`."""

IS_LIVE = text("queue_entries.state IN ('" + "', '".join(sorted(LIVE)) + "')")
"""Written out and not bound: only so does a plan that is made once know that the index of live entries will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contact's place in line. `connected_at` ends the wait; `left_at` ends the entry.

    `asked` is what the contact joined the line with, `needs` what is left of that after the steps of waiting numbered in
    `steps_taken`; at `change_at` the next may be due. `place_of` is the entry of an earlier call whose place this one has.
    Since `callback_at` the caller is to be rung; until `held_until` nobody is offered the entry, and it keeps its place.
    """

    id: str
    contact_id: str
    group_id: str
    state: EntryState
    queue_class: QueueClass
    needs: Needs
    asked: Asked
    steps_taken: tuple[int, ...]
    change_at: datetime | None
    language: str
    entered_at: datetime
    rank_at: datetime
    excluded_agents: tuple[str, ...]
    connected_at: datetime | None
    left_at: datetime | None
    place_of: str | None
    callback_at: datetime | None
    held_until: datetime | None


def _entry(row: Row[Any] | None) -> Entry | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values.update(
        state=EntryState(row.state),
        queue_class=QueueClass(row.queue_class),
        needs=Needs.parse(row.needs),
        asked=_ASKED.validate_python(row.asked),
        steps_taken=tuple(row.steps_taken),
        excluded_agents=tuple(row.excluded_agents),
    )
    return Entry(**values)


def add(db: Connection, values: Mapping[str, Any], asked: Asked, stands: Standing) -> None:
    """A contact joins the line."""
    written = {"asked": _ASKED.dump_python(asked, mode="json"), **_standing(stands)}
    db.execute(insert(queue_entries).values(**values, **written))


def reconsider(db: Connection, entry_id: str, stands: Standing, asked: Asked | None = None) -> None:
    """Write where waiting has brought an entry; with `asked`, what it asks for from now on."""
    values = _standing(stands) | ({"asked": _ASKED.dump_python(asked, mode="json")} if asked is not None else {})
    db.execute(update(queue_entries).where(queue_entries.c.id == entry_id).values(**values))


def _standing(stands: Standing) -> dict[str, Any]:
    return {
        "needs": stands.needs.key,
        "rank_at": stands.rank_at,
        "steps_taken": sorted(stands.taken),
        "change_at": stands.change_at,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An entry that something has to be done about, and whose it is."""

    entry: str
    contact: str


def to_reconsider(db: Connection, now: datetime, limit: int) -> tuple[Due, ...]:
    """Entries in line that waiting may have changed, longest due first."""
    return _due(db, select(*_DUE).where(queue_entries.c.change_at <= now).order_by(queue_entries.c.change_at), limit)


def kept_for_the_absent(db: Connection, limit: int) -> tuple[Due, ...]:
    """Entries in line that wait for one agent alone who is on break or has gone."""
    gone = select(agents.c.id).where(
        agents.c.state.in_([AgentState.BREAK, AgentState.OFFLINE]), cast(agents.c.id, Text) == text(_ALONE)
    )
    return _due(db, select(*_DUE).where(text(f"{_ALONE} <> ''"), gone.exists()), limit)


def held(db: Connection, now: datetime, limit: int) -> tuple[Due, ...]:
    """Entries whose hold is over, longest due first."""
    query = select(*_DUE).where(queue_entries.c.held_until <= now).order_by(queue_entries.c.held_until)
    return _owed(db, query, limit)


def _due(db: Connection, query: Select[Any], limit: int) -> tuple[Due, ...]:
    return _owed(db, query.where(IS_IN_LINE), limit)


def _owed(db: Connection, query: Select[Any], limit: int) -> tuple[Due, ...]:
    rows = db.execute(query.limit(limit))
    return tuple(Due(entry=row.id, contact=row.contact_id) for row in rows)


def live(db: Connection, contact_id: str, *, lock: bool = False) -> Entry | None:
    """The contact's live entry."""
    query = select(queue_entries).where(queue_entries.c.contact_id == contact_id, IS_LIVE)
    return _entry(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def latest(db: Connection, contact_id: str) -> Entry | None:
    """The contact's last entry, live or not."""
    return _entry(
        db.execute(
            select(queue_entries)
            .where(queue_entries.c.contact_id == contact_id)
            .order_by(queue_entries.c.entered_at.desc(), queue_entries.c.id.desc())
            .limit(1)
        ).first()
    )


def get(db: Connection, entry_id: str, *, lock: bool = False) -> Entry | None:
    """One entry."""
    query = select(queue_entries).where(queue_entries.c.id == entry_id)
    return _entry(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def change(db: Connection, entry_id: str, **values: Any) -> None:
    """Write some columns of an entry."""
    db.execute(update(queue_entries).where(queue_entries.c.id == entry_id).values(**values))


_CLAIM = (
    update(queue_entries).where(queue_entries.c.id == bindparam("entry"), IS_IN_LINE).values(state=EntryState.OFFERED)
)


def claim(db: Connection, entry_id: str) -> bool:
    """Take an entry in line for an offer; False when it is no longer in line."""
    return bool(db.execute(_CLAIM, {"entry": entry_id}).rowcount)


def forgive(db: Connection, agent_id: str) -> None:
    """An agent who is ready again may be offered callers whose offer was missed before.

    Callers who are just offered to somebody else count too: they may come back to the line. Locks entries, so no agent
    may be locked yet.
    """
    agent = cast(agent_id, Id)
    missed = (
        select(queue_entries.c.id)
        .where(queue_entries.c.state.in_(sorted(LIVE)), agent == any_(queue_entries.c.excluded_agents))
        .order_by(queue_entries.c.id)
        .with_for_update(key_share=True)
    )
    db.execute(
        update(queue_entries)
        .where(queue_entries.c.id.in_(missed))
        .values(excluded_agents=func.array_remove(queue_entries.c.excluded_agents, agent))
    )


def anyone_waiting(db: Connection) -> bool:
    """Whether somebody is in line at all: the sweep's first question."""
    return db.execute(select(queue_entries.c.id).where(IS_IN_LINE).limit(1)).first() is not None
