"""Read-only numbers: the queues as they are now, the day so far, and the stays of a period.

A call belongs to the moment at which it entered the queue, and its wait ends when a person is connected (`docs/field.md`,
measures). The counts of the day are made by the database, so that a board costs the same whatever the day was like; those
of a period are read as stays, and `measures` computes from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from ivr.adapters.store.agents import agent_groups, agents
from ivr.adapters.store.contacts import Contact, contacts
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.events import events
from ivr.adapters.store.queue import queue_entries
from ivr.domain.contacts.facts import Fact
from ivr.domain.measures.first_contact import HandledContact, Mark
from ivr.domain.measures.service_level import QueuedCall, QueueEnd, Share
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.groups import ServiceTarget
from ivr.domain.routing.queue import EntryState

_SHOWN_PER_GROUP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A caller in line: nothing that tells who it is. An offered caller still waits."""

    group_id: str
    topic: str | None
    queue_class: int
    entered_at: datetime
    is_offered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The callers of a group who wait: how many, for how many of them an agent is being rung, since when the first of
    them has waited, and the longest waiting ones."""

    count: int
    offered: int
    oldest: datetime
    longest: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """A member of staff who belongs to a group, and what they are doing."""

    id: str
    name: str
    state: AgentState
    reason: str | None
    since: datetime
    groups: tuple[str, ...]


_NO_DATA = Share(numerator=0, denominator=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A group's day so far. `service_level` follows our variant; `settled` is the agent's word."""

    answered: int = 0
    abandoned: int = 0
    service_level: Share = _NO_DATA
    settled: Share = _NO_DATA


_LINES = text(
    """
    SELECT * FROM (
        SELECT entry.group_id, contact.topic, entry.queue_class, entry.entered_at, entry.state,
               count(*) OVER (PARTITION BY entry.group_id) AS line,
               count(*) FILTER (WHERE entry.state = 'offered') OVER (PARTITION BY entry.group_id) AS ringing,
               row_number() OVER (PARTITION BY entry.group_id ORDER BY entry.entered_at, entry.id) AS place
        FROM queue_entries AS entry JOIN contacts AS contact ON contact.id = entry.contact_id
        WHERE entry.state IN ('waiting', 'offered') AND entry.callback_at IS NULL
    ) AS lines WHERE place <= :shown ORDER BY group_id, place
    """
)


def lines(db: Connection) -> dict[str, Line]:
    """Who waits for which group, longest first. A group for whom nobody waits is left out."""
    found: dict[str, list[Row[Any]]] = {}
    for row in db.execute(_LINES.bindparams(bindparam("shown", _SHOWN_PER_GROUP))):
        found.setdefault(row.group_id, []).append(row)
    return {
        group: Line(
            count=rows[0].line,
            offered=rows[0].ringing,
            oldest=rows[0].entered_at,
            longest=tuple(_waiting(row) for row in rows),
        )
        for group, rows in found.items()
    }


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        group_id=row.group_id,
        topic=row.topic,
        queue_class=row.queue_class,
        entered_at=row.entered_at,
        is_offered=row.state == EntryState.OFFERED,
    )


def staff(db: Connection) -> tuple[AgentNow, ...]:
    """Everyone who belongs to a group, by name."""
    groups = func.array_agg(agent_groups.c.group_id).label("groups")
    rows = db.execute(
        select(agents.c.id, agents.c.name, agents.c.state, agents.c.reason, agents.c.since, groups)
        .join(agent_groups, agent_groups.c.agent_id == agents.c.id)
        .group_by(agents.c.id)
        .order_by(agents.c.name)
    )
    return tuple(
        AgentNow(
            id=row.id,
            name=row.name,
            state=AgentState(row.state),
            reason=row.reason,
            since=row.since,
            groups=tuple(sorted(row.groups)),
        )
        for row in rows
    )


