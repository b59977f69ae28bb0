"""A day on the policy that the product runs: a clock that jumps from event to event, and nothing else.

A call joins the line, is offered to whom the policy chooses, answered after the time that ringing and accepting take,
talked over and wrapped up; then the agent is ready again. Whoever waits longer than the own patience gives up, also while
an agent is rung. What waiting changes (`patience`) comes at its time. An agent who is to go finishes the call first.

Left out: offers that are not answered, wishes for one agent alone, callbacks, and forecasts of the wait.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from ivr.domain.measures.service_level import QueuedCall, QueueEnd
from ivr.domain.planning.arrivals import Call
from ivr.domain.planning.pool import Pool
from ivr.domain.planning.roster import Member
from ivr.domain.routing.groups import Group, Strategy
from ivr.domain.routing.patience import Asked, Step, standing
from ivr.domain.routing.policy import Ready, Waiting

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
"""What the policy is told that the day is; it asks for no calendar."""

LATELY = timedelta(hours=2).total_seconds()
"""How far back it is looked for who is least occupied, as for real agents."""

_TOLD_EVERY = 256


@dataclass(frozen=True, slots=True)
class Stay:
    """One call's stay in its group's line."""

    group: str
    call: QueuedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """An agent's time in seconds: handling calls, and at work altogether. Ringing is not handling."""

    groups: frozenset[str]
    handling: float
    signed_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`stays` in the order in which the calls came in. `stranded` are those of them, counted as having given up, who still
    waited when nobody was left to come. `events` counts what happened.
    """

    stays: tuple[Stay, ...]
    worked: tuple[Worked, ...]
    stranded: int
    events: int


@dataclass(slots=True)
class _Contact:
    number: int
    call: Call
    asked: Asked
    taken: frozenset[int] = frozenset()
    waiting: Waiting | None = None


@dataclass(slots=True)
class _Agent:
    member: Member
    idle_since: datetime = MIDNIGHT
    offered_at: datetime | None = None
    is_here: bool = False
    is_busy: bool = False
    came_at: float = 0.0
    handling: float = 0.0
    signed_in: float = 0.0
    lately: deque[tuple[float, float]] = field(default_factory=deque)


def simulate(
    calls: Sequence[Call],
    staff: Sequence[Member],
    groups: Mapping[str, Group],
    *,
    answer_seconds: float = 0.0,
    told: Callable[[int], object] | None = None,
) -> Outcome:
    """What becomes of the calls, which are in the order of their times. The same in, the same out.

    `answer_seconds` pass from an offer until the agent has answered. `told` hears now and then of how many more calls.
    """
    return _Simulation(calls, staff, groups, answer_seconds).run(told)


def together(days: Iterable[Outcome]) -> Outcome:
    """Several days as one."""
    every = list(days)
    return Outcome(
        stays=tuple(stay for day in every for stay in day.stays),
        worked=tuple(worked for day in every for worked in day.worked),
        stranded=sum(day.stranded for day in every),
        events=sum(day.events for day in every),
    )


def without_forecasts(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps as a simulation takes them: by their times alone."""
    return tuple(replace(step, forecast=None) for step in steps if step.after is not None)


