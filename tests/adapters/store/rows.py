"""Rows as the product writes them, with only what a test cares about said."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert
from uuid6 import uuid7

from ivr.adapters.store import events
from ivr.adapters.store.agents import agents
from ivr.adapters.store.callbacks import callbacks
from ivr.adapters.store.cases import contact_cases
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.legs import carrier_reports, legs
from ivr.adapters.store.links import links, unreachable_numbers
from ivr.adapters.store.listenings import listenings
from ivr.adapters.store.messages import messages
from ivr.adapters.store.orders import orders
from ivr.adapters.store.queue import queue_entries
from ivr.domain.routing.needs import Needs

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
    """Any agent of the group will do, unless `needs` say more."""
    id = values.setdefault("id", new_id())
    group = values.setdefault("group_id", "borgerservice")
    row = {
        "contact_id": contact,
        "state": "waiting",
        "queue_class": 2,
        "needs": Needs(groups=(group,)).key,
        "asked": {"needs": {"groups": [group]}, "entered_at": TEN.isoformat()},
        "language": "da",
        "entered_at": TEN,
        "rank_at": TEN,
    }
    db.execute(insert(queue_entries).values(**row | values))
    return id


def a_callback(db: Connection, *, entry: str, contact: str, **values: Any) -> str:
    """Promised to a number about no topic."""
    id = values.setdefault("id", new_id())
    row = {
        "contact_id": contact,
        "entry_id": entry,
        "group_id": "borgerservice",
        "caller_pseudonym": "5f2a9c",
        "topic": "",
        "language": "da",
        "state": "open",
        "asked_at": TEN,
        "promised_until": at(seconds=3600),
    }
    db.execute(insert(callbacks).values(**row | values))
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


def a_whole_call(engine: Engine, when: datetime, mark: str) -> str:
    """A call with every trace that one can leave; `mark` tells two of them apart."""
    with engine.begin() as db:
        contact = a_contact(
            db,
            started_at=when,
            ended_at=when,
            outcome="settled_by_agent",
            topic="pas",
            caller=f"+4520304050{mark}",
            caller_pseudonym=f"5f2a9c{mark}",
            flow_state=json.dumps({"mobile": f"+4520304060{mark}"}),
            heard=f"mit barn er syg{mark}",
            wrap_up_note=f"ringer igen om sin datter{mark}",
        )
        agent = an_agent(db)
        entry = an_entry(db, contact, entered_at=when, state="closed")
        an_engagement(db, agent=agent, entry=entry, contact=contact, offered_at=when, state="done")
        promised = {"caller_pseudonym": f"5f2a9c{mark}", "state": "reached", "asked_at": when, "ended_at": when}
        a_callback(db, entry=entry, contact=contact, **promised)
        leg = a_leg(db, contact, created_at=when, ended_at=when, call_id=f"CA0001{mark}", status="completed")
        an_order(db, created_at=when, state="done", order=json.dumps({"to": f"+4520304070{mark}"}))
        link = {"topic": "pas", "language": "da", "url": "https://x", "created_at": when, "expires_at": when}
        to = {"recipient": f"+4520304080{mark}", "message_id": f"SM0001{mark}", "code": f"code{mark}"}
        db.execute(insert(links).values(id=new_id(), contact_id=contact, **link, **to))
        db.execute(insert(contact_cases).values(contact_id=contact, case_number=f"260417{mark}"))
        recording = {"recording": f"https://carrier.example/RE1{mark}", "seconds": 9, "left_at": when}
        db.execute(insert(messages).values(id=new_id(), contact_id=contact, group_id="byg", **recording))
        db.execute(insert(unreachable_numbers).values(pseudonym=f"77aa01{mark}", error_code=30006, at=when))
        report = {"carrier_id": f"CA0001{mark}", "status": "completed", "sequence": 1, "at": when}
        db.execute(insert(carrier_reports).values(**report))
        db.execute(insert(listenings).values(leg_id=leg, turn=0, token=new_id(), opened_at=when))
        heard = {"words": f"jeg hedder Karen{mark}", "candidates": [["pas", 0.9]]}
        facts = [("call_started", {}), ("heard", heard), ("ended", {"outcome": "settled_by_agent"})]
        rows = [{"at": when, "contact_id": contact, "kind": kind, "data": data} for kind, data in facts]
        events.append(db, rows)
    return contact
