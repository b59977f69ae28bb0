"""Agents: signing in, and what they ask for themselves."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from ivr.adapters.store import agents, engagements, queue
from ivr.adapters.store.agents import Agent
from ivr.domain.contacts.facts import Fact
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import BUSY, HUMAN_MOVES, AgentState
from ivr.domain.routing.engagements import EngagementState
from ivr.operations.agent_moves import move_agent
from ivr.operations.engagements import end_offer, lock_meeting
from ivr.operations.work import Work

_hasher = PasswordHasher()


class NoSuchAgent(IvrError):
    """The agent is not, or no longer, in the staff list."""

    code = "no_such_agent"


def signed_in(work: Work, username: str, password: str) -> Agent | None:
    """Who signs in with this name and password, or None."""
    agent = agents.by_username(work.db, username)
    try:
        _hasher.verify(agent.password_hash if agent is not None else _nobodys(), password)
    except VerificationError:
        return None
    return agent


@cache
def _nobodys() -> str:
    """Checked when the name is unknown, so that the answer takes as long as with a wrong password."""
    return _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """How a password is stored."""
    return _hasher.hash(password)


def set_state(work: Work, agent_id: str, wanted: AgentState, reason: str | None) -> Agent:
    """An agent's own wish. While busy it is kept and granted when the business ends; an offer ringing is declined."""
    ringing = engagements.live_of_agent(work.db, agent_id)
    if ringing is not None and wanted is not AgentState.READY:
        meeting = lock_meeting(work, ringing.id)
        if meeting is not None and meeting.engagement.state is EngagementState.RINGING:
            end_offer(work, meeting, EngagementState.DECLINED)
    if wanted is AgentState.READY:
        # Before the agent is locked: entries come first in the order of locks.
        queue.forgive(work.db, agent_id)
    agent = agents.locked(work.db, agent_id)
    if agent is None:
        raise NoSuchAgent("You are not in the staff list.", hint="Ask your administrator to import it again.")
    agents.change(work.db, agent_id, wanted=wanted)
    if agent.state in BUSY:
        work.record(Fact.AGENT_STATE, agent=agent_id, data={"wanted": wanted})
    else:
        move_agent(work, agent, HUMAN_MOVES[wanted], reason=reason if wanted is AgentState.BREAK else None)
    found = agents.get(work.db, agent_id)
    assert found is not None
    return found
