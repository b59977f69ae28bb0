"""Rows as the product writes them, with only what a test cares about said."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert
from uuid6 import uuid7

from ivr.adapters.store.agents import agents
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.legs import legs
from ivr.adapters.store.orders import orders
from ivr.adapters.store.queue import queue_entries

TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday 23 November 2026 at ten in Denmark."""


def at(*, seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def new_id() -> str:
    return str(uuid7())


def an_agent(db: Connection, **values: Any) -> str:
    id = values.setdefault("id", new_id())
    row = {"username": id, "name": "Ali Demir", "role": "agent", "password_hash": "-", "since": TEN}
    db.execute(insert(agents).values(**row | values))
    return id


def a_contact(db: Connection, **values: Any) -> str:
    id = values.setdefault("id", new_id())
    row = {"line": "+4572001234", "plan_version": "v1", "language": "da", "started_at": TEN}
    db.execute(insert(contacts).values(**row | values))
    return id


def a_leg(db: Connection, contact: str, **values: Any) -> str:
    id = values.setdefault("id", new_id())
    row = {"contact_id": contact, "role": "citizen", "status": "in-progress", "goal": "flow", "created_at": TEN}
    db.execute(insert(legs).values(**row | values))
    return id


def an_entry(db: Connection, contact: str, **values: Any) -> str:
    id = values.setdefault("id", new_id())
    row = {
        "contact_id": contact,
        "group_id": "borgerservice",
        "state": "waiting",
        "queue_class": 2,
        "required_level": 1,
        "language": "da",
        "entered_at": TEN,
        "rank_at": TEN,
    }
    db.execute(insert(queue_entries).values(**row | values))
    return id


def an_engagement(db: Connection, *, agent: str, entry: str, contact: str, **values: Any) -> str:
    """With an agent's leg of its own."""
    id = values.setdefault("id", new_id())
    leg = a_leg(db, contact, role="agent", agent_id=agent, goal="whisper", status="planned")
    row = {
        "agent_id": agent,
        "contact_id": contact,
        "entry_id": entry,
        "leg_id": leg,
        "state": "ringing",
        "decision": {},
        "lease_until": at(seconds=30),
        "offered_at": TEN,
    }
    db.execute(insert(engagements).values(**row | values))
    return id


def an_order(db: Connection, **values: Any) -> str:
    id = values.setdefault("id", new_id())
    row = {"kind": "move_call", "order": "{}", "not_before": TEN, "created_at": TEN}
    db.execute(insert(orders).values(**row | values))
    return id
