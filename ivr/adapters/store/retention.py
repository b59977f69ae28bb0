"""What is forgotten, and after how many days: what points to a person goes early, numbers without persons stay.

The log is append-only for everybody else. Here a fact whose words are forgotten is deleted and written again without
them, under its old id: what remains says that something was heard, not what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from ivr.adapters.store.callbacks import callbacks
from ivr.adapters.store.cases import contact_cases
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.events import events
from ivr.adapters.store.legs import carrier_reports, legs
from ivr.adapters.store.links import links, unreachable_numbers
from ivr.adapters.store.listenings import listenings
from ivr.adapters.store.messages import messages
from ivr.adapters.store.orders import orders
from ivr.domain.contacts.facts import Fact

DAYS: Mapping[str, int] = {
    "numbers": 90,
    "words": 90,
    "notes": 90,
    "recordings": 90,
    "pseudonyms": 395,
    "events": 395,
    "reports": 30,
}
"""Days that each kind is kept unless the municipality decides otherwise (`docs/field.md`, keeping)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One place that holds a kind of personal data. Rows older than `at` and `holding` it are cleared or deleted.

    `cleared` gives the columns that lose their value; where it is empty the whole row goes. `told` is a value that the
    caller needs of each row that goes, unless it is null, and `without` a key that a fact loses.
    """

    kind: str
    what: str
    table: Table
    at: ColumnElement[datetime]
    holding: tuple[ColumnElement[bool], ...] = ()
    cleared: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    told: ColumnElement[Any] | None = None
    without: str | None = None


def _cleared(kind: str, what: str, column: Column[Any], at: ColumnElement[datetime]) -> Trace:
    return Trace(
        kind=kind, what=what, table=column.table, at=at, holding=(column.is_not(None),), cleared={column.name: None}
    )


_OF_CONTACT = select(contacts.c.started_at).where(contacts.c.id == contact_cases.c.contact_id).scalar_subquery()

TRACES = (
    _cleared("numbers", "callers' numbers", contacts.c.caller, contacts.c.started_at),
    # A mobile number that the caller keyed in is in there.
    _cleared("numbers", "where calls stood", contacts.c.flow_state, contacts.c.started_at),
    _cleared("numbers", "numbers that links were sent to", links.c.recipient, links.c.created_at),
    Trace(kind="numbers", what="orders to the carrier", table=orders, at=orders.c.created_at),
    Trace(kind="numbers", what="cases found by number", table=contact_cases, at=_OF_CONTACT),
    _cleared("words", "first words of calls", contacts.c.heard, contacts.c.started_at),
    Trace(
        kind="words",
        what="words in the log",
        table=events,
        at=events.c.at,
        holding=(events.c.kind == Fact.HEARD, events.c.data.has_key("words")),
        without="words",
    ),
    _cleared("notes", "notes of agents", contacts.c.wrap_up_note, contacts.c.started_at),
    Trace(
        kind="recordings",
        what="messages left by callers",
        table=messages,
        at=messages.c.left_at,
        # With those that the carrier still has, null for the others.
        told=case((messages.c.deleted_at.is_(None), messages.c.recording)),
    ),
    _cleared("pseudonyms", "pseudonyms of callers", contacts.c.caller_pseudonym, contacts.c.started_at),
    _cleared("pseudonyms", "pseudonyms of callbacks", callbacks.c.caller_pseudonym, callbacks.c.asked_at),
    Trace(kind="pseudonyms", what="numbers that take no texts", table=unreachable_numbers, at=unreachable_numbers.c.at),
    # With these the carrier can tell the number, for as long as it keeps its own log.
    _cleared("pseudonyms", "the carrier's ids of calls", legs.c.call_id, legs.c.created_at),
    _cleared("pseudonyms", "the carrier's ids of texts", links.c.message_id, links.c.created_at),
    Trace(kind="events", what="facts in the log", table=events, at=events.c.at),
    Trace(kind="reports", what="reports of the carrier", table=carrier_reports, at=carrier_reports.c.at),
    Trace(kind="reports", what="tickets for streams of sound", table=listenings, at=listenings.c.opened_at),
)


def due(db: Connection, trace: Trace, before: datetime) -> int:
    """How many rows would be cleared or deleted."""
    _take_time(db)
    return int(db.execute(select(func.count()).select_from(trace.table).where(*_older(trace, before))).scalar_one())


def forget(db: Connection, trace: Trace, before: datetime, limit: int) -> tuple[int, tuple[str, ...]]:
    """Clear or delete at most `limit` rows. Returns how many they were, and what `told` of them held.

    A part at a time and a transaction each, so that no call waits for the purge.
    """
    _take_time(db)
    _purging(db)
    key = tuple_(*trace.table.primary_key.columns)
    some = key.in_(select(*trace.table.primary_key.columns).where(*_older(trace, before)).limit(limit))
    if trace.cleared:
        return db.execute(update(trace.table).where(some).values(**trace.cleared)).rowcount, ()
    if trace.without is not None:
        return _written_anew(db, some, trace.without), ()
    if trace.told is not None:
        gone = db.execute(delete(trace.table).where(some).returning(trace.told)).scalars().all()
        return len(gone), tuple(value for value in gone if value is not None)
    return db.execute(delete(trace.table).where(some)).rowcount, ()


def forget_words_of(db: Connection, contact_id: str) -> None:
    """What a contact's caller has said so far is forgotten at once, and that something was said is not."""
    trace = next(trace for trace in TRACES if trace.without == "words")
    _purging(db)
    _written_anew(db, and_(events.c.contact_id == contact_id, *trace.holding), "words")


def _purging(db: Connection) -> None:
    """The log's own guard lets a fact go only where this is set, and only until the transaction ends."""
    db.execute(text("SELECT set_config('ivr.purging', 'on', true)"))


def _written_anew(db: Connection, some: ColumnElement[bool], without: str) -> int:
    gone = db.execute(delete(events).where(some).returning(events)).mappings().all()
    if gone:
        kept = [{**row, "data": {key: row["data"][key] for key in row["data"] if key != without}} for row in gone]
        db.execute(insert(events), kept)
    return len(gone)


def _older(trace: Trace, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (trace.at < before, *trace.holding)


def _take_time(db: Connection) -> None:
    # A purge looks through years; the limit of webhooks is not for it.
    db.execute(text("SET LOCAL statement_timeout = '5min'"))
