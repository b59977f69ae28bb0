"""The queues as supervisors see them: lines, people, hours and the day so far, per group.

Nothing here tells who waits. Times are kept as moments, so that a snapshot changes only when something happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from ivr.adapters.store import callbacks, figures, messages
from ivr.adapters.store.figures import AgentNow, Day, Line
from ivr.adapters.store.messages import Pending
from ivr.adapters.store.notices import LiveNotice, Override
from ivr.assembly import Parts
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.language import Text
from ivr.domain.measures.service_level import Share
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.groups import Group
from ivr.domain.routing.hours import Opening
from ivr.operations.openings import Openings, local, standing
from ivr.operations.work import Work
from ivr.web.live import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupBoard:
    """One group now. `override` is set while somebody has opened or closed it by hand, `messages` while any wait.

    `callbacks` are the citizens who wait to be called back, with no telephone in hand: none of them is in `line`.
    """

    group: Group
    opening: Opening
    override: Override | None
    line: Line | None
    agents: tuple[AgentNow, ...]
    day: Day
    messages: Pending | None
    callbacks: int = 0

    @property
    def waiting(self) -> int:
        return self.line.count if self.line is not None else 0

    def count(self, *states: AgentState) -> int:
        """How many of the group are in one of these states."""
        return sum(agent.state in states for agent in self.agents)

    @property
    def signed_in(self) -> int:
        return len(self.agents) - self.count(AgentState.OFFLINE)

    @property
    def is_stuck(self) -> bool:
        """Somebody waits for whom no telephone rings, and nobody is ready."""
        return self.line is not None and self.line.count > self.line.offered and self.count(AgentState.READY) == 0

    @property
    def misses_target(self) -> bool:
        """The day so far is below the group's target."""
        share = self.day.service_level.value
        return share is not None and share < self.group.target.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All groups, and the notices that supervisors have set."""

    groups: tuple[GroupBoard, ...]
    notices: tuple[LiveNotice, ...]
    zone: str
    languages: tuple[str, ...]
    titles: Mapping[str, Text] = field(repr=False, default_factory=dict)

    @property
    def waiting(self) -> int:
        return sum(group.waiting for group in self.groups)

    @property
    def oldest(self) -> datetime | None:
        return min((group.line.oldest for group in self.groups if group.line is not None), default=None)

    def people(self, *states: AgentState) -> int:
        """How many people are in one of these states, each counted once however many groups they serve."""
        return len({agent.id for group in self.groups for agent in group.agents if agent.state in states})

    @property
    def service_level(self) -> Share:
        return _sum(group.day.service_level for group in self.groups)

    @property
    def settled(self) -> Share:
        return _sum(group.day.settled for group in self.groups)

    @property
    def stuck(self) -> tuple[GroupBoard, ...]:
        return tuple(group for group in self.groups if group.is_stuck)

    def group(self, group_id: str) -> GroupBoard | None:
        return next((group for group in self.groups if group.group.id == group_id), None)


LiveBoard = Live[Board]


def _sum(shares: Iterable[Share]) -> Share:
    listed = list(shares)
    return Share(
        numerator=sum(share.numerator for share in listed), denominator=sum(share.denominator for share in listed)
    )


def live_board(parts: Parts) -> LiveBoard:
    """The board of this process."""
    return Live(lambda: parts.operations.run(read))


def read(work: Work) -> tuple[Board, datetime]:
    """The board as of this transaction."""
    plan = work.plans.current(work.db).plan
    stands = standing(work)
    open_now = Openings(plan, stands.overrides, local(work, plan))
    lines = figures.lines(work.db)
    staff = figures.staff(work.db)
    promised = callbacks.open_by_group(work.db)
    waiting_messages = messages.pending(work.db, work.now)
    targets = {group.id: group.target for group in plan.groups.values()}
    days = figures.day(work.db, day_start(work.now, plan), targets)
    groups = tuple(
        GroupBoard(
            group=group,
            opening=open_now[group.id],
            override=open_now.by_hand(group.id),
            line=lines.get(group.id),
            agents=tuple(agent for agent in staff if group.id in agent.groups),
            day=days[group.id],
            callbacks=promised.get(group.id, 0),
            messages=waiting_messages.get(group.id),
        )
        for group in plan.groups.values()
    )
    titles = {topic.id: topic.title for topic in plan.flow.topics.values()}
    board = Board(
        groups=groups,
        notices=tuple(notice for notice in stands.notices if notice.is_on(work.now)),
        zone=plan.calendar.zone,
        languages=tuple(plan.flow.speakers),
        titles=titles,
    )
    return board, work.now


def day_start(now: datetime, plan: DialPlan) -> datetime:
    """Midnight of the local day: what "today" counts from."""
    local = now.astimezone(ZoneInfo(plan.calendar.zone))
    return datetime.combine(local.date(), time(0), tzinfo=local.tzinfo)
