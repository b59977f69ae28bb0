"""How each group's line stands and how fast it moves: a small table rewritten every second, which waiting turns read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Float, Integer, Table, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB

from ivr.adapters.store.base import Moment, metadata
from ivr.domain.routing.places import EXACT, STEP, Places

line_speeds = Table(
    "line_speeds",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("handle_seconds", Float),
    Column("staffed", Integer, nullable=False),
    Column("places", JSONB, nullable=False, server_default="[]"),
    Column("at", Moment, nullable=False),
)

_LATELY = timedelta(hours=2)
_FEWEST = 5
_FRESH = timedelta(seconds=0.5)
_STALE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long a contact lately took, None while too few have been handled to tell, and how many agents take calls."""

    handle_seconds: float | None
    staffed: int
    places: Places


# An agent who is busy counts as staffed, one on break does not. Several dispatchers write in the same order.
_REWRITE = text(
    """
    WITH handled AS (
        SELECT entry.group_id,
               avg(extract(epoch FROM coalesce(done.ended_at, done.talk_ended_at) - done.accepted_at)) AS seconds,
               count(*) AS contacts
        FROM engagements AS done JOIN queue_entries AS entry ON entry.id = done.entry_id
        WHERE done.state IN ('done', 'wrap_up') AND done.talk_ended_at > :since GROUP BY entry.group_id),
    staffed AS (
        SELECT agent_groups.group_id, count(*) AS agents FROM agents JOIN agent_groups ON agent_id = agents.id
        WHERE agents.state IN ('ready', 'offered', 'talking', 'consulting', 'wrap_up') GROUP BY agent_groups.group_id),
    line AS (
        SELECT group_id, queue_class, extract(epoch FROM rank_at) AS seconds,
               row_number() OVER (PARTITION BY group_id ORDER BY queue_class, rank_at) AS place,
               count(*) OVER (PARTITION BY group_id) AS last
        FROM queue_entries WHERE state = 'waiting'),
    places AS (
        SELECT group_id, jsonb_agg(jsonb_build_array(place, queue_class, seconds) ORDER BY place) AS listed
        FROM line WHERE place <= :exact OR place % :step = 0 OR place = last GROUP BY group_id),
    every AS (SELECT group_id FROM handled UNION SELECT group_id FROM staffed UNION SELECT group_id FROM places)
    INSERT INTO line_speeds (group_id, handle_seconds, staffed, places, at)
    SELECT every.group_id,
           CASE WHEN handled.contacts >= :fewest THEN handled.seconds END,
           coalesce(staffed.agents, 0),
           coalesce(places.listed, '[]'),
           :now
    FROM every LEFT JOIN handled USING (group_id) LEFT JOIN staffed USING (group_id) LEFT JOIN places USING (group_id)
    ORDER BY every.group_id
    ON CONFLICT (group_id) DO UPDATE SET handle_seconds = excluded.handle_seconds, staffed = excluded.staffed,
        places = excluded.places, at = excluded.at
    """
)

_OTHERS = text("DELETE FROM line_speeds WHERE at < :now")


def rewrite(db: Connection, now: datetime) -> None:
    """Measure every group anew, unless another dispatcher has just done so."""
    latest = db.execute(select(line_speeds.c.at).order_by(line_speeds.c.at.desc()).limit(1)).scalar_one_or_none()
    if latest is not None and now - _FRESH < latest <= now:
        return
    amounts = {"since": now - _LATELY, "fewest": _FEWEST, "exact": EXACT, "step": STEP, "now": now}
    db.execute(_REWRITE, amounts)
    db.execute(_OTHERS, {"now": now})


def by_group(db: Connection, now: datetime) -> Mapping[str, Speed]:
    """As last measured; nothing of a group that nobody takes calls for or waits for, nor when nobody measures."""
    rows = db.execute(select(line_speeds).where(line_speeds.c.at > now - _STALE))
    return {
        row.group_id: Speed(handle_seconds=row.handle_seconds, staffed=row.staffed, places=Places.of(row.places))
        for row in rows
    }
