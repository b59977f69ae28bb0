"""Versions of the dial plan: the texts each was compiled from, so that any process can finish a call on its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Moment, metadata

dialplans = Table(
    "dialplans",
    metadata,
    Column("version", Text, primary_key=True),
    Column("sources", JSONB, nullable=False),
    Column("current_since", Moment, nullable=False),
    Index("ix_dialplans_current_since", "current_since"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """`sources` maps a name (`routes.yaml`, `prompts/da.yaml`, `grammars/da/…`) to its text."""

    version: str
    sources: Mapping[str, Any]
    current_since: datetime


def get(db: Connection, version: str) -> StoredPlan | None:
    """A version by its name."""
    row = db.execute(select(dialplans).where(dialplans.c.version == version)).first()
    return None if row is None else StoredPlan(**row._mapping)


_CURRENT = select(dialplans.c.version).order_by(dialplans.c.current_since.desc()).limit(1)


def current_version(db: Connection) -> str | None:
    """The version that new calls begin with."""
    return db.execute(_CURRENT).scalar_one_or_none()


def put_current(db: Connection, version: str, sources: Mapping[str, Any], now: datetime) -> None:
    """Make a version the current one, also where another has become so in the same moment."""
    after_the_last = select(func.max(dialplans.c.current_since) + timedelta(microseconds=1)).scalar_subquery()
    since = func.greatest(now, after_the_last)
    row = upsert(dialplans).values(version=version, sources=dict(sources), current_since=since)
    db.execute(row.on_conflict_do_update(index_elements=[dialplans.c.version], set_={"current_since": since}))
