"""Signs of life of the engine's processes, for `/readyz` and the wallboard."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, select
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Moment, metadata

processes = Table(
    "processes",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("seen_at", Moment, nullable=False),
)


def seen(db: Connection, kind: str, now: datetime) -> None:
    """A process of this kind is alive."""
    row = upsert(processes).values(kind=kind, seen_at=now)
    db.execute(row.on_conflict_do_update(index_elements=[processes.c.kind], set_={"seen_at": now}))


def last_seen(db: Connection, kind: str) -> datetime | None:
    """When a process of this kind last said that it lives."""
    return db.execute(select(processes.c.seen_at).where(processes.c.kind == kind)).scalar_one_or_none()