# By `left_at`, which is indexed: who entered today has left today or is here still. A caller who came back to the same
# group by our fault is one call, and the first stay tells how long it waited.
_STAYS_OF_DAY = text(
    """
    SELECT entry.group_id,
           count(*) FILTER (WHERE connected_at IS NOT NULL) AS answered,
           count(*) FILTER (WHERE connected_at IS NOT NULL
                              AND connected_at - entered_at <= goal.within) AS in_time,
           count(*) FILTER (WHERE connected_at IS NULL AND state = 'abandoned') AS abandoned,
           count(*) FILTER (WHERE connected_at IS NULL AND state = 'abandoned'
                              AND left_at - entered_at >= goal.short) AS gave_up
    FROM (SELECT DISTINCT ON (contact_id, group_id) group_id, state, entered_at, connected_at, left_at
          FROM queue_entries
          WHERE (left_at >= :since OR left_at IS NULL) AND entered_at >= :since AND callback_at IS NULL
          ORDER BY contact_id, group_id, id) AS entry
    JOIN unnest(CAST(:groups AS text[]), CAST(:within AS interval[]), CAST(:short AS interval[]))
         AS goal (group_id, within, short) ON goal.group_id = entry.group_id
    GROUP BY entry.group_id
    """
)


def day(db: Connection, since: datetime, targets: Mapping[str, ServiceTarget]) -> dict[str, Day]:
    """The day of every group named in `targets`, from `since` until now."""
    ids = sorted(targets)
    values = {
        "since": since,
        "groups": ids,
        "within": [targets[id].within for id in ids],
        "short": [targets[id].short_abandon for id in ids],
    }
    stays = {row.group_id: row for row in db.execute(_STAYS_OF_DAY, values)}
    settled = _settled(db, since)
    return {id: _day(stays.get(id), settled.get(id, _NO_DATA)) for id in ids}


def _day(row: Row[Any] | None, settled: Share) -> Day:
    if row is None:
        return Day(settled=settled)
    level = Share(numerator=row.in_time, denominator=row.answered + row.gave_up)
    return Day(answered=row.answered, abandoned=row.abandoned, service_level=level, settled=settled)


def _settled(db: Connection, since: datetime) -> dict[str, Share]:
    yes = func.count().filter(contacts.c.resolved == Mark.YES).label("yes")
    rows = db.execute(
        select(contacts.c.group_id, yes, func.count().label("marked"))
        .where(contacts.c.started_at >= since, contacts.c.resolved.in_([Mark.YES, Mark.NO]))
        .group_by(contacts.c.group_id)
    )
    return {row.group_id: Share(numerator=row.yes, denominator=row.marked) for row in rows}


def stays(db: Connection, *, since: datetime, until: datetime, group: str | None = None) -> tuple[QueuedCall, ...]:
    """Every call's stay in a queue that began in `since` … `until` and has come to an end; hold is part of the talk."""
    ended = engagements.c.talk_ended_at
    talk = func.extract("epoch", func.sum(ended - engagements.c.connected_at)).label("talk")
    wrap = func.extract("epoch", func.sum(engagements.c.ended_at - ended)).label("wrap")
    handled = (
        select(engagements.c.entry_id, talk, wrap)
        .where(engagements.c.connected_at.is_not(None))
        .group_by(engagements.c.entry_id)
        .subquery()
    )
    entry = queue_entries.c
    query = (
        select(
            entry.state,
            entry.entered_at,
            entry.connected_at,
            entry.left_at,
            entry.callback_at,
            handled.c.talk,
            handled.c.wrap,
        )
        .join(handled, handled.c.entry_id == entry.id, isouter=True)
        .ext(distinct_on(entry.contact_id, entry.group_id))
        .order_by(entry.contact_id, entry.group_id, entry.id)
        .where(
            or_(entry.left_at >= since, entry.left_at.is_(None)), entry.entered_at >= since, entry.entered_at < until
        )
    )
    if group is not None:
        query = query.where(entry.group_id == group)
    return tuple(call for row in db.execute(query) if (call := _stay(row)) is not None)


