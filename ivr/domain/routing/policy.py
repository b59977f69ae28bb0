"""Who gets whom, over the heads of the lists and the agents who are ready. Changes nothing and asks nobody.

Class before everything: urgent, then returned by our fault, then ordinary. Between lists of one class the caller goes
first whose wait weighs most against the group's target; within a list (group, class, needs) nobody is overtaken. Of the
agents who can, those of the caller's own group come first, then by that group's strategy.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.routing.groups import Group, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.queue import QueueClass

TOLD = 10
"""How many candidates a decision remembers by name."""

LOOKED_AT = TOLD + 1
"""One more, so that it is known whether there were others."""

_TARGET_SECONDS, _WEIGHT = 60.0, 1.0
"""Of a group that the plan no longer has: whoever waits for it is served all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact in line, as far as the policy looks at it. `excluded` are agents who have just missed it."""

    entry: str
    group: str
    queue_class: QueueClass
    rank_at: datetime
    needs: Needs
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An agent who can take a call now.

    `offered_at` is when the agent was last offered a call; `occupied` the share, 0 to 1, of the last two hours that
    went into calls, as it was when the agent became ready.
    """

    agent: str
    groups: frozenset[str]
    skills: Mapping[str, int]
    idle_since: datetime
    offered_at: datetime | None = None
    occupied: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An agent who can take a certain call: `through` the first group asked for that the agent belongs to, with `level`
    of the first skill asked for (0: none asked).
    """

    agent: str
    through: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A meeting, and why.

    `candidates` are those who could have taken the call, the chosen first and at most `TOLD`; there were more if
    `is_more`. `through` is the group by which the agent was chosen and `strategy` its rule.
    """

    entry: str
    agent: str
    candidates: tuple[str, ...]
    is_more: bool
    waited_seconds: float
    needs: str
    through: str
    strategy: Strategy
    level: int


def choose(
    heads: Iterable[Waiting],
    candidates: Callable[[Waiting], Sequence[Candidate]],
    groups: Mapping[str, Group],
    now: datetime,
) -> tuple[Match, ...]:
    """The meetings to make now, most pressing caller first; every entry and every agent in at most one.

    `candidates` gives the ready agents who can take a call as `in_order` does, as many as it likes but not skipping any:
    `LOOKED_AT` are enough.
    """
    taken: set[str] = set()
    matches: list[Match] = []
    for contact in sorted(heads, key=lambda contact: pressing(contact, groups, now)):
        able = [agent for agent in candidates(contact) if agent.agent not in taken]
        if able:
            taken.add(able[0].agent)
            matches.append(_match(contact, able, groups, now))
    return tuple(matches)


def can_take(agent: Ready, contact: Waiting) -> bool:
    """Whether the agent has one of the groups and every skill at its level, and has not just missed this caller."""
    needs = contact.needs
    if agent.agent in contact.excluded or needs.agent not in (None, agent.agent):
        return False
    if not any(group in agent.groups for group in needs.groups):
        return False
    return all(agent.skills.get(skill, 0) >= level for skill, level in needs.skills)


def in_order(ready: Iterable[Ready], contact: Waiting, groups: Mapping[str, Group]) -> list[Candidate]:
    """Those who can take the call, in the order of choice."""
    able = (agent for agent in ready if can_take(agent, contact))
    return [
        _candidate(agent, contact.needs) for agent in sorted(able, key=lambda agent: _fit(agent, contact.needs, groups))
    ]


def pressing(contact: Waiting, groups: Mapping[str, Group], now: datetime) -> tuple[int, float, datetime, str]:
    """The order of callers: smaller is served first."""
    group = groups.get(contact.group)
    target_seconds = group.target.within.total_seconds() if group is not None else _TARGET_SECONDS
    weight = group.weight if group is not None else _WEIGHT
    waited = (now - contact.rank_at).total_seconds()
    return int(contact.queue_class), -waited / target_seconds * weight, contact.rank_at, contact.entry


def rank(agent: Ready, strategy: Strategy) -> float:
    """An agent's place among those of one group who are as able: smaller is chosen first."""
    match strategy:
        case Strategy.LEAST_OCCUPIED:
            return agent.occupied
        case Strategy.ROUND_ROBIN:
            return agent.offered_at.timestamp() if agent.offered_at is not None else 0.0
        case Strategy.BEST_FIT | Strategy.LONGEST_IDLE:
            return agent.idle_since.timestamp()


def strategy_of(group: str, groups: Mapping[str, Group]) -> Strategy:
    """How the group's agents are chosen."""
    found = groups.get(group)
    return found.strategy if found is not None else Strategy.BEST_FIT


def _through(agent: Ready, needs: Needs) -> int:
    """The first of the groups asked for that the agent belongs to, by its number."""
    return next(number for number, group in enumerate(needs.groups) if group in agent.groups)


def _fit(agent: Ready, needs: Needs, groups: Mapping[str, Group]) -> tuple[int, int, float, str]:
    number = _through(agent, needs)
    strategy = strategy_of(needs.groups[number], groups)
    spared = _level(agent, needs) if strategy is Strategy.BEST_FIT else 0
    return number, spared, rank(agent, strategy), agent.agent


def _level(agent: Ready, needs: Needs) -> int:
    return agent.skills.get(needs.skills[0][0], 0) if needs.skills else 0


def _candidate(agent: Ready, needs: Needs) -> Candidate:
    return Candidate(agent=agent.agent, through=needs.groups[_through(agent, needs)], level=_level(agent, needs))


def _match(contact: Waiting, able: Sequence[Candidate], groups: Mapping[str, Group], now: datetime) -> Match:
    chosen = able[0]
    return Match(
        entry=contact.entry,
        agent=chosen.agent,
        candidates=tuple(agent.agent for agent in able[:TOLD]),
        is_more=len(able) > TOLD,
        waited_seconds=max(0.0, (now - contact.rank_at).total_seconds()),
        needs=contact.needs.key,
        through=chosen.through,
        strategy=strategy_of(chosen.through, groups),
        level=chosen.level,
    )
