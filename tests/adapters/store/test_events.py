"""The log is written once and never altered."""

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import IntegrityError

from ivr.adapters.store import events
from tests.adapters.store.rows import TEN, a_contact


@pytest.fixture
def contact(engine: Engine) -> str:
    with engine.begin() as db:
        contact = a_contact(db)
        rows = [
            {"at": TEN, "contact_id": contact, "kind": kind, "data": {"n": n}}
            for n, kind in enumerate(("call_started", "heard", "queued"))
        ]
        events.append(db, rows)
    return contact


def test_facts_are_read_in_the_order_in_which_they_were_written(engine: Engine, contact: str) -> None:
    with engine.connect() as db:
        found = events.of_contact(db, contact)

    assert [(fact.kind, fact.data) for fact in found] == [
        ("call_started", {"n": 0}),
        ("heard", {"n": 1}),
        ("queued", {"n": 2}),
    ]


def test_a_fact_is_never_rewritten(engine: Engine, contact: str) -> None:
    with pytest.raises(IntegrityError, match="The event log is append-only") as refused, engine.begin() as db:
        db.execute(update(events.events).values(kind="ended"))

    assert refused.value.orig.sqlstate == "23001"


def test_not_even_the_purge_rewrites_a_fact(engine: Engine, contact: str) -> None:
    with pytest.raises(IntegrityError, match="The event log is append-only"), engine.begin() as db:
        db.execute(text("SET LOCAL ivr.purging = 'on'"))
        db.execute(update(events.events).values(kind="ended"))


def test_a_fact_is_deleted_by_the_purge_alone(engine: Engine, contact: str) -> None:
    with pytest.raises(IntegrityError, match="The event log is append-only"), engine.begin() as db:
        db.execute(delete(events.events))


def test_the_purge_may_delete_facts(engine: Engine, contact: str) -> None:
    with engine.begin() as db:
        db.execute(text("SET LOCAL ivr.purging = 'on'"))
        db.execute(delete(events.events))

    with engine.connect() as db:
        assert events.of_contact(db, contact) == ()
