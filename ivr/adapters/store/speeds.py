"""How fast each group's line moves: a small table rewritten every second, which waiting turns read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Float, Integer, Table, Text, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Moment, metadata

line_speeds = Table(
    "line_speeds",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("handle_seconds", Float),
    Column("staffed", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

_LATELY = timedelta(hours=2)
_FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long a contact lately took, None while too few have been handled to tell, and how many agents take calls."""

    handle_seconds: float | None
    staffed: int


# An agent who is busy counts as staffed, one on break does not.
_MEASURED = text(
    """
    WITH handled AS (
        SELECT entry.group_id,
               avg(extract(epoch FROM coalesce(done.ended_at, done.talk_ended_at) - done.accepted_at)) AS seconds,
               count(*) AS contacts
        FROM engagements AS done JOIN queue_entries AS entry ON entry.id = done.entry_id
        WHERE done.state IN ('done', 'wrap_up') AND done.talk_ended_at > :since GROUP BY entry.group_id),
    staffed AS (
        SELECT agent_groups.group_id, count(*) AS agents FROM agents JOIN agent_groups ON agent_id = agents.id
        WHERE agents.state IN ('ready', 'offered', 'talking', 'consulting', 'wrap_up') GROUP BY agent_groups.group_id)
    SELECT coalesce(staffed.group_id, handled.group_id) AS group_id,
           CASE WHEN handled.contacts >= :fewest THEN handled.seconds END AS handle_seconds,
           coalesce(staffed.agents, 0) AS staffed
    FROM staffed FULL JOIN handled ON handled.group_id = staffed.group_id
    """
)


def rewrite(db: Connection, now: datetime) -> None:
    """Measure every group anew."""
    rows = db.execute(_MEASURED, {"since": now - _LATELY, "fewest": _FEWEST}).all()
    for row in rows:
        values = {"handle_seconds": row.handle_seconds, "staffed": row.staffed, "at": now}
        db.execute(
            upsert(line_speeds)
            .values(group_id=row.group_id, **values)
            .on_conflict_do_update(index_elements=[line_speeds.c.group_id], set_=values)
        )


def of_group(db: Connection, group_id: str) -> Speed | None:
    """As last measured; None before the first time."""
    row = db.execute(
        select(line_speeds.c.handle_seconds, line_speeds.c.staffed).where(line_speeds.c.group_id == group_id)
    ).first()
    return None if row is None else Speed(handle_seconds=row.handle_seconds, staffed=row.staffed)
