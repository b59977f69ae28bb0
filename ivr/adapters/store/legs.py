"""Legs: one telephone line in a call, with the turn it has come to and the goal it should hear."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import ROOM_FOR_THE_NEXT_TURN, Id, Moment, metadata
from ivr.domain.conversation.legs import Goal, LegStatus, Role

legs = Table(
    "legs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    Column("agent_id", Id, ForeignKey("agents.id")),
    Column("call_id", Text, unique=True),
    Column("status", Text, nullable=False),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("goal", Text, nullable=False),
    Column("kept_input", Text),
    Column("kept_answer", Text),
    Column("due_answer", Text),
    Column("held", Boolean, nullable=False, server_default="false"),
    Column("in_room", Boolean, nullable=False, server_default="false"),
    Column("room", Text),
    Column("room_sequence", Integer, nullable=False, server_default="0"),
    Column("left_rooms", ARRAY(Text, as_tuple=True), nullable=False, server_default="{}"),
    Column("hold_asked", Boolean, nullable=False, server_default="false"),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("ended_at", Moment),
    Column("heartbeat_due_at", Moment),
    CheckConstraint("role IN ('" + "', '".join(Role) + "')", name="role_known"),
    CheckConstraint("status IN ('" + "', '".join(LegStatus) + "')", name="status_known"),
    CheckConstraint("goal IN ('" + "', '".join(Goal) + "')", name="goal_known"),
    Index("ix_legs_contact_id", "contact_id"),
    # What every turn writes stands in no index, and pages have room for the next version of a row beside this one:
    # so PostgreSQL touches no index when a turn is taken (heap-only tuples).
    Index("ix_legs_open", "id", postgresql_where=text("ended_at IS NULL")),
    # One line of the citizen in a contact at a time; a callback's line follows after the first has ended.
    Index("uq_legs_citizen", "contact_id", unique=True, postgresql_where=text("role = 'citizen' AND ended_at IS NULL")),
    postgresql_with={"fillfactor": ROOM_FOR_THE_NEXT_TURN},
)

FIRST_SIGN = timedelta(seconds=45)
"""Longer than a telephone rings, so that an offer has mostly ended by then."""

DELIVERED = "delivered"
"""In `kept_input`: the kept answer is news that has been given out, and no turn has been taken since."""

carrier_reports = Table(
    "carrier_reports",
    metadata,
    Column("carrier_id", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A leg as it stands. `call_id` is the carrier's; None until its first sign of life.

    `kept_answer` is the answer to the turn just taken; `due_answer` is said before anything else the next time the leg
    asks, because it was decided while the leg was elsewhere. Both go when the leg ends. `room` to `left_rooms` are its
    stay in conferences (`domain/conversation/rooms`); with `hold_asked` an order to hold or resume is under way.
    """

    id: str
    contact_id: str
    role: Role
    agent_id: str | None
    call_id: str | None
    status: LegStatus
    turn: int
    goal: Goal
    kept_input: str | None
    kept_answer: str | None
    due_answer: str | None
    held: bool
    in_room: bool
    room: str | None
    room_sequence: int
    left_rooms: tuple[str, ...]
    hold_asked: bool
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    heartbeat_due_at: datetime | None


def _leg(row: Row[Any] | None) -> Leg | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values.update(role=Role(values["role"]), status=LegStatus(values["status"]), goal=Goal(values["goal"]))
    return Leg(**values)


def _one(db: Connection, *where: Any, lock: bool = False) -> Leg | None:
    query = select(legs).where(*where)
    return _leg(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A new leg."""
    db.execute(insert(legs), values)


def get(db: Connection, leg_id: str) -> Leg | None:
    """The leg as committed, without a lock: to learn which contact must be locked first."""
    return _one(db, legs.c.id == leg_id)


def by_call(db: Connection, call_id: str) -> Leg | None:
    """The leg that the carrier knows as `call_id`."""
    return _one(db, legs.c.call_id == call_id)


def locked(db: Connection, leg_id: str) -> Leg | None:
    """The leg, locked; its contact must be locked already."""
    return _one(db, legs.c.id == leg_id, lock=True)


def citizen(db: Connection, contact_id: str, *, lock: bool = False) -> Leg | None:
    """The citizen's latest line in the contact."""
    query = select(legs).where(legs.c.contact_id == contact_id, legs.c.role == Role.CITIZEN)
    query = query.order_by(legs.c.created_at.desc()).limit(1)
    return _leg(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def of_contact(db: Connection, contact_id: str) -> tuple[Leg, ...]:
    """All legs of a contact, oldest first."""
    rows = db.execute(select(legs).where(legs.c.contact_id == contact_id).order_by(legs.c.created_at))
    return tuple(leg for row in rows if (leg := _leg(row)) is not None)


def change(db: Connection, leg_id: str, **values: Any) -> None:
    """Write some columns of a leg."""
    db.execute(update(legs).where(legs.c.id == leg_id).values(**values))


def silent_since(db: Connection, now: datetime, limit: int = 50) -> tuple[Leg, ...]:
    """Open legs whose sign of life is overdue: the carrier must be asked whether they live.

    A line that has never asked for anything owes one `FIRST_SIGN` after it was planned.
    """
    due = func.coalesce(legs.c.heartbeat_due_at, legs.c.created_at + FIRST_SIGN)
    rows = db.execute(select(legs).where(due <= now, legs.c.ended_at.is_(None)).order_by(due).limit(limit))
    return tuple(leg for row in rows if (leg := _leg(row)) is not None)


def take_report(db: Connection, carrier_id: str, status: str, sequence: int, now: datetime) -> bool:
    """True the first time that the carrier reports (id, status, sequence); a repeated report changes nothing."""
    taken = db.execute(
        upsert(carrier_reports)
        .values(carrier_id=carrier_id, status=status, sequence=sequence, at=now)
        .on_conflict_do_nothing()
        .returning(carrier_reports.c.carrier_id)
    )
    return taken.first() is not None
