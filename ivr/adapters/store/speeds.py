"""How each line stands and how fast it moves: a small table rewritten every two seconds, which waiting turns read.

One row for each group, with `needs` empty, and one for each list of it that somebody waits in (`Needs.key`). It also
remembers from one time to the next that somebody has left, and that the last one has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Float, Integer, Row, Table, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB

from ivr.adapters.store.base import Moment, metadata
from ivr.adapters.store.queue import IS_IN_LINE
from ivr.domain.contacts.facts import Fact
from ivr.domain.routing.estimate import Pace
from ivr.domain.routing.places import EXACT, STEP, Places
from ivr.domain.routing.queue import EntryState, QueueClass

line_speeds = Table(
    "line_speeds",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("needs", Text, primary_key=True),
    Column("handled", Integer, nullable=False),
    Column("handle_seconds", Float),
    Column("wait_seconds", Float),
    Column("able", Integer, nullable=False),
    Column("staffed", Integer, nullable=False),
    Column("places", JSONB, nullable=False),
    Column("left_at", Moment),
    Column("deserted_at", Moment),
    Column("at", Moment, nullable=False),
)

WHOLE_GROUP = ""
"""The needs of a group's own row."""

_LATELY = timedelta(hours=2)
_JUST_ANSWERED = timedelta(minutes=20)
_FRESH = timedelta(seconds=0.5)
_STALE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How a line moves, and who stands where in it. `is_deserted`: the last agent of its groups has left."""

    pace: Pace
    places: Places
    is_deserted: bool


# What was handled lately was offered lately, and offers are indexed by when they were made. An agent who is busy counts
# as staffed, one on break does not. A list that is new, and whose caller may have joined just before the last agent left,
# is deserted since its group is. Several dispatchers write in the same order.
_REWRITE = text(
    f"""
    WITH lately AS (
        SELECT entry.group_id,
               count(*) FILTER (WHERE done.talk_ended_at > :since) AS handled,
               avg(extract(epoch FROM coalesce(done.ended_at, done.talk_ended_at) - done.accepted_at))
                   FILTER (WHERE done.talk_ended_at > :since) AS handle_seconds,
               avg(extract(epoch FROM entry.connected_at - entry.entered_at))
                   FILTER (WHERE entry.connected_at > :just_now AND entry.queue_class = :ordinary
                                 AND entry.callback_at IS NULL) AS wait_seconds
        FROM engagements AS done JOIN queue_entries AS entry ON entry.id = done.entry_id
        WHERE done.offered_at > :since AND done.state IN ('connected', 'wrap_up', 'done') GROUP BY entry.group_id),
    signed_in AS (
        SELECT id, (SELECT jsonb_object_agg(skill, level) FROM agent_skills WHERE agent_id = id) AS skills
        FROM agents WHERE state IN ('ready', 'offered', 'talking', 'consulting', 'wrap_up')),
    line AS (
        SELECT group_id, needs, queue_class, extract(epoch FROM rank_at) AS seconds,
               row_number() OVER (PARTITION BY group_id ORDER BY queue_class, rank_at) AS place,
               count(*) OVER (PARTITION BY group_id) AS last,
               row_number() OVER (PARTITION BY group_id, needs ORDER BY queue_class, rank_at) AS own_place,
               count(*) OVER (PARTITION BY group_id, needs) AS own_last
        FROM queue_entries WHERE {IS_IN_LINE.text}),
    places AS (
        SELECT group_id, '' AS needs,
               jsonb_agg(jsonb_build_array(place, queue_class, seconds) ORDER BY place) AS listed
        FROM line WHERE place <= :exact OR place % :step = 0 OR place = last GROUP BY group_id
        UNION ALL
        SELECT group_id, needs, jsonb_agg(jsonb_build_array(own_place, queue_class, seconds) ORDER BY own_place)
        FROM line WHERE own_place <= :exact OR own_place % :step = 0 OR own_place = own_last
        GROUP BY group_id, needs),
    lists AS (
        SELECT group_id, needs, string_to_array(split_part(needs, ';', 1), '+') AS groups,
               string_to_array(nullif(split_part(needs, ';', 2), ''), '+') AS skills
        FROM places WHERE needs <> ''),
    staff AS (
        SELECT group_id, '' AS needs, count(*) AS able, count(*) AS staffed
        FROM signed_in JOIN agent_groups ON agent_id = id GROUP BY group_id
        UNION ALL
        SELECT lists.group_id, lists.needs,
               count(DISTINCT signed_in.id) FILTER (WHERE NOT EXISTS (
                   SELECT FROM unnest(lists.skills) AS asked
                   WHERE coalesce((signed_in.skills ->> split_part(asked, ':', 1))::int, 0)
                         < split_part(asked, ':', 2)::int)),
               count(DISTINCT signed_in.id)
        FROM lists JOIN agent_groups ON agent_groups.group_id = ANY (lists.groups)
             JOIN signed_in ON signed_in.id = agent_groups.agent_id
        GROUP BY lists.group_id, lists.needs),
    every AS (
        SELECT group_id, '' AS needs FROM lately
        UNION SELECT group_id, needs FROM staff UNION SELECT group_id, needs FROM places)
    INSERT INTO line_speeds
        (group_id, needs, handled, handle_seconds, wait_seconds, able, staffed, places, deserted_at, at)
    SELECT every.group_id, every.needs, coalesce(lately.handled, 0), lately.handle_seconds, lately.wait_seconds,
           coalesce(staff.able, 0), coalesce(staff.staffed, 0), coalesce(places.listed, '[]'),
           CASE WHEN staff.staffed > 0 THEN NULL WHEN before.staffed > 0 THEN :now ELSE before.deserted_at END, :now
    FROM every LEFT JOIN lately USING (group_id)
         LEFT JOIN staff USING (group_id, needs) LEFT JOIN places USING (group_id, needs)
         LEFT JOIN line_speeds AS before ON before.group_id = every.group_id AND before.needs = ''
    ORDER BY every.group_id, every.needs
    ON CONFLICT (group_id, needs) DO UPDATE SET
        handled = excluded.handled, handle_seconds = excluded.handle_seconds, wait_seconds = excluded.wait_seconds,
        able = excluded.able, staffed = excluded.staffed, places = excluded.places, at = excluded.at,
        left_at = CASE WHEN excluded.able < line_speeds.able THEN excluded.at ELSE line_speeds.left_at END,
        deserted_at = CASE WHEN excluded.staffed > 0 THEN NULL
                           WHEN line_speeds.staffed > 0 THEN excluded.at ELSE line_speeds.deserted_at END
    """
)

_OTHERS = text("DELETE FROM line_speeds WHERE at < :now")

# The log tells who knows already. Whoever joined a line that was deserted before was told when joining.
_LEFT_ALONE = text(
    f"""
    SELECT queue_entries.contact_id
    FROM line_speeds AS speed JOIN queue_entries USING (group_id, needs)
    WHERE speed.deserted_at IS NOT NULL AND speed.at > :stale
      AND {IS_IN_LINE.text} AND queue_entries.state = :waiting
      AND queue_entries.contact_id = coalesce(CAST(:contact AS uuid), queue_entries.contact_id)
      AND NOT EXISTS (
        SELECT FROM events
        WHERE events.contact_id = queue_entries.contact_id AND events.kind = :told AND events.at >= speed.deserted_at)
    ORDER BY queue_entries.queue_class, queue_entries.rank_at LIMIT :limit
    """
)


def rewrite(db: Connection, now: datetime) -> None:
    """Measure every line anew, unless another dispatcher has just done so."""
    latest = db.execute(select(line_speeds.c.at).order_by(line_speeds.c.at.desc()).limit(1)).scalar_one_or_none()
    if latest is not None and now - _FRESH < latest <= now:
        return
    times = {"now": now, "since": now - _LATELY, "just_now": now - _JUST_ANSWERED}
    db.execute(_REWRITE, {**times, "ordinary": int(QueueClass.ORDINARY), "exact": EXACT, "step": STEP})
    db.execute(_OTHERS, {"now": now})


def by_list(db: Connection, now: datetime) -> Mapping[tuple[str, str], Speed]:
    """As last measured, by group and needs; nothing of a line that nobody takes calls of or waits in, nor when nobody
    measures.
    """
    rows = db.execute(select(line_speeds).where(line_speeds.c.at > now - _STALE))
    return {(row.group_id, row.needs): _speed(row, now) for row in rows}


def left_alone(db: Connection, now: datetime, limit: int, contact: str | None = None) -> tuple[str, ...]:
    """Contacts who wait in a line whose last agent has left, and who have not been told of it since; the first first.

    With `contact` this one alone, if it is among them.
    """
    values = {"waiting": EntryState.WAITING, "told": Fact.NOBODY_IN, "stale": now - _STALE, "limit": limit}
    return tuple(str(found) for found in db.execute(_LEFT_ALONE, {**values, "contact": contact}).scalars())


def _speed(row: Row[tuple[object, ...]], now: datetime) -> Speed:
    pace = Pace(
        handled=row.handled,
        handle_seconds=row.handle_seconds,
        wait_seconds=row.wait_seconds,
        able=row.able,
        staffed=row.staffed,
        since_left=None if row.left_at is None else now - row.left_at,
    )
    return Speed(pace=pace, places=Places.of(row.places), is_deserted=row.deserted_at is not None)