class _Simulation:
    def __init__(
        self, calls: Sequence[Call], staff: Sequence[Member], groups: Mapping[str, Group], answer_seconds: float
    ) -> None:
        self._calls = calls
        self._answer_seconds = answer_seconds
        self._steps = {id: without_forecasts(group.steps) for id, group in groups.items()}
        self._wrap_up_limits = {id: group.wrap_up.total_seconds() for id, group in groups.items()}
        self._asks_who_is_busy = any(group.strategy is Strategy.LEAST_OCCUPIED for group in groups.values())
        self._pool = Pool(groups)
        self._agents = {member.agent: _Agent(member) for member in staff}
        self._stays: list[Stay | None] = [None] * len(calls)
        self._in_line: dict[int, _Contact] = {}
        self._now = 0.0
        # (when, in which order it was planned, what happens, to whom): the numbers keep equal moments in their order.
        self._events: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._planned = 0

    def run(self, told: Callable[[int], object] | None) -> Outcome:
        for agent in self._agents.values():
            for comes, goes in agent.member.spans:
                self._plan(comes, self._come, agent)
                self._plan(goes, self._go, agent)
        for number, call in enumerate(self._calls):
            self._happens_until(call.at)
            self._now = call.at
            self._arrive(number, call)
            if told is not None and number % _TOLD_EVERY == _TOLD_EVERY - 1:
                told(_TOLD_EVERY)
        self._happens_until(float("inf"))
        if told is not None:
            told(len(self._calls) % _TOLD_EVERY)
        stranded = len(self._in_line)
        for contact in list(self._in_line.values()):
            self._record(contact, QueueEnd.ABANDONED)
        return Outcome(
            stays=tuple(stay for stay in self._stays if stay is not None),
            worked=tuple(
                Worked(groups=agent.member.groups, handling=agent.handling, signed_in=agent.signed_in)
                for agent in self._agents.values()
            ),
            stranded=stranded,
            events=self._planned + len(self._calls),
        )

    def _happens_until(self, until: float) -> None:
        events = self._events
        while events and events[0][0] <= until:
            self._now, _, happens, to = heappop(events)
            happens(to)

    def _plan(self, at: float, happens: Callable[[Any], None], to: Any) -> None:
        self._planned += 1
        heappush(self._events, (at, self._planned, happens, to))

    def _arrive(self, number: int, call: Call) -> None:
        matter, entered_at = call.matter, _moment(call.at)
        asked = Asked(
            needs=matter.needs,
            entered_at=entered_at,
            lenient=matter.lenient,
            lenient_at=entered_at + matter.lenient_after if matter.lenient_after is not None else None,
        )
        contact = _Contact(number, call, asked)
        self._join(contact)
        if contact.waiting is not None:
            self._in_line[number] = contact
            if call.patience is not None:
                self._plan(call.at + call.patience, self._give_up, contact)

    def _join(self, contact: _Contact) -> None:
        """To an agent, or into the list where the contact stands by now."""
        matter = contact.call.matter
        stands = standing(contact.asked, self._steps.get(matter.group, ()), _moment(self._now), taken=contact.taken)
        contact.taken = stands.taken
        waiting = Waiting(
            entry=f"{contact.number:09}",
            group=matter.group,
            queue_class=matter.queue_class,
            rank_at=stands.rank_at,
            needs=stands.needs,
        )
        agent = self._pool.join(waiting)
        if agent is not None:
            self._offer(contact, self._agents[agent.agent])
            return
        contact.waiting = waiting
        if stands.change_at is not None:
            self._plan((stands.change_at - MIDNIGHT).total_seconds(), self._reconsider, contact)

    def _reconsider(self, contact: _Contact) -> None:
        if contact.waiting is not None:
            self._pool.leave(contact.waiting)
            self._join(contact)

    def _give_up(self, contact: _Contact) -> None:
        if contact.waiting is not None:
            self._pool.leave(contact.waiting)
            contact.waiting = None
            self._record(contact, QueueEnd.ABANDONED)

    def _offer(self, contact: _Contact, agent: _Agent) -> None:
        call = contact.call
        contact.waiting = None
        agent.is_busy = True
        agent.offered_at = _moment(self._now)
        answered_at = self._now + self._answer_seconds
        if call.patience is not None and call.at + call.patience < answered_at:
            self._plan(call.at + call.patience, self._withdraw, (contact, agent))
            return
        wrap_up = min(call.wrap_up, self._wrap_up_limits.get(call.matter.group, call.wrap_up))
        ends = answered_at + call.talk + wrap_up
        agent.handling += call.talk + wrap_up
        if self._asks_who_is_busy:
            agent.lately.append((answered_at, ends))
        self._in_line.pop(contact.number, None)
        self._stays[contact.number] = Stay(
            call.matter.group,
            QueuedCall(
                end=QueueEnd.ANSWERED,
                wait_seconds=answered_at - call.at,
                talk_seconds=call.talk,
                wrap_seconds=wrap_up,
            ),
        )
        self._plan(ends, self._finish, agent)

    def _withdraw(self, offer: tuple[_Contact, _Agent]) -> None:
        """The caller gave up while the agent was rung, who keeps the place among the ready."""
        contact, agent = offer
        self._record(contact, QueueEnd.ABANDONED)
        agent.is_busy = False
        self._stand(agent)

    def _finish(self, agent: _Agent) -> None:
        agent.is_busy = False
        agent.idle_since = _moment(self._now)
        self._stand(agent)

    def _come(self, agent: _Agent) -> None:
        agent.is_here = True
        agent.idle_since = _moment(self._now)
        if not agent.is_busy:
            agent.came_at = self._now
            self._stand(agent)

    def _go(self, agent: _Agent) -> None:
        agent.is_here = False
        if not agent.is_busy:
            self._pool.go(agent.member.agent)
            agent.signed_in += self._now - agent.came_at

    def _stand(self, agent: _Agent) -> None:
        """Ready for whoever waits, or home."""
        if not agent.is_here:
            agent.signed_in += self._now - agent.came_at
            return
        now = _moment(self._now)
        ready = Ready(
            agent=agent.member.agent,
            groups=agent.member.groups,
            skills=agent.member.skills,
            idle_since=agent.idle_since,
            offered_at=agent.offered_at,
            occupied=self._occupied(agent) if self._asks_who_is_busy else 0.0,
        )
        waiting = self._pool.stand(ready, now)
        if waiting is not None:
            self._offer(self._in_line[int(waiting.entry)], agent)

    def _occupied(self, agent: _Agent) -> float:
        since = self._now - LATELY
        while agent.lately and agent.lately[0][1] <= since:
            agent.lately.popleft()
        return min(1.0, sum(ends - max(began, since) for began, ends in agent.lately) / LATELY)

    def _record(self, contact: _Contact, end: QueueEnd) -> None:
        call = contact.call
        self._in_line.pop(contact.number, None)
        self._stays[contact.number] = Stay(call.matter.group, QueuedCall(end=end, wait_seconds=self._now - call.at))


def _moment(seconds: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=seconds)
