"""Listenings: for each line the one question that is being listened to by ourselves, from the document that asks it on.

A row is the ticket for one stream of sound and tells how far that stream has come. It lives for as long as its question
is the leg's current turn; the next spoken question of the leg takes its place, and the purge takes what is left. No words
are in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Integer, Table, Text, and_, case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.adapters.store.legs import legs
from ivr.domain.conversation.legs import Goal

listenings = Table(
    "listenings",
    metadata,
    Column("leg_id", Id, ForeignKey("legs.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("seen_at", Moment),
    Column("speaking_since", Moment),
    Column("has_murmured", Boolean, nullable=False, server_default="false"),
    Index("ix_listenings_opened_at", "opened_at"),
)

_IS_ASKED = (legs.c.turn == listenings.c.turn, legs.c.goal == Goal.FLOW, legs.c.ended_at.is_(None))
"""The question is the leg's current one. To be used where `legs` is joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How far the stream for `turn` of a leg has come.

    `token` opens it, once. `started_at` is None until it has begun; `seen_at` is the last sign of life of the process that
    listens. `speaking_since` is set while the caller speaks, `has_murmured` when something was said in no known words.
    """

    leg_id: str
    turn: int
    token: str
    opened_at: datetime
    started_at: datetime | None
    seen_at: datetime | None
    speaking_since: datetime | None
    has_murmured: bool


def open_for(db: Connection, leg_id: str, turn: int, token: str, now: datetime) -> str:
    """The token for a document that asks `turn` of the leg. Any earlier stream of the leg is no longer listened to.

    Where the same question was asked and its stream has not begun, that document may be the one that is heard after all:
    the token stays as it is.
    """
    is_same = and_(listenings.c.turn == turn, listenings.c.started_at.is_(None))
    row = upsert(listenings).values(leg_id=leg_id, turn=turn, token=token, opened_at=now)
    opened = row.on_conflict_do_update(
        index_elements=[listenings.c.leg_id],
        set_={
            "turn": turn,
            "token": case((is_same, listenings.c.token), else_=token),
            "opened_at": now,
            "started_at": None,
            "seen_at": None,
            "speaking_since": None,
            "has_murmured": False,
        },
    ).returning(listenings.c.token)
    found: str = db.execute(opened).scalar_one()
    return found


def of_turn(db: Connection, leg_id: str, turn: int) -> Listening | None:
    """The listening for that turn of the leg, which must be locked."""
    row = db.execute(select(listenings).where(listenings.c.leg_id == leg_id, listenings.c.turn == turn)).first()
    return None if row is None else Listening(**row._mapping)


def start(db: Connection, token: str, now: datetime) -> Listening | None:
    """The stream of that token begins. None where the token was used before, or is nobody's any more."""
    begun = (
        update(listenings)
        .where(listenings.c.token == token, listenings.c.started_at.is_(None))
        .values(started_at=now, seen_at=now)
        .returning(listenings)
    )
    row = db.execute(begun).first()
    return None if row is None else Listening(**row._mapping)


def by_token(db: Connection, token: str) -> Listening | None:
    """The listening that the token was given out for, if its question has not been followed by another."""
    row = db.execute(select(listenings).where(listenings.c.token == token)).first()
    return None if row is None else Listening(**row._mapping)


def change(db: Connection, token: str, **values: Any) -> None:
    """Write some columns."""
    db.execute(update(listenings).where(listenings.c.token == token).values(**values))


def seen(db: Connection, tokens: Iterable[str], now: datetime) -> frozenset[str]:
    """Whoever listens lives. Returns those of `tokens` whose question is still open; to the others nobody may listen."""
    alive = (
        update(listenings)
        .where(listenings.c.token.in_(list(tokens)), *_IS_ASKED, legs.c.id == listenings.c.leg_id)
        .values(seen_at=now)
        .returning(listenings.c.token)
    )
    return frozenset(db.execute(alive).scalars())


def unattended(
    db: Connection,
    now: datetime,
    *,
    asked_within: timedelta,
    start_within: timedelta,
    seen_within: timedelta,
    limit: int,
) -> tuple[Listening, ...]:
    """Open questions to which nobody listens: the stream has not begun in time, or whoever listened is gone."""
    late = and_(listenings.c.started_at.is_(None), listenings.c.opened_at <= now - start_within)
    lost = and_(listenings.c.started_at.is_not(None), listenings.c.seen_at <= now - seen_within)
    rows = db.execute(
        select(listenings)
        .join(legs, legs.c.id == listenings.c.leg_id)
        .where(*_IS_ASKED, listenings.c.opened_at > now - asked_within, late | lost)
        .order_by(listenings.c.opened_at)
        .limit(limit)
    )
    return tuple(Listening(**row._mapping) for row in rows)
