"""Rows in doubt, most of them because they contradict each other: what the reconciler looks for, a query for each kind.

Every query reads live rows alone, through the partial indexes that keep the invariants. A statement sees one moment, and
operations change rows together: so what contradicts itself here is wrong, and not merely under way. Whoever puts it right
looks again under locks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, TextClause, and_, exists, func, literal, null, or_, select, text

from ivr.adapters.store.agents import agents
from ivr.adapters.store.base import Moment
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.legs import legs
from ivr.adapters.store.orders import orders
from ivr.adapters.store.queue import queue_entries
from ivr.domain.conversation.legs import Role
from ivr.domain.routing.engagements import AGENT_STANDS, HOLDS_ENTRY, LIVE, EngagementState
from ivr.domain.routing.queue import EntryState

_TALKS = (EngagementState.ACCEPTED, EngagementState.CONNECTED)
_HELD = (EntryState.OFFERED, EntryState.CONNECTED)
_PENDING = text("orders.state = 'pending'")


def _written(column: str, states: Iterable[StrEnum]) -> TextClause:
    """Written out and not bound: only so is a partial index known to do (`store/queue`)."""
    return text(f"{column} IN ('" + "', '".join(sorted(states)) + "')")


_IS_LIVE = _written("engagements.state", LIVE)
_HOLDS = _written("engagements.state", HOLDS_ENTRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A row in doubt, and the contact to be locked first; None where there is none."""

    row: str
    contact: str | None


def _suspects(db: Connection, query: Select[Any], limit: int) -> tuple[Suspect, ...]:
    return tuple(Suspect(row=row, contact=contact) for row, contact in db.execute(query.limit(limit)))


def stranded_agents(db: Connection, limit: int) -> tuple[Suspect, ...]:
    """Agents who are busy without an engagement."""
    engaged = exists().where(engagements.c.agent_id == agents.c.id, _IS_LIVE)
    busy = {state for states in AGENT_STANDS.values() for state in states}
    return _suspects(db, select(agents.c.id, null()).where(agents.c.state.in_(sorted(busy)), ~engaged), limit)


def agents_elsewhere(db: Connection, limit: int) -> tuple[Suspect, ...]:
    """Engagements whose agent does not stand as engaged in that way."""
    stands_elsewhere = or_(
        *(and_(engagements.c.state == state, agents.c.state.not_in(sorted(fit))) for state, fit in AGENT_STANDS.items())
    )
    query = select(engagements.c.id, engagements.c.contact_id).join(agents, agents.c.id == engagements.c.agent_id)
    return _suspects(db, query.where(_IS_LIVE, stands_elsewhere), limit)


def unheld_entries(db: Connection, limit: int) -> tuple[Suspect, ...]:
    """Entries that are offered or connected, and no engagement holds them."""
    held = exists().where(engagements.c.entry_id == queue_entries.c.id, _HOLDS)
    query = select(queue_entries.c.id, queue_entries.c.contact_id)
    return _suspects(db, query.where(_written("queue_entries.state", _HELD), ~held), limit)


def entries_elsewhere(db: Connection, limit: int) -> tuple[Suspect, ...]:
    """Engagements that hold an entry which is neither offered nor connected."""
    query = select(engagements.c.id, engagements.c.contact_id)
    query = query.join(queue_entries, queue_entries.c.id == engagements.c.entry_id)
    return _suspects(db, query.where(_HOLDS, queue_entries.c.state.not_in(_HELD)), limit)


def ringing_for_a_multiple_of(db: Connection, seconds: int, now: datetime, limit: int) -> tuple[Suspect, ...]:
    """Offers whose telephone has rung for so many full seconds, or twice or three times as many."""
    rung = func.floor(func.extract("epoch", literal(now, Moment) - engagements.c.ringing_at))
    query = select(engagements.c.id, engagements.c.contact_id).where(_IS_LIVE)
    query = query.where(engagements.c.state == EngagementState.RINGING, rung >= seconds, func.mod(rung, seconds) == 0)
    return _suspects(db, query, limit)


def contacts_over(db: Connection, limit: int) -> tuple[Suspect, ...]:
    """Open contacts without a line of the citizen, an agent, or a place in line that needs none."""
    lines = exists().where(legs.c.contact_id == contacts.c.id, legs.c.role == Role.CITIZEN, legs.c.ended_at.is_(None))
    busy = exists().where(engagements.c.contact_id == contacts.c.id, _IS_LIVE)
    places = _written("queue_entries.state", (*_HELD, EntryState.CALLBACK))
    in_line = exists().where(queue_entries.c.contact_id == contacts.c.id, places)
    query = select(contacts.c.id, contacts.c.id).where(contacts.c.ended_at.is_(None), ~lines, ~busy, ~in_line)
    return _suspects(db, query, limit)


def rooms_left_open(db: Connection, before: datetime, limit: int) -> tuple[Suspect, ...]:
    """Contacts with an open line in the room, though the last talk ended before that moment and nobody ends the room."""
    mine = engagements.c.contact_id == legs.c.contact_id
    talks = exists().where(mine, engagements.c.state.in_(_TALKS))
    last_end = select(func.max(func.coalesce(engagements.c.talk_ended_at, engagements.c.ended_at))).where(mine)
    ended = exists().where(orders.c.contact_id == legs.c.contact_id, orders.c.kind == "end_conference", _PENDING)
    query = select(legs.c.contact_id, legs.c.contact_id).distinct()
    query = query.where(legs.c.ended_at.is_(None), legs.c.in_room, ~talks, last_end.scalar_subquery() <= before, ~ended)
    return _suspects(db, query, limit)


def is_ordered(db: Connection, leg_id: str, *but: str) -> bool:
    """Whether an order of this leg is still to be carried out, of whatever kind `but` these."""
    ordered = select(orders.c.id).where(orders.c.leg_id == leg_id, _PENDING, orders.c.kind.not_in(but)).limit(1)
    return db.execute(ordered).first() is not None
