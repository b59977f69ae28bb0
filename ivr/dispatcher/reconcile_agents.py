"""What agents are doing and what they are engaged with contradict each other: an agent 'talking' with nobody.

The engagement is right. It has lines, which the carrier knows, and a lease, which ends; and an agent who counts as free
while engaged would keep everybody from being matched.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from ivr.adapters.store import agents, doubts, engagements
from ivr.adapters.store.doubts import Suspect
from ivr.assembly import Parts
from ivr.dispatcher.repairs import Doubt, doubt, note
from ivr.domain.contacts.repairs import Found
from ivr.domain.routing.agents import BUSY, AgentMove, AgentState
from ivr.domain.routing.engagements import AGENT_STANDS, LIVE, EngagementState
from ivr.operations import engagements as offers
from ivr.operations.agent_moves import move_agent
from ivr.operations.work import Work

_M = AgentMove

_FREED_BY: Mapping[AgentState, AgentMove] = {
    AgentState.OFFERED: _M.OFFER_WITHDRAWN,
    AgentState.TALKING: _M.OFFER_WITHDRAWN,
    AgentState.WRAP_UP: _M.WRAP_UP_DONE,
}
_LEADS_TO: Mapping[EngagementState, tuple[AgentMove, ...]] = {
    EngagementState.RINGING: (_M.BECAME_READY, _M.OFFER_MADE),
    EngagementState.ACCEPTED: (_M.BECAME_READY, _M.OFFER_MADE, _M.OFFER_ACCEPTED),
    EngagementState.CONNECTED: (_M.BECAME_READY, _M.OFFER_MADE, _M.OFFER_ACCEPTED),
    EngagementState.WRAP_UP: (_M.BECAME_READY, _M.OFFER_MADE, _M.OFFER_ACCEPTED, _M.TALK_ENDED),
}


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Agents who are busy with nobody, and engagements whose agent stands elsewhere."""
    stranded = [doubt(parts, suspect, _freed) for suspect in doubts.stranded_agents(db, limit)]
    return stranded + [doubt(parts, suspect, _engaged) for suspect in doubts.agents_elsewhere(db, limit)]


def _freed(work: Work, suspect: Suspect) -> Found | None:
    agent = agents.locked(work.db, suspect.row)
    if agent is None or agent.state not in _FREED_BY or engagements.live_of_agent(work.db, agent.id) is not None:
        return None
    move_agent(work, agent, _FREED_BY[agent.state])
    return note(work, Found.AGENT_STRANDED, agent=agent.id)


def _engaged(work: Work, suspect: Suspect) -> Found | None:
    meeting = offers.lock_meeting(work, suspect.row)
    if meeting is None or meeting.engagement.state not in LIVE:
        return None
    state, agent = meeting.engagement.state, meeting.agent
    if agent.state in AGENT_STANDS[state]:
        return None
    if agent.state in BUSY:
        _move(work, agent.id, _FREED_BY[agent.state])
    for what in _LEADS_TO[state]:
        _move(work, agent.id, what)
    return note(work, Found.AGENT_ELSEWHERE, contact=meeting.contact.id, agent=agent.id)


def _move(work: Work, agent_id: str, what: AgentMove) -> None:
    agent = agents.locked(work.db, agent_id)
    if agent is not None:
        move_agent(work, agent, what)
