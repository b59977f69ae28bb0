"""After a purge nothing older is left in any table, nothing younger is gone, and the figures still stand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from ivr.adapters.store import events, retention
from ivr.adapters.store.retention import DAYS, TRACES, Trace
from ivr.adapters.store.tables import TABLES
from tests.adapters.store.rows import TEN, a_whole_call

ALL = 1_000_000
SECRETS = {
    "numbers": ("+4520304050", "+4520304060", "+4520304070", "+4520304080", "260417"),
    "words": ("mit barn er syg", "jeg hedder Karen"),
    "notes": ("ringer igen om sin datter",),
    "recordings": ("https://carrier.example/RE1",),
    "pseudonyms": ("5f2a9c", "77aa01", "CA0001", "SM0001"),
}


def everything(engine: Engine) -> str:
    """All rows of all tables as one text."""
    with engine.connect() as db:
        rows = [str(tuple(row)) for table in TABLES for row in db.execute(select(table))]
    return "\n".join(rows)


def forget(engine: Engine, trace: Trace, before: datetime, limit: int = ALL) -> tuple[int, tuple[str, ...]]:
    with engine.begin() as db:
        return retention.forget(db, trace, before, limit)


def of_kind(kind: str) -> list[Trace]:
    return [trace for trace in TRACES if trace.kind == kind]


@pytest.mark.parametrize("kind", sorted(SECRETS))
def test_nothing_older_is_left_and_nothing_younger_is_gone(engine: Engine, kind: str) -> None:
    a_whole_call(engine, TEN - timedelta(days=10), "#old")
    a_whole_call(engine, TEN, "#new")

    for trace in of_kind("reports") + of_kind(kind):
        forget(engine, trace, TEN - timedelta(days=1))

    left = everything(engine)
    assert [secret for secret in SECRETS[kind] if f"{secret}#old" in left] == []
    assert [secret for secret in SECRETS[kind] if f"{secret}#new" not in left] == []
    others = [secret for other, secrets in SECRETS.items() if other != kind for secret in secrets]
    assert [secret for secret in others if f"{secret}#old" not in left] == []


def test_after_every_kind_has_gone_no_trace_of_the_caller_is_left_but_the_call_is_still_counted(engine: Engine) -> None:
    contact = a_whole_call(engine, TEN - timedelta(days=10), "#old")

    for trace in TRACES:
        forget(engine, trace, TEN)

    left = everything(engine)
    assert "#old" not in left.replace("code#old", "")
    with engine.connect() as db:
        assert db.execute(text("SELECT id::text, topic, outcome FROM contacts")).all() == [
            (contact, "pas", "settled_by_agent")
        ]
        counts = [db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in ("queue_entries", "links")]
        assert counts == [1, 1]
        assert events.of_contact(db, contact) == ()


def test_a_fact_without_its_words_keeps_its_place_in_the_story(engine: Engine) -> None:
    contact = a_whole_call(engine, TEN, "")
    with engine.connect() as db:
        before = events.of_contact(db, contact)

    for trace in of_kind("words"):
        forget(engine, trace, TEN + timedelta(days=1))

    with engine.connect() as db:
        after = events.of_contact(db, contact)
    assert [(fact.id, fact.at, fact.kind) for fact in after] == [(fact.id, fact.at, fact.kind) for fact in before]
    assert [fact.data for fact in after] == [{}, {"candidates": [["pas", 0.9]]}, {"outcome": "settled_by_agent"}]


@pytest.mark.parametrize("trace", TRACES, ids=[trace.what for trace in TRACES])
def test_what_is_counted_is_what_goes_and_then_none_is_left(engine: Engine, trace: Trace) -> None:
    for day in range(3):
        a_whole_call(engine, TEN - timedelta(days=day), f"#{day}")

    def due() -> int:
        with engine.begin() as db:
            return retention.due(db, trace, TEN)

    counted = due()
    parts: list[int] = []
    while some := forget(engine, trace, TEN, limit=1)[0]:
        parts.append(some)

    assert counted > 0
    assert parts == [1] * counted
    assert due() == 0


def test_the_recordings_that_must_go_at_the_carrier_are_told(engine: Engine) -> None:
    a_whole_call(engine, TEN, "#1")

    gone: Any = [forget(engine, trace, TEN + timedelta(days=1)) for trace in of_kind("recordings")]

    assert gone == [(1, ("https://carrier.example/RE1#1",))]


def test_every_kind_has_its_days_and_its_traces() -> None:
    assert {trace.kind for trace in TRACES} == set(DAYS)
