"""What supervisors set by hand: notices on the air, and groups opened or closed against their hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Moment, metadata

live_notices = Table(
    "live_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("text", JSONB, nullable=False),
    Column("until", Moment),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)

group_overrides = Table(
    "group_overrides",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("until", Moment),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNotice:
    id: str
    text: Mapping[str, str]
    until: datetime | None
    set_by: str
    set_at: datetime

    def is_on(self, now: datetime) -> bool:
        """Whether its time has not run out."""
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    group_id: str
    is_open: bool
    reason: str
    until: datetime | None
    set_by: str
    set_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether its time has not run out."""
        return self.until is None or self.until > now


def every(db: Connection) -> tuple[LiveNotice, ...]:
    """Notices set by hand, those whose time has run out included, in the order they were set."""
    rows = db.execute(select(live_notices).order_by(live_notices.c.set_at))
    return tuple(LiveNotice(**row._mapping) for row in rows)


def put(db: Connection, values: Mapping[str, Any]) -> None:
    """Set or replace a notice."""
    row = upsert(live_notices).values(**values)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[live_notices.c.id], set_={key: row.excluded[key] for key in values if key != "id"}
        )
    )


def remove(db: Connection, notice_id: str) -> bool:
    """Take a notice off the air; False when there is none of that name."""
    return bool(db.execute(delete(live_notices).where(live_notices.c.id == notice_id)).rowcount)


def every_override(db: Connection) -> dict[str, Override]:
    """Groups opened or closed by hand, those whose time has run out included."""
    rows = db.execute(select(group_overrides))
    return {row.group_id: Override(**row._mapping) for row in rows}


def set_override(db: Connection, values: Mapping[str, Any]) -> None:
    """Open or close a group by hand."""
    row = upsert(group_overrides).values(**values)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[group_overrides.c.group_id],
            set_={key: row.excluded[key] for key in values if key != "group_id"},
        )
    )


def clear_override(db: Connection, group_id: str) -> None:
    """Let the hours decide again."""
    db.execute(delete(group_overrides).where(group_overrides.c.group_id == group_id))
