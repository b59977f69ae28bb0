"""Agents and other staff: who they are, what they can, and what they are doing now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    SmallInteger,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.domain.routing.agents import AgentState

agents = Table(
    "agents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("device", Text, nullable=False, server_default=""),
    Column("password_hash", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="offline"),
    Column("reason", Text),
    Column("since", Moment, nullable=False),
    Column("idle_since", Moment),
    Column("wanted", Text, nullable=False, server_default="offline"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("offered_at", Moment),
    CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role_known"),
    CheckConstraint("state IN ('" + "', '".join(AgentState) + "')", name="state_known"),
    CheckConstraint("wanted IN ('ready', 'break', 'offline')", name="wanted_known"),
)

agent_groups = Table(
    "agent_groups",
    metadata,
    Column("agent_id", Id, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Text, primary_key=True),
)

agent_skills = Table(
    "agent_skills",
    metadata,
    Column("agent_id", Id, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("skill", Text, primary_key=True),
    Column("level", SmallInteger, nullable=False),
    CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A member of staff as of now. `idle_since` orders the ready ones, `offered_at` is when a call was last offered;
    `failures` counts devices that never rang.
    """

    id: str
    username: str
    name: str
    role: str
    device: str
    password_hash: str
    state: AgentState
    reason: str | None
    since: datetime
    idle_since: datetime | None
    wanted: AgentState
    failures: int
    offered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """The groups an agent belongs to and the level, 1 to 5, of each skill."""

    groups: frozenset[str]
    skills: Mapping[str, int]


def agent_of(row: Row[Any] | None) -> Agent | None:
    """The agent in a row of `agents`, None where there is none."""
    if row is None:
        return None
    values = dict(row._mapping)
    values.update(state=AgentState(row.state), wanted=AgentState(row.wanted))
    return Agent(**values)


def get(db: Connection, agent_id: str) -> Agent | None:
    """The agent as committed, without a lock."""
    return agent_of(db.execute(select(agents).where(agents.c.id == agent_id)).first())


def by_username(db: Connection, username: str) -> Agent | None:
    """The agent who signs in as `username`."""
    return agent_of(db.execute(select(agents).where(agents.c.username == username)).first())


def by_name(db: Connection, name: str) -> str | None:
    """The id of whoever is called `name`; None where nobody is, or more than one."""
    found = db.execute(select(agents.c.id).where(agents.c.name == name).limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def locked(db: Connection, agent_id: str) -> Agent | None:
    """The agent, locked; contact, legs and queue entry come before in the order of locks."""
    return agent_of(db.execute(select(agents).where(agents.c.id == agent_id).with_for_update(key_share=True)).first())


def change(db: Connection, agent_id: str, **values: Any) -> None:
    """Write some columns of an agent that this transaction has locked."""
    db.execute(update(agents).where(agents.c.id == agent_id).values(**values))


def abilities_of(db: Connection, ids: list[str]) -> dict[str, Abilities]:
    """Groups and skills of the named agents."""
    groups: dict[str, set[str]] = {id: set() for id in ids}
    skills: dict[str, dict[str, int]] = {id: {} for id in ids}
    if ids:
        for row in db.execute(select(agent_groups).where(agent_groups.c.agent_id.in_(ids))):
            groups[row.agent_id].add(row.group_id)
        for row in db.execute(select(agent_skills).where(agent_skills.c.agent_id.in_(ids))):
            skills[row.agent_id][row.skill] = row.level
    return {id: Abilities(groups=frozenset(groups[id]), skills=skills[id]) for id in ids}


def everyone(db: Connection) -> tuple[Agent, ...]:
    """All staff, by name."""
    rows = db.execute(select(agents).order_by(agents.c.name))
    return tuple(agent for row in rows if (agent := agent_of(row)) is not None)


def save(db: Connection, values: Mapping[str, Any], groups: frozenset[str], skills: Mapping[str, int]) -> str:
    """Write a member of staff as the staff file has them; the present state of somebody known is kept. Gives the id."""
    row = upsert(agents).values(**values)
    kept = {key: row.excluded[key] for key in ("name", "role", "device", "password_hash")}
    agent_id: str = db.execute(
        row.on_conflict_do_update(index_elements=[agents.c.username], set_=kept).returning(agents.c.id)
    ).scalar_one()
    db.execute(delete(agent_groups).where(agent_groups.c.agent_id == agent_id))
    db.execute(delete(agent_skills).where(agent_skills.c.agent_id == agent_id))
    if groups:
        db.execute(insert(agent_groups), [{"agent_id": agent_id, "group_id": group} for group in sorted(groups)])
    if skills:
        db.execute(
            insert(agent_skills),
            [{"agent_id": agent_id, "skill": skill, "level": level} for skill, level in sorted(skills.items())],
        )
    return agent_id
