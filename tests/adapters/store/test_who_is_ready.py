"""Who can take a call, as the store finds it, against the policy by its definition; and that finding it costs the same."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, insert, text

from ivr.adapters.store import agents, pool, ready
from ivr.domain.routing.groups import Group, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import LOOKED_AT, Ready, Waiting, in_order, rank, strategy_of
from ivr.domain.routing.queue import QueueClass
from tests.adapters.store.rows import TEN, an_agent, new_id

GROUPS = {
    id: Group(id=id, name={}, hours="always", strategy=strategy)
    for id, strategy in (
        ("byg", Strategy.BEST_FIT),
        ("pas", Strategy.LONGEST_IDLE),
        ("omstilling", Strategy.ROUND_ROBIN),
        ("natur", Strategy.LEAST_OCCUPIED),
    )
}
NAMES = [new_id() for _ in range(14)]

names = st.sampled_from(sorted(GROUPS))
skills = st.dictionaries(st.sampled_from(["pas", "byg", "engelsk"]), st.integers(1, 5), max_size=3)
staff = st.lists(
    st.fixed_dictionaries(
        {
            "groups": st.frozensets(names, min_size=1),
            "skills": skills,
            "idle": st.integers(0, 4),
            "offered": st.none() | st.integers(0, 4),
            "occupied": st.sampled_from([0.0, 0.25, 0.5]),
        }
    ),
    max_size=len(NAMES),
)
callers = st.lists(
    st.builds(
        lambda groups, skills, agent, excluded: Waiting(
            entry=new_id(),
            group=groups[0],
            queue_class=QueueClass.ORDINARY,
            rank_at=TEN,
            needs=Needs(groups=tuple(groups), skills=tuple(skills.items()), agent=agent),
            excluded=excluded,
        ),
        st.lists(names, min_size=1, max_size=3, unique=True),
        skills,
        st.sampled_from([None, None, None, NAMES[0]]),
        st.frozensets(st.sampled_from(NAMES[:3]), max_size=2),
    ),
    max_size=5,
)


def joins(db: Connection, name: str, who: dict[str, Any]) -> Ready:
    """A member of staff who becomes ready."""
    an_agent(db, id=name, state="ready", device="+4572001201")
    db.execute(insert(agents.agent_groups), [{"agent_id": name, "group_id": group} for group in who["groups"]])
    if who["skills"]:
        rows = [{"agent_id": name, "skill": skill, "level": level} for skill, level in who["skills"].items()]
        db.execute(insert(agents.agent_skills), rows)
    able = Ready(
        agent=name,
        groups=who["groups"],
        skills=who["skills"],
        idle_since=TEN - timedelta(minutes=who["idle"]),
        offered_at=None if who["offered"] is None else TEN - timedelta(minutes=who["offered"]),
        occupied=who["occupied"],
    )
    ready.stand(db, name, {id: rank(able, strategy_of(id, GROUPS)) for id in GROUPS}, otherwise=0.0)
    return able


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(staff=staff, callers=callers)
def test_the_store_finds_those_whom_the_policy_would_choose_in_its_order(engine: Engine, staff, callers) -> None:
    with engine.connect() as db:
        able = [joins(db, name, who) for name, who in zip(NAMES, staff, strict=False)]

        found = ready.candidates(db, callers, GROUPS)

        for caller in callers:
            assert list(found.get(caller.entry, ())) == in_order(able, caller, GROUPS)[:LOOKED_AT]


def test_who_is_no_longer_ready_is_found_no_more(engine: Engine) -> None:
    with engine.connect() as db:
        joins(db, NAMES[0], {"groups": {"byg"}, "skills": {}, "idle": 1, "offered": None, "occupied": 0.0})
        assert ready.any_of(db, {NAMES[0], NAMES[1]})

        ready.leave(db, NAMES[0])

        assert not ready.any_of(db, {NAMES[0], NAMES[1]})
        assert not ready.any_of(db, set())


MANY = """
WITH staff AS (
    INSERT INTO agents (id, username, name, role, password_hash, since, state, device)
    SELECT gen_random_uuid(), 'agent-' || number, 'Agent', 'agent', '-', now(), 'ready', '+4572001201'
    FROM generate_series(1, 10000) AS number RETURNING id)
INSERT INTO ready_places (agent_id, group_id, skill, level, rank)
SELECT id, 'group-' || (row_number() OVER () % 10), able.skill, able.level, random()
FROM staff, LATERAL (VALUES ('', 0), ('pas', 1 + (hashtext(CAST(id AS text)) & 3))) AS able (skill, level)
"""


@pytest.mark.parametrize("analysed", [True, False])
def test_among_ten_thousand_who_are_ready_only_the_first_are_looked_at(engine: Engine, analysed: bool) -> None:
    needs = Needs(groups=("group-3", "group-4"), skills=(("pas", 2),))
    caller = Waiting(entry=new_id(), group="group-3", queue_class=QueueClass.ORDINARY, rank_at=TEN, needs=needs)
    sent: list[tuple[str, Any]] = []
    with engine.connect() as db:
        db.execute(text(MANY))
        if analysed:
            db.execute(text("ANALYZE ready_places"))
        pool.take(db, TEN)
        event.listen(db, "before_cursor_execute", lambda *seen: sent.append((seen[2], seen[3])))

        found = ready.candidates(db, [caller], GROUPS)
        statement, parameters = sent[-1]
        explained = db.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()

    scans = [node for node in _nodes(explained[0]["Plan"]) if node.get("Relation Name") == "ready_places"]
    assert len(found[caller.entry]) == LOOKED_AT
    assert {node.get("Index Name") for node in scans} == {"ix_ready_places_order"}
    # Two groups, four levels each.
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 2 * 4 * LOOKED_AT


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for inner in node.get("Plans", []) for found in _nodes(inner))]
