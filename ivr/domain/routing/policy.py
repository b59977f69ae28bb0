"""Who gets whom: `choose(waiting, ready, groups, now) -> matches`. Changes nothing and asks nobody.

Class before everything: urgent, then returned by our fault, then ordinary. Within a class the caller whose wait weighs
most against the group's target goes first; within a list (group, class, required level) nobody is overtaken. Of the
agents who can, the one whose level is just sufficient is chosen, so that specialists are spared; then the longest idle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.routing.groups import Group
from ivr.domain.routing.queue import QueueClass

TOLD = 10
"""How many candidates a decision remembers by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact in line, as far as the policy looks at it."""

    entry: str
    group: str
    queue_class: QueueClass
    rank_at: datetime
    skill: str | None = None
    required_level: int = 1
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An agent who can take a call now."""

    agent: str
    groups: frozenset[str]
    skills: Mapping[str, int]
    idle_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A meeting, and why: who could have taken it (the first `TOLD` in the order of choice, of `able` in all), the waited
    seconds, the skill asked for and the chosen agent's level of it (0: none asked).
    """

    entry: str
    agent: str
    candidates: tuple[str, ...]
    able: int
    waited_seconds: float
    skill: str | None
    level: int


def choose(
    waiting: Sequence[Waiting], ready: Sequence[Ready], groups: Mapping[str, Group], now: datetime
) -> tuple[Match, ...]:
    """The meetings to make now, most pressing caller first; every entry and every agent in at most one."""
    free = {agent.agent: agent for agent in ready}
    matches: list[Match] = []
    for contact in sorted(waiting, key=lambda contact: _pressing(contact, groups, now)):
        able = sorted(
            (agent for agent in free.values() if can_take(agent, contact)), key=lambda agent: _fit(agent, contact)
        )
        if not able:
            continue
        chosen = able[0]
        del free[chosen.agent]
        matches.append(
            Match(
                entry=contact.entry,
                agent=chosen.agent,
                candidates=tuple(agent.agent for agent in able[:TOLD]),
                able=len(able),
                waited_seconds=max(0.0, (now - contact.rank_at).total_seconds()),
                skill=contact.skill,
                level=chosen.skills.get(contact.skill, 0) if contact.skill else 0,
            )
        )
        if not free:
            break
    return tuple(matches)


def can_take(agent: Ready, contact: Waiting) -> bool:
    """Whether the agent has the group and the skill at the level required, and has not just missed this caller."""
    if contact.group not in agent.groups or agent.agent in contact.excluded:
        return False
    return contact.skill is None or agent.skills.get(contact.skill, 0) >= contact.required_level


def _pressing(contact: Waiting, groups: Mapping[str, Group], now: datetime) -> tuple[int, float, datetime, str]:
    group = groups.get(contact.group)
    target_seconds = group.target.within.total_seconds() if group is not None else 60.0
    weight = group.weight if group is not None else 1.0
    waited = (now - contact.rank_at).total_seconds()
    return (int(contact.queue_class), -waited / target_seconds * weight, contact.rank_at, contact.entry)


def _fit(agent: Ready, contact: Waiting) -> tuple[int, datetime, str]:
    level = agent.skills.get(contact.skill, 0) if contact.skill else 0
    return (level, agent.idle_since, agent.agent)
