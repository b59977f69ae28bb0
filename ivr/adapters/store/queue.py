"""The queue: one live entry per waiting contact, its order kept in the row and never computed from the clock."""

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
from sqlalchemy.dialects.postgresql import ARRAY

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.domain.routing.queue import LIVE, EntryState, QueueClass

queue_entries = Table(
    "queue_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("queue_class", SmallInteger, nullable=False),
    Column("skill", Text),
    Column("required_level", SmallInteger, nullable=False),
    Column("language", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("rank_at", Moment, nullable=False),
    Column("excluded_agents", ARRAY(Id), nullable=False, server_default="{}"),
    Column("connected_at", Moment),
    Column("left_at", Moment),
    CheckConstraint("state IN ('" + "', '".join(EntryState) + "')", name="state_known"),
    CheckConstraint("queue_class BETWEEN 0 AND 2", name="class_known"),
    CheckConstraint("required_level BETWEEN 1 AND 5", name="level_range"),
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
        "required_level",
        "rank_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_queue_entries_left_at", "left_at"),
)


IS_LIVE = text("queue_entries.state IN ('" + "', '".join(sorted(LIVE)) + "')")
"""Written out and not bound: only so does a plan that is made once know that the index of live entries will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contact's place in line. `connected_at` ends the wait; `left_at` ends the entry."""

    id: str
    contact_id: str
    group_id: str
    state: EntryState
    queue_class: QueueClass
    skill: str | None
    required_level: int
    language: str
    entered_at: datetime
    rank_at: datetime
    excluded_agents: tuple[str, ...]
    connected_at: datetime | None
    left_at: datetime | None


def _entry(row: Row[Any] | None) -> Entry | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values.update(
        state=EntryState(row.state),
        queue_class=QueueClass(row.queue_class),
        excluded_agents=tuple(row.excluded_agents),
    )
    return Entry(**values)


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A contact joins the line."""
    db.execute(insert(queue_entries).values(**values))


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


def claim(db: Connection, entry_id: str) -> bool:
    """Take a waiting entry for an offer; False when it no longer waits."""
    claimed = db.execute(
        update(queue_entries)
        .where(queue_entries.c.id == entry_id, queue_entries.c.state == EntryState.WAITING)
        .values(state=EntryState.OFFERED)
    )
    return bool(claimed.rowcount)


# A loose index scan (wiki.postgresql.org/wiki/Loose_indexscan): each step jumps to the next list, so that the cost is
# that of the lists that exist and not of the callers in them.
_HEADS = text(
    """
    WITH RECURSIVE lists AS (
        (SELECT group_id, queue_class, required_level FROM queue_entries WHERE state = 'waiting'
         ORDER BY group_id, queue_class, required_level LIMIT 1)
        UNION ALL
        SELECT next.group_id, next.queue_class, next.required_level FROM lists, LATERAL (
            SELECT group_id, queue_class, required_level FROM queue_entries
            WHERE state = 'waiting' AND (group_id, queue_class, required_level)
                  > (lists.group_id, lists.queue_class, lists.required_level)
            ORDER BY group_id, queue_class, required_level LIMIT 1) AS next
    )
    SELECT head.* FROM lists, LATERAL (
        SELECT * FROM queue_entries AS entry
        WHERE entry.state = 'waiting' AND entry.group_id = lists.group_id
          AND entry.queue_class = lists.queue_class AND entry.required_level = lists.required_level
        ORDER BY entry.rank_at LIMIT :depth) AS head
    """
)


def heads(db: Connection, depth: int = 20) -> tuple[Entry, ...]:
    """The first `depth` waiting entries of every list (group, class, required level), each list in its order.

    More than the first, because the first may need a skill, or have refused an agent, that nobody ready can meet. A list
    of which `depth` entries came may have more.
    """
    # With other statistics the planner would rather read every waiting row by another index and sort; until the end of
    # the transaction it is discouraged from that, so that it takes the index that has the order already.
    db.execute(text("SET LOCAL enable_sort = off"))
    rows = db.execute(_HEADS.bindparams(bindparam("depth", depth)).columns(*queue_entries.c))
    return tuple(entry for row in rows if (entry := _entry(row)) is not None)


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
    """Whether somebody waits at all: the sweep's first question."""
    return (
        db.execute(select(queue_entries.c.id).where(queue_entries.c.state == EntryState.WAITING).limit(1)).first()
        is not None
    )
