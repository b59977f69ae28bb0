"""The lines in memory: of each group, class and needs one list, in the order of `rank_at`.

Nobody is shut out of an agent here (`Waiting.excluded` is empty), so that whoever can take the first of a list can take
any of it, and only the first has to be looked at.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from ivr.domain.routing.groups import Group
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import Ready, Waiting, can_take, pressing
from ivr.domain.routing.queue import QueueClass


class _List:
    """Callers of one group, class and needs. `takers` remembers by name which agents can take them."""

    __slots__ = ("in_order", "takers")

    def __init__(self) -> None:
        self.in_order: list[tuple[datetime, str, Waiting]] = []
        self.takers: dict[str, bool] = {}

    def can_be_taken_by(self, agent: Ready) -> bool:
        known = self.takers.get(agent.agent)
        if known is None:
            known = self.takers[agent.agent] = can_take(agent, self.in_order[0][2])
        return known


class Lines:
    """Everybody who waits. What an agent can take must not change as long as the lines live."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._lists: dict[tuple[str, QueueClass, Needs], _List] = {}
        self._open_to: defaultdict[str, list[_List]] = defaultdict(list)

    def add(self, contact: Waiting) -> None:
        """The contact waits from now on."""
        key = contact.group, contact.queue_class, contact.needs
        found = self._lists.get(key)
        if found is None:
            found = self._lists[key] = _List()
            for group in contact.needs.groups:
                self._open_to[group].append(found)
        insort(found.in_order, (contact.rank_at, contact.entry, contact))

    def remove(self, contact: Waiting) -> None:
        """The contact waits no longer, or not as it did."""
        in_order = self._lists[contact.group, contact.queue_class, contact.needs].in_order
        del in_order[bisect_left(in_order, (contact.rank_at, contact.entry))]

    def first_for(self, agent: Ready, now: datetime) -> Waiting | None:
        """Whom the policy serves first of those whom the agent can take."""
        return min(self._heads(agent), key=lambda head: pressing(head, self._groups, now), default=None)

    def _heads(self, agent: Ready) -> Iterator[Waiting]:
        for group in agent.groups:
            for found in self._open_to.get(group, ()):
                if found.in_order and found.can_be_taken_by(agent):
                    yield found.in_order[0][2]
