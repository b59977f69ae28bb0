"""Every change of what an agent is doing, by the table of `domain/routing/agents`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from ivr.adapters.store import agents, ready
from ivr.adapters.store.agents import Agent
from ivr.domain.contacts.facts import Fact
from ivr.domain.routing.agents import AgentMove, AgentState, move
from ivr.operations import readiness
from ivr.operations.work import Work


def move_agent(
    work: Work,
    agent: Agent,
    what: AgentMove,
    *,
    reason: str | None = None,
    idle_since: datetime | None = None,
) -> AgentState:
    """Move an agent who is locked; `idle_since` is given back to somebody whose offer ended by no fault of theirs."""
    after = move(agent.state, what, wanted=agent.wanted)
    reason = reason if after is AgentState.BREAK else None
    values: dict[str, Any] = {"state": after, "reason": reason}
    if after is not agent.state or reason != agent.reason:
        values["since"] = work.now
    if what in (AgentMove.OFFER_MISSED, AgentMove.LINE_LOST):
        values["wanted"] = after
    if after is AgentState.READY:
        values["idle_since"] = idle_since or (agent.idle_since if agent.state is AgentState.READY else work.now)
        work.meeting_possible = True
    agents.change(work.db, agent.id, **values)
    if after is AgentState.READY:
        readiness.stand(work, replace(agent, **values))
    elif agent.state is AgentState.READY:
        ready.leave(work.db, agent.id)
    if after is not agent.state:
        work.record(Fact.AGENT_STATE, agent=agent.id, data={"from": agent.state, "to": after, "reason": reason})
    return after
