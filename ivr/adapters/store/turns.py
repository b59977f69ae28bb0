"""One turn of a line: everything it needs read and locked in one statement, everything it leaves written in another.

Nearly every webhook is a turn; what each of them costs is measured in `bench/webhook.py`. What is read comes as one JSON
document: taking the fifty columns of these rows one by one costs a webhook as much as writing its reply.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Text, bindparam, cast, func, select, update

from ivr.adapters.store import circumstances
from ivr.adapters.store.base import Moment
from ivr.adapters.store.circumstances import Circumstances
from ivr.adapters.store.contacts import Contact, contacts
from ivr.adapters.store.legs import Leg, legs
from ivr.adapters.store.queue import queue_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A leg and its contact, both locked; the contact's circumstances as committed; and the time."""

    contact: Contact
    leg: Leg
    known: Circumstances
    now: datetime


# Rows are locked in the order of OF: the contact first, as everywhere.
_LOCKED = (
    select(
        cast(
            func.json_build_object(
                "contact",
                func.row_to_json(contacts.table_valued()),
                "leg",
                func.row_to_json(legs.table_valued()),
                "known",
                circumstances.AS_JSON,
                "now",
                func.coalesce(bindparam("now", type_=Moment), func.clock_timestamp()),
            ),
            Text,
        )
    )
    .join_from(legs, contacts, contacts.c.id == legs.c.contact_id)
    .outerjoin(queue_entries, circumstances.IN_LINE)
    .where(legs.c.id == bindparam("leg"))
    .with_for_update(key_share=True, of=(contacts, legs))
)
_READ = TypeAdapter(Locked)


def locked(db: Connection, leg_id: str, now: datetime | None) -> Locked | None:
    """The leg with its contact; None when there is none. The time is `now`, or the database's where it is None."""
    found = db.execute(_LOCKED, {"leg": leg_id, "now": now}).scalar_one_or_none()
    return None if found is None else _READ.validate_json(found)


_TAKEN = (
    update(legs)
    .where(legs.c.id == bindparam("leg"))
    .values(
        turn=legs.c.turn + 1,
        kept_input=bindparam("input"),
        kept_answer=bindparam("answer"),
        due_answer=None,
        heartbeat_due_at=bindparam("due"),
    )
    .returning(legs.c.turn)
)

STATE = ("flow_state", "language", "topic")
"""The columns of a contact that tell where the caller stands."""

_TAKEN_AND_MOVED = _TAKEN.add_cte(
    update(contacts)
    .where(contacts.c.id == bindparam("contact"))
    .values({name: bindparam(f"to_{name}") for name in STATE})
    .cte("moved")
)


def taken(
    db: Connection,
    leg: Leg,
    moved: Mapping[str, str | None] | None,
    *,
    kept_input: str,
    kept_answer: str,
    due: datetime,
) -> int:
    """The leg's turn is taken, whichever it is by now; the answer is kept, and a sign of life is next due at `due`.

    `moved` gives the columns of `STATE` where the caller now stands elsewhere. Returns the turn that comes next.
    """
    values: dict[str, Any] = {"leg": leg.id, "input": kept_input, "answer": kept_answer, "due": due}
    if moved is not None:
        values |= {"contact": leg.contact_id, **{f"to_{name}": moved[name] for name in STATE}}
    turn: int = db.execute(_TAKEN if moved is None else _TAKEN_AND_MOVED, values).scalar_one()
    return turn
