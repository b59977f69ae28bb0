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

from ivr.adapters.store import engagements, heads, legs, pool, queue, ready
from ivr.adapters.store.heads import Head
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, Role
from ivr.domain.errors import IvrError
from ivr.domain.orders import RingAgent
from ivr.domain.routing.engagements import EngagementState
from ivr.domain.routing.groups import Group
from ivr.domain.routing.policy import LOOKED_AT, Candidate, Match, Waiting, choose
from ivr.operations.work import Operations, Work

# From the order's writing until the carrier says "ringing"; longer than a paced order waits for its turn.
UNRUNG_LEASE = timedelta(seconds=30)

# How far into each list is looked at first, and how many times further if that was not enough.
_DEPTH = 1
_DEEPER = 10

log = structlog.get_logger()


def match(operations: Operations) -> None:
    """Make every meeting that is possible now, in a transaction of its own."""
    operations.run(make_matches)


def make_matches(work: Work) -> int:
    """Offers to the agents chosen by the policy. Returns how many."""
    work.moment.told = pool.take(work.db, work.moment.told)
    depth, made = _DEPTH, 0
    while True:
        look = _look(work, depth)
        meetings = _meetings(work, look)
        offered = _offered(work, look, meetings)
        made += offered
        if offered < len(meetings):
            continue
        if not _hides_somebody(work, look, meetings):
            return made
        # The same again while it finds somebody; deeper where the first of a list stand in the way of those behind.
        depth = depth if offered else depth * _DEEPER


# A match, and the caller's group in the plan that the call began with.
_Meetings = list[tuple[Match, Group]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The first `depth` of every list, for each of them who can take it, and the groups by which that was found."""

    heads: Mapping[str, Head]
    candidates: Mapping[str, tuple[Candidate, ...]]
    groups: Mapping[str, Group]
    depth: int

    def cut(self) -> list[Waiting]:
        """The heads of lists that were not read to their end."""
        lists = Counter(_list_of(head.waiting) for head in self.heads.values())
        return [head.waiting for head in self.heads.values() if lists[_list_of(head.waiting)] >= self.depth]


def _list_of(contact: Waiting) -> tuple[str, int, str]:
    return contact.group, contact.queue_class, contact.needs.key


def _look(work: Work, depth: int) -> _Look:
    seen = {head.waiting.entry: head for head in heads.first(work.db, depth)}
    groups = work.plans.current(work.db).plan.groups if seen else {}
    able = ready.candidates(work.db, (head.waiting for head in seen.values()), groups)
    return _Look(heads=seen, candidates=able, groups=groups, depth=depth)


def _hides_somebody(work: Work, look: _Look, meetings: _Meetings) -> bool:
    """Whether somebody behind those looked at may still meet somebody who is ready.

    That may be where a list was not read to its end, and one of it left a candidate over, or may not be offered to
    somebody who is ready and could take the next.
    """
    taken = {match.agent for match, _ in meetings}
    shut_out: set[str] = set()
    for contact in look.cut():
        able = look.candidates.get(contact.entry, ())
        if len(able) >= LOOKED_AT or any(agent.agent not in taken for agent in able):
            return True
        shut_out |= contact.excluded
    return ready.any_of(work.db, shut_out)


def _meetings(work: Work, look: _Look) -> _Meetings:
    """What the policy chooses among the calls that can be put through.

    A call whose plan cannot be had has no words for the agent. It is left to its fallback, and chosen without it:
    nobody else may wait for an agent because of it.
    """
    waiting = [head.waiting for entry, head in look.heads.items() if entry in look.candidates]
    if not waiting:
        return []
    while True:
        matches = choose(waiting, lambda contact: look.candidates[contact.entry], look.groups, work.now)
        meetings = [(match, _group(work, look.heads[match.entry])) for match in matches]
        lost = {match.entry for match, group in meetings if group is None}
        if not lost:
            return [(match, group) for match, group in meetings if group is not None]
        waiting = [contact for contact in waiting if contact.entry not in lost]


def _group(work: Work, head: Head) -> Group | None:
    try:
        return work.plans.version(work.db, head.plan_version).plan.groups[head.waiting.group]
    except (IvrError, KeyError) as error:
        log.warning("not_matched", contact=head.contact_id, plan=head.plan_version, error=type(error).__name__)
        return None


def _offered(work: Work, look: _Look, meetings: _Meetings) -> int:
    """How many were offered until one of the two was gone. Then whoever could take the next may be another's by right."""
    for number, (match, group) in enumerate(meetings):
        if not _offer(work, look.heads[match.entry], match, group):
            return number
    return len(meetings)


def _offer(work: Work, head: Head, match: Match, group: Group) -> bool:
    """Claim both and write the offer; False when either has been taken since it was read."""
    if not queue.claim(work.db, match.entry):
        return False
    agent = ready.claim(work.db, match.agent, work.now)
    if agent is None:
        queue.change(work.db, match.entry, state=head.state)
        return False
    engagement_id, leg_id = work.new_id(), work.new_id()
    legs.add(
        work.db,
        {
            "id": leg_id,
            "contact_id": head.contact_id,
            "role": Role.AGENT,
            "agent_id": agent.id,
            "status": LegStatus.PLANNED,
            "goal": Goal.WHISPER,
            "created_at": work.now,
        },
    )
    queue_class = head.waiting.queue_class.name.lower()
    engagements.add(
        work.db,
        {
            "id": engagement_id,
            "agent_id": agent.id,
            "contact_id": head.contact_id,
            "entry_id": match.entry,
            "leg_id": leg_id,
            "state": EngagementState.RINGING,
            "decision": {**asdict(match), "plan": head.plan_version, "class": queue_class},
            "lease_until": work.now + UNRUNG_LEASE,
            "agent_idle_since": agent.idle_since,
            "offered_at": work.now,
        },
    )
    ring = RingAgent(leg=leg_id, to=agent.device, ring_seconds=round(group.ring.total_seconds()))
    work.order(ring, contact=head.contact_id, leg=leg_id)
    work.record(Fact.OFFERED, contact=head.contact_id, leg=leg_id, agent=agent.id, data={"engagement": engagement_id})
    return True
