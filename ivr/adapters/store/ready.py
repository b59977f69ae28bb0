"""Who is ready, laid out so that the next agent for a call is found at once, however many are ready.

A ready agent has a row for each own group and, in it, for each own skill; `rank` is the agent's place by the group's
strategy. The rows are there exactly while the agent is ready and has a telephone: they come and go with the state.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from ivr.adapters.store.agents import Agent, agent_of, agents
from ivr.adapters.store.base import Id, metadata
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.groups import Group, Strategy
from ivr.domain.routing.policy import LOOKED_AT, Candidate, Waiting, strategy_of

MEMBER = ""
"""Stands for no skill: the row that says that the agent is of the group."""

_BEST = 5

ready_places = Table(
    "ready_places",
    metadata,
    Column("agent_id", Id, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("skill", Text, primary_key=True),
    Column("level", SmallInteger, nullable=False),
    Column("rank", Double, nullable=False),
    Index("ix_ready_places_order", "group_id", "skill", "level", "rank", "agent_id"),
)

_STAND = text(
    """
    INSERT INTO ready_places (agent_id, group_id, skill, level, rank)
    SELECT own.agent_id, own.group_id, able.skill, able.level, coalesce((:ranks ->> own.group_id)::float8, :otherwise)
    FROM agent_groups AS own, LATERAL (
        SELECT :member AS skill, 0 AS level
        UNION ALL SELECT skill, level FROM agent_skills WHERE agent_id = own.agent_id) AS able
    WHERE own.agent_id = :agent
    ON CONFLICT (agent_id, group_id, skill) DO UPDATE SET level = excluded.level, rank = excluded.rank
    """
).bindparams(bindparam("ranks", type_=JSONB), bindparam("agent", type_=Id))


def stand(db: Connection, agent_id: str, ranks: Mapping[str, float], otherwise: float) -> None:
    """The agent is ready, with a rank in each group; `otherwise` is the rank in groups that are not named."""
    db.execute(_STAND, {"agent": agent_id, "ranks": dict(ranks), "otherwise": otherwise, "member": MEMBER})


def leave(db: Connection, agent_id: str) -> None:
    """The agent is not, or no longer, ready."""
    db.execute(delete(ready_places).where(ready_places.c.agent_id == agent_id))


_CLAIM = (
    update(agents)
    .where(agents.c.id == bindparam("agent"), agents.c.state == AgentState.READY)
    .values(state=AgentState.OFFERED, since=bindparam("now"), offered_at=bindparam("now"), reason=None)
    .returning(agents)
    .add_cte(delete(ready_places).where(ready_places.c.agent_id == bindparam("agent")).cte("left_behind"))
)


def claim(db: Connection, agent_id: str, now: datetime) -> Agent | None:
    """Take a ready agent for an offer; None when the agent is no longer ready."""
    return agent_of(db.execute(_CLAIM, {"agent": agent_id, "now": now}).first())


def any_of(db: Connection, agent_ids: Collection[str]) -> bool:
    """Whether any of these agents is ready."""
    if not agent_ids:
        return False
    found = select(ready_places.c.agent_id).where(ready_places.c.agent_id.in_(sorted(agent_ids))).limit(1)
    return db.execute(found).first() is not None


# Every level is looked at by itself, since only within a level the index has the order. Skills beside the first are rare,
# so they are asked of those found and not laid out in advance.
_CANDIDATES = text(
    """
    SELECT want.head, want.through, found.agent_id, found.level
    FROM jsonb_to_recordset(:wants) AS want (
            head integer, tier integer, through text, skill text, least integer, best integer, fit boolean,
            others jsonb, alone uuid, excluded jsonb),
        LATERAL (
            SELECT place.agent_id, place.rank, levels.level
            FROM generate_series(want.least, want.best) AS levels (level), LATERAL (
                SELECT agent_id, rank FROM ready_places
                WHERE group_id = want.through AND skill = want.skill AND ready_places.level = levels.level
                  AND (want.alone IS NULL OR agent_id = want.alone)
                  AND NOT want.excluded ? CAST(agent_id AS text)
                  AND NOT EXISTS (
                      SELECT FROM jsonb_each_text(want.others) AS other (skill, level)
                      WHERE NOT EXISTS (
                          SELECT FROM agent_skills AS own
                          WHERE own.agent_id = ready_places.agent_id AND own.skill = other.skill
                            AND own.level >= CAST(other.level AS integer)))
                ORDER BY rank, agent_id LIMIT :looked_at) AS place
            ORDER BY CASE WHEN want.fit THEN levels.level END, place.rank, place.agent_id
            LIMIT :looked_at) AS found
    ORDER BY want.head, want.tier, CASE WHEN want.fit THEN found.level END, found.rank, found.agent_id
    """
).bindparams(bindparam("wants", type_=JSONB), bindparam("looked_at", LOOKED_AT))


def candidates(
    db: Connection, heads: Iterable[Waiting], groups: Mapping[str, Group]
) -> Mapping[str, tuple[Candidate, ...]]:
    """By entry, the first of those who can take it now, as `policy.in_order` would give them; nobody, no entry."""
    asked = list(heads)
    wants = [want for number, head in enumerate(asked) for want in _wants(number, head, groups)]
    if not wants:
        return {}
    found: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for row in db.execute(_CANDIDATES, {"wants": wants}):
        agent = str(row.agent_id)
        by_agent = found[asked[row.head].entry]
        # Whoever is of several of the groups asked for was found by the first of them already.
        by_agent.setdefault(agent, Candidate(agent=agent, through=row.through, level=row.level))
    return {entry: tuple(by_agent.values())[:LOOKED_AT] for entry, by_agent in found.items()}


def _wants(number: int, head: Waiting, groups: Mapping[str, Group]) -> Iterable[dict[str, Any]]:
    needs = head.needs
    (skill, least), *others = needs.skills or ((MEMBER, 0),)
    for tier, group in enumerate(needs.groups):
        yield {
            "head": number,
            "tier": tier,
            "through": group,
            "skill": skill,
            "least": least,
            "best": _BEST if needs.skills else 0,
            "fit": strategy_of(group, groups) is Strategy.BEST_FIT,
            "others": dict(others),
            "alone": needs.agent,
            "excluded": sorted(head.excluded),
        }
