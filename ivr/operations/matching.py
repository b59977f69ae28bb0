"""One matcher at a time: heads of the lists and ready agents in, offers out.

Runs right after the commit that made a meeting possible, in its own short transaction: inside the event's own
transaction a caller arriving and an agent becoming ready at the same moment would not see each other. The pool's
advisory lock is taken first; rows are read without locks and claimed by conditional update, entry before agent. Nobody
who holds a row lock ever waits for the pool lock.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog
from sqlalchemy import text

from ivr.adapters.store import agents, contacts, engagements, legs, queue
from ivr.adapters.store.agents import Abilities, Agent
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, Role
from ivr.domain.errors import IvrError
from ivr.domain.orders import RingAgent
from ivr.domain.routing.engagements import EngagementState
from ivr.domain.routing.groups import Group
from ivr.domain.routing.policy import Match, Ready, Waiting, choose
from ivr.operations.work import Operations, Work

# One pool for the installation: agents may be in several groups, so the groups are one matter. Any number will do that
# nothing else locks.
_POOL = 7201

# From the order's writing until the carrier says "ringing"; longer than a paced order waits for its turn.
UNRUNG_LEASE = timedelta(seconds=30)

# How far into each list is looked at first, and how many times further if that was not enough.
_DEPTH = 20
_DEEPER = 10

log = structlog.get_logger()


def match(operations: Operations) -> None:
    """Make every meeting that is possible now, in a transaction of its own."""
    operations.run(make_matches)


def make_matches(work: Work) -> int:
    """Offers to the agents chosen by the policy. Returns how many."""
    work.db.execute(text("SELECT pg_advisory_xact_lock(:pool)"), {"pool": _POOL})
    is_anyone_waiting = queue.anyone_waiting(work.db)
    ready = {agent.id: (agent, able) for agent, able in agents.ready(work.db)} if is_anyone_waiting else {}
    if not ready:
        return 0
    depth = _DEPTH
    entries, meetings = _look(work, ready, depth)
    # Callers whom nobody ready can help must not hide those behind them, however many they are.
    while _hides_somebody(entries, ready, meetings, depth):
        depth *= _DEEPER
        entries, meetings = _look(work, ready, depth)
    return sum(_offer(work, entries[match.entry], ready[match.agent][0], match, call) for match, call in meetings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A waiting contact, and its group in the plan that it began with."""

    contact: Contact
    group: Group


_Agents = Mapping[str, tuple[Agent, Abilities]]
_Meetings = list[tuple[Match, _Call]]


def _look(work: Work, ready: _Agents, depth: int) -> tuple[dict[str, Entry], _Meetings]:
    entries = {entry.id: entry for entry in queue.heads(work.db, depth)}
    return entries, _meetings(work, entries, ready)


def _hides_somebody(entries: Mapping[str, Entry], ready: _Agents, meetings: _Meetings, depth: int) -> bool:
    """Whether a list that was not read to its end belongs to a group of somebody who would go idle."""
    lists = Counter((entry.group_id, entry.queue_class, entry.required_level) for entry in entries.values())
    cut = {group for (group, _, _), read in lists.items() if read >= depth}
    chosen = {match.agent for match, _ in meetings}
    return any(able.groups & cut for agent, able in ready.values() if agent.id not in chosen)


def _meetings(work: Work, entries: Mapping[str, Entry], ready: _Agents) -> _Meetings:
    """What the policy chooses among the calls that can be put through.

    A call whose plan cannot be had has no words for the agent. It is left to its fallback, and chosen without it:
    nobody else may wait for an agent because of it.
    """
    groups = work.plans.current(work.db).plan.groups
    waiting = [_waiting(entry) for entry in entries.values()]
    while True:
        matches = choose(waiting, [_ready(agent, able) for agent, able in ready.values()], groups, work.now)
        calls = [(match, _call(work, entries[match.entry])) for match in matches]
        lost = {match.entry for match, call in calls if call is None}
        if not lost:
            return [(match, call) for match, call in calls if call is not None]
        waiting = [contact for contact in waiting if contact.entry not in lost]


def _call(work: Work, entry: Entry) -> _Call | None:
    contact = contacts.get(work.db, entry.contact_id)
    if contact is None:
        return None
    try:
        group = work.plans.version(work.db, contact.plan_version).plan.groups[entry.group_id]
    except (IvrError, KeyError) as error:
        log.warning("not_matched", contact=contact.id, plan=contact.plan_version, error=type(error).__name__)
        return None
    return _Call(contact=contact, group=group)


def _offer(work: Work, entry: Entry, agent: Agent, match: Match, call: _Call) -> bool:
    """Claim both and write the offer; False when either has been taken since it was read."""
    if not queue.claim(work.db, entry.id):
        return False
    if not agents.claim_ready(work.db, agent.id, work.now):
        queue.change(work.db, entry.id, state="waiting")
        return False
    engagement_id, leg_id = work.new_id(), work.new_id()
    legs.add(
        work.db,
        {
            "id": leg_id,
            "contact_id": entry.contact_id,
            "role": Role.AGENT,
            "agent_id": agent.id,
            "status": LegStatus.PLANNED,
            "goal": Goal.WHISPER,
            "created_at": work.now,
        },
    )
    decision = {**asdict(match), "plan": call.contact.plan_version, "class": entry.queue_class.name.lower()}
    engagements.add(
        work.db,
        {
            "id": engagement_id,
            "agent_id": agent.id,
            "contact_id": entry.contact_id,
            "entry_id": entry.id,
            "leg_id": leg_id,
            "state": EngagementState.RINGING,
            "decision": decision,
            "lease_until": work.now + UNRUNG_LEASE,
            "agent_idle_since": agent.idle_since,
            "offered_at": work.now,
        },
    )
    ring = RingAgent(leg=leg_id, to=agent.device, ring_seconds=round(call.group.ring.total_seconds()))
    work.order(ring, contact=entry.contact_id, leg=leg_id)
    work.record(Fact.OFFERED, contact=entry.contact_id, leg=leg_id, agent=agent.id, data={"engagement": engagement_id})
    return True


def _waiting(entry: Entry) -> Waiting:
    return Waiting(
        entry=entry.id,
        group=entry.group_id,
        queue_class=entry.queue_class,
        rank_at=entry.rank_at,
        skill=entry.skill,
        required_level=entry.required_level,
        excluded=frozenset(entry.excluded_agents),
    )


def _ready(agent: Agent, able: Abilities) -> Ready:
    return Ready(agent=agent.id, groups=able.groups, skills=able.skills, idle_since=agent.idle_since or agent.since)