_ENDS = {
    EntryState.ABANDONED: QueueEnd.ABANDONED,
    EntryState.DEFLECTED: QueueEnd.DEFLECTED,
}


def _stay(row: Any) -> QueuedCall | None:
    """A caller who was connected once is answered, whatever became of the line; who waits still is nothing yet.

    Whoever chose to be called back left the line at that moment, however the callback ends.
    """
    if row.callback_at is not None:
        return QueuedCall(end=QueueEnd.CALLBACK, wait_seconds=(row.callback_at - row.entered_at).total_seconds())
    if row.connected_at is not None:
        wait = (row.connected_at - row.entered_at).total_seconds()
        return QueuedCall(
            end=QueueEnd.ANSWERED,
            wait_seconds=wait,
            talk_seconds=float(row.talk or 0),
            wrap_seconds=float(row.wrap or 0),
        )
    end = _ENDS.get(EntryState(row.state))
    if end is None or row.left_at is None:
        return None
    return QueuedCall(end=end, wait_seconds=(row.left_at - row.entered_at).total_seconds())


def handled(
    db: Connection, *, since: datetime, until: datetime, group: str | None = None
) -> tuple[HandledContact, ...]:
    """Contacts of the period that an agent has marked, with the mark."""
    query = select(contacts.c.id, contacts.c.resolved).where(
        contacts.c.started_at >= since, contacts.c.started_at < until, contacts.c.resolved.is_not(None)
    )
    if group is not None:
        query = query.where(contacts.c.group_id == group)
    return tuple(HandledContact(contact=row.id, mark=Mark(row.resolved)) for row in db.execute(query))


def log(
    db: Connection,
    *,
    since: datetime,
    until: datetime,
    group: str | None = None,
    topic: str | None = None,
    outcome: str | None = None,
    limit: int = 200,
) -> tuple[Contact, ...]:
    """The contacts that began in `since` … `until`, newest first, narrowed where a filter is given."""
    query = select(contacts).where(contacts.c.started_at >= since, contacts.c.started_at < until)
    for column, value in ((contacts.c.group_id, group), (contacts.c.topic, topic), (contacts.c.outcome, outcome)):
        if value is not None:
            query = query.where(column == value)
    rows = db.execute(query.order_by(contacts.c.started_at.desc(), contacts.c.id.desc()).limit(limit))
    return tuple(Contact(**row._mapping) for row in rows)


def outcomes(db: Connection, since: datetime) -> dict[str, int]:
    """How many contacts since `since` ended in which way; those under way are `open`."""
    outcome = func.coalesce(contacts.c.outcome, "open").label("outcome")
    rows = db.execute(
        select(outcome, func.count().label("count")).where(contacts.c.started_at >= since).group_by(outcome)
    )
    return {row.outcome: row._mapping["count"] for row in rows}


def repairs(db: Connection, since: datetime) -> dict[str, int]:
    """How often since `since` the reconciler has put something right, by what it had found."""
    found = func.coalesce(events.c.data["found"].astext, "").label("found")
    rows = db.execute(
        select(found, func.count().label("count"))
        .where(events.c.kind == Fact.REPAIRED, events.c.at >= since)
        .group_by(found)
    )
    return {row.found: row._mapping["count"] for row in rows}


def held_since(db: Connection, contact_id: str, after: datetime) -> datetime | None:
    """Since when the caller is on hold, by the last word of the log after `after`; None when not on hold."""
    row = db.execute(
        select(events.c.kind, events.c.at)
        .where(
            events.c.contact_id == contact_id,
            events.c.at >= after,
            events.c.kind.in_([Fact.HELD, Fact.RESUMED, Fact.TALK_ENDED, Fact.LINE_LOST]),
        )
        .order_by(events.c.id.desc())
        .limit(1)
    ).first()
    return row.at if row is not None and row.kind == Fact.HELD else None
