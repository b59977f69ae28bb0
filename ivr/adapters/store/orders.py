"""Orders to the carrier: rows written with the state that causes them, carried out by a dispatcher under a lease.

Orders of one leg run in sequence (`seq`), different legs in parallel. A claimed order whose lease runs out is claimed
again, and `attempts` tells the dispatcher that the first reply may have been lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)

from ivr.adapters.store.base import Id, Moment, metadata

orders = Table(
    "orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", BigInteger, Identity(), nullable=False),
    Column("contact_id", Id),
    Column("leg_id", Id),
    Column("kind", Text, nullable=False),
    Column("lane", SmallInteger, nullable=False, server_default="0"),
    Column("order", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("result", Text),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    CheckConstraint("state IN ('pending', 'done', 'failed', 'dropped')", name="state_known"),
    Index("ix_orders_pending", "lane", "not_before", "seq", postgresql_where=text("state = 'pending'")),
    Index("ix_orders_leg_pending", "leg_id", "seq", postgresql_where=text("state = 'pending'")),
)

pacing = Table(
    "pacing",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedOrder:
    """An order that this dispatcher may carry out until its lease runs out. `attempts` counts this one.

    Whoever claims it next counts one more, so `attempts` also tells whether it is still ours.
    """

    id: str
    contact_id: str | None
    leg_id: str | None
    kind: str
    order: str
    attempts: int
    created_at: datetime


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A new order, in the transaction of its cause."""
    db.execute(insert(orders), values)


# SKIP LOCKED hands out chores; the order of one leg is kept by taking only the oldest pending order of each leg.
_CLAIM = text(
    """
    UPDATE orders SET lease_until = :lease_until, attempts = attempts + 1
    WHERE id = (
        SELECT candidate.id FROM orders AS candidate
        WHERE candidate.state = 'pending' AND candidate.not_before <= :now
          AND (candidate.lease_until IS NULL OR candidate.lease_until <= :now)
          AND candidate.lane = ANY(:lanes)
          AND NOT EXISTS (
              SELECT 1 FROM orders AS earlier
              WHERE earlier.state = 'pending' AND earlier.leg_id = candidate.leg_id AND earlier.seq < candidate.seq)
        ORDER BY candidate.lane, candidate.not_before, candidate.seq
        LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, contact_id, leg_id, kind, "order", attempts, created_at
    """
)


def claim(db: Connection, now: datetime, lease: timedelta, lanes: tuple[int, ...]) -> ClaimedOrder | None:
    """The next order that may be carried out now, leased to the caller; None when there is none."""
    row = db.execute(
        _CLAIM.bindparams(bindparam("lanes", list(lanes))), {"now": now, "lease_until": now + lease}
    ).first()
    if row is None:
        return None
    return ClaimedOrder(
        id=str(row.id),
        contact_id=None if row.contact_id is None else str(row.contact_id),
        leg_id=None if row.leg_id is None else str(row.leg_id),
        kind=row.kind,
        order=row.order,
        attempts=row.attempts,
        created_at=row.created_at,
    )


def extend(db: Connection, claimed: ClaimedOrder, until: datetime) -> bool:
    """Keep the order until `until`; False when it is no longer ours: it was taken over, or has ended."""
    kept = db.execute(update(orders).where(*_still_ours(claimed)).values(lease_until=until))
    return bool(kept.rowcount)


def pending_in(db: Connection, now: datetime, lanes: tuple[int, ...]) -> bool:
    """Whether an order of these lanes could be claimed now: asked before a slot of the budget is taken for it."""
    due = select(orders.c.id).where(
        orders.c.state == "pending",
        orders.c.lane.in_(lanes),
        orders.c.not_before <= now,
        or_(orders.c.lease_until.is_(None), orders.c.lease_until <= now),
    )
    return db.execute(due.limit(1)).first() is not None


def finish(db: Connection, order_id: str, state: str, result: str, now: datetime) -> bool:
    """Write the end of an order; False when somebody else has ended it meanwhile."""
    done = db.execute(
        update(orders)
        .where(orders.c.id == order_id, orders.c.state == "pending")
        .values(state=state, result=result, done_at=now)
    )
    return bool(done.rowcount)


def end(db: Connection, claimed: ClaimedOrder, state: str, result: str, now: datetime) -> bool:
    """The order has `failed`, or is `dropped`; False when it is no longer ours, and whoever has it now decides."""
    ended = db.execute(update(orders).where(*_still_ours(claimed)).values(state=state, result=result, done_at=now))
    return bool(ended.rowcount)


def postpone(db: Connection, claimed: ClaimedOrder, until: datetime, *, was_sent: bool = True) -> None:
    """Not now: give the order back, to be tried at `until`. One that surely `was_sent` never does not count as a try.

    An order that is no longer ours stays with whoever has it.
    """
    values: dict[str, Any] = {"lease_until": None, "not_before": until}
    if not was_sent:
        values["attempts"] = orders.c.attempts - 1
    db.execute(update(orders).where(*_still_ours(claimed)).values(**values))


def _still_ours(claimed: ClaimedOrder) -> tuple[ColumnElement[bool], ...]:
    return (orders.c.id == claimed.id, orders.c.state == "pending", orders.c.attempts == claimed.attempts)


def drop_unsent(db: Connection, leg_id: str, kind: str, now: datetime) -> bool:
    """Withdraw a pending order that nobody has begun; False when it may be under way already."""
    dropped = db.execute(
        update(orders)
        .where(orders.c.leg_id == leg_id, orders.c.kind == kind, orders.c.state == "pending", orders.c.attempts == 0)
        .values(state="dropped", result="no longer wanted", done_at=now)
    )
    return bool(dropped.rowcount)


def forget_contents(db: Connection, contact_id: str, kind: str) -> None:
    """The contact wants no trace: what was ordered is forgotten, and what has not been sent yet is not sent."""
    mine = (orders.c.contact_id == contact_id, orders.c.kind == kind)
    db.execute(update(orders).where(*mine, orders.c.state == "pending").values(state="dropped", result="forgotten"))
    db.execute(update(orders).where(*mine).values(order="{}"))


def is_unsent(db: Connection, leg_id: str) -> bool:
    """Whether an order of this leg still waits for its first try."""
    unsent = select(orders.c.id).where(orders.c.leg_id == leg_id, orders.c.state == "pending", orders.c.attempts == 0)
    return db.execute(unsent.limit(1)).first() is not None


_TAKE_PACE = text(
    """
    INSERT INTO pacing (name, next_at) VALUES (:name, :after)
    ON CONFLICT (name) DO UPDATE SET next_at = :after WHERE pacing.next_at <= :now
    RETURNING next_at
    """
)


def take_pace(db: Connection, name: str, now: datetime, gap: timedelta) -> bool:
    """Take the next slot of a shared budget; False when the slot is not free yet."""
    return db.execute(_TAKE_PACE, {"name": name, "now": now, "after": now + gap}).first() is not None
