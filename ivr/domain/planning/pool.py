"""Who meets whom in memory: the policy, asked only for what one event can have changed.

Before the event nobody who waits and nobody who is ready can meet. So whoever joins the line can only meet the first agent
in the policy's order, and whoever becomes ready only the most pressing caller. That this is what `policy.choose` finds
among everybody is shown by a property in the tests.
"""

from collections.abc import Mapping
from datetime import datetime

from ivr.domain.planning.lines import Lines
from ivr.domain.planning.readiness import ReadyAgents
from ivr.domain.routing.groups import Group
from ivr.domain.routing.policy import Ready, Waiting


class Pool:
    """Everybody who waits and everybody who is ready."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._lines = Lines(groups)
        self._agents = ReadyAgents(groups)

    def join(self, contact: Waiting) -> Ready | None:
        """The agent whom the contact meets, ready no longer; None if nobody can take it, and it waits."""
        agent = self._agents.first_for(contact)
        if agent is None:
            self._lines.add(contact)
        else:
            self._agents.remove(agent.agent)
        return agent

    def leave(self, contact: Waiting) -> None:
        """The contact waits no longer."""
        self._lines.remove(contact)

    def stand(self, agent: Ready, now: datetime) -> Waiting | None:
        """The contact whom the agent meets, in line no longer; None if there is nobody to take, and the agent is ready."""
        contact = self._lines.first_for(agent, now)
        if contact is None:
            self._agents.add(agent)
        else:
            self._lines.remove(contact)
        return contact

    def go(self, agent: str) -> bool:
        """The agent is ready no longer; False if that was so before."""
        is_ready = self._agents.is_ready(agent)
        if is_ready:
            self._agents.remove(agent)
        return is_ready
