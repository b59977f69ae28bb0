"""The order of the line, against a plain sort; and that reading it costs the same however many wait."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, text

from ivr.adapters.store import heads, pool, queue, speeds
from ivr.adapters.store.queue import Entry
from ivr.domain.routing.places import rank
from tests.adapters.store.rows import TEN, a_contact, an_entry, at

callers = st.lists(
    st.fixed_dictionaries(
        {
            "group_id": st.sampled_from(["borgerservice", "byg", "omstilling"]),
            "queue_class": st.integers(0, 2),
            "needs": st.sampled_from(["byg;pas:1;", "byg;pas:5;", "byg;;", "byg+omstilling;;"]),
            "rank_at": st.integers(0, 20).map(lambda seconds: at(seconds=seconds)),
            "state": st.sampled_from(["waiting", "waiting", "callback", "offered", "connected", "abandoned"]),
            "held_until": st.sampled_from([None, None, at(seconds=90)]),
        }
    ),
    max_size=25,
)
with_a_database = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def joined(db: Connection, line: list[dict[str, Any]]) -> list[Entry]:
    entries = [queue.get(db, an_entry(db, a_contact(db), **caller)) for caller in line]
    return [entry for entry in entries if entry is not None]


def waiting(entries: list[Entry]) -> list[Entry]:
    """On the telephone or to be rung, in one order; who is held is passed over."""
    return [entry for entry in entries if entry.state in ("waiting", "callback") and entry.held_until is None]


@with_a_database
@given(line=callers, depth=st.integers(1, 4))
def test_the_heads_are_the_first_of_every_list_in_its_order(engine: Engine, line, depth: int) -> None:
    with engine.connect() as db:
        entries = joined(db, line)

        found = heads.first(db, depth)

        lists: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
        for head in found:
            contact = head.waiting
            lists[contact.group, contact.queue_class, contact.needs.key].append(contact.rank_at)
        expected: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
        for entry in sorted(waiting(entries), key=lambda entry: entry.rank_at):
            expected[entry.group_id, entry.queue_class, entry.needs.key].append(entry.rank_at)
        assert lists == {key: ranks[:depth] for key, ranks in expected.items()}
        assert len({head.waiting.entry for head in found}) == len(found)
        assert {head.waiting.entry for head in found} <= {entry.id for entry in waiting(entries)}


@with_a_database
@given(line=callers)
def test_the_position_is_the_number_of_those_who_go_before_and_one(engine: Engine, line) -> None:
    with engine.connect() as db:
        entries = joined(db, line)
        speeds.rewrite(db, TEN)
        lines = speeds.by_list(db, TEN)

        for entry in waiting(entries):
            ahead = [
                other
                for other in waiting(entries)
                if other.group_id == entry.group_id
                and (other.queue_class, other.rank_at) < (entry.queue_class, entry.rank_at)
            ]
            own_ahead = [other for other in ahead if other.needs == entry.needs]
            for needs, before in (("", ahead), (entry.needs.key, own_ahead)):
                place = lines[entry.group_id, needs].places.place(rank(entry.queue_class, entry.rank_at))
                assert place == len(before) + 1


def test_an_empty_line_has_no_heads(engine: Engine) -> None:
    with engine.connect() as db:
        assert heads.first(db) == ()
        assert not queue.anyone_waiting(db)


def test_an_agent_who_is_ready_again_may_be_offered_callers_missed_before(engine: Engine) -> None:
    with engine.connect() as db:
        ali, birgit = "0" * 8 + "-0000-7000-8000-" + "a" * 12, "0" * 8 + "-0000-7000-8000-" + "b" * 12
        both, one = (an_entry(db, a_contact(db), excluded_agents=list(who)) for who in ([ali, birgit], [birgit]))

        queue.forgive(db, ali)

        assert [queue.get(db, entry).excluded_agents for entry in (both, one)] == [(birgit,), (birgit,)]


MANY = """
WITH callers AS (
    INSERT INTO contacts (id, line, plan_version, language, started_at)
    SELECT gen_random_uuid(), '+4572001234', 'v1', 'da', :now FROM generate_series(1, :count) RETURNING id)
INSERT INTO queue_entries
    (id, contact_id, group_id, state, queue_class, needs, asked, language, entered_at, rank_at)
SELECT gen_random_uuid(), id, 'group-' || (row_number() OVER () % 20), :state, row_number() OVER () % 3,
       'group;pas:' || (1 + row_number() OVER () % 5) || ';', '{}', 'da', :now, :now + random() * interval '1 hour'
FROM callers
"""


def analysed_as_it_is(db: Connection) -> None:
    db.execute(text(MANY), {"now": TEN, "count": 10_000, "state": "waiting"})
    db.execute(text("ANALYZE queue_entries"))


def never_analysed(db: Connection) -> None:
    db.execute(text(MANY), {"now": TEN, "count": 10_000, "state": "waiting"})


def analysed_when_it_was_empty(db: Connection) -> None:
    db.execute(text("ANALYZE queue_entries"))
    db.execute(text(MANY), {"now": TEN, "count": 10_000, "state": "waiting"})


def analysed_in_the_evening_with_a_year_of_callers_served(db: Connection) -> None:
    db.execute(text(MANY), {"now": TEN, "count": 30_000, "state": "closed"})
    db.execute(text("ANALYZE queue_entries"))
    db.execute(text(MANY), {"now": TEN, "count": 10_000, "state": "waiting"})


@pytest.mark.parametrize(
    "fill",
    [
        analysed_as_it_is,
        never_analysed,
        analysed_when_it_was_empty,
        analysed_in_the_evening_with_a_year_of_callers_served,
    ],
)
def test_reading_the_heads_of_ten_thousand_callers_touches_the_heads_alone(engine: Engine, fill) -> None:
    with engine.connect() as db:
        fill(db)

        nodes = plan_of_heads(db)

    scans = {(node["Node Type"], node.get("Index Name")) for node in nodes if "Relation Name" in node}
    assert {name for _, name in scans} == {"ix_queue_entries_heads", "pk_contacts"}, scans
    assert {kind for kind, _ in scans} <= {"Index Scan", "Index Only Scan"}, scans
    # 60 lists, 20 heads of each with their calls, and a jump to each list.
    read = sum(node["Actual Rows"] * node["Actual Loops"] for node in nodes if "Relation Name" in node)
    assert read <= 2 * 60 * 20 + 60


def plan_of_heads(db: Connection) -> list[dict[str, Any]]:
    """The nodes of the plan by which the engine really reads the heads."""
    sent: list[tuple[str, Any]] = []

    def remember(connection, cursor, statement: str, parameters: Any, context, executemany) -> None:
        sent.append((statement, parameters))

    pool.take(db, TEN)
    event.listen(db, "before_cursor_execute", remember)
    heads.first(db, 20)
    event.remove(db, "before_cursor_execute", remember)
    statement, parameters = sent[-1]
    explained = db.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    return flattened(explained[0]["Plan"])


def flattened(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for inner in node.get("Plans", []) for found in flattened(inner))]
