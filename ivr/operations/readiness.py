"""Where a ready agent stands among the others of each group, by that group's strategy."""

from datetime import timedelta

from ivr.adapters.store import agents, engagements, ready
from ivr.adapters.store.agents import Agent
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.groups import Strategy
from ivr.domain.routing.policy import Ready, rank
from ivr.operations.work import Work

LATELY = timedelta(hours=2)
"""How far back it is looked for who is least occupied."""


def stand(work: Work, agent: Agent) -> None:
    """Lay out what a ready agent can take. Somebody without a telephone can take nothing."""
    if agent.state is not AgentState.READY or not agent.device:
        return
    groups = work.plans.current(work.db).plan.groups
    asks_who_is_busy = any(group.strategy is Strategy.LEAST_OCCUPIED for group in groups.values())
    standing = Ready(
        agent=agent.id,
        groups=frozenset(),
        skills={},
        idle_since=agent.idle_since or agent.since,
        offered_at=agent.offered_at,
        occupied=engagements.occupied(work.db, agent.id, work.now - LATELY, work.now) if asks_who_is_busy else 0.0,
    )
    ranks = {id: rank(standing, group.strategy) for id, group in groups.items()}
    ready.stand(work.db, agent.id, ranks, otherwise=rank(standing, Strategy.BEST_FIT))


def refresh(work: Work, agent_id: str) -> None:
    """The same anew, after groups, skills or telephone have changed."""
    ready.leave(work.db, agent_id)
    agent = agents.get(work.db, agent_id)
    if agent is not None:
        stand(work, agent)
