"""The ready agents in memory, laid out so that the first for a call is found at once, however many are ready.

As in the store (`adapters/store/ready.py`), a ready agent stands in a list of each own group and, in it, of each own skill
at its level, by the rank that the group's strategy gives.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping

from ivr.domain.routing.groups import Group, Strategy
from ivr.domain.routing.policy import Ready, Waiting, can_take, rank, strategy_of

_MEMBER, _NO_LEVEL = "", 0
"""Stands for no skill: the list of everybody in the group."""

_BEST = 5

_Place = tuple[float, str, Ready]


class ReadyAgents:
    """Everybody who can be offered a call."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._ready: dict[str, Ready] = {}
        self._places: defaultdict[tuple[str, str, int], list[_Place]] = defaultdict(list)

    def add(self, agent: Ready) -> None:
        """The agent is ready from now on."""
        self._ready[agent.agent] = agent
        for group in agent.groups:
            place = rank(agent, strategy_of(group, self._groups)), agent.agent, agent
            insort(self._places[group, _MEMBER, _NO_LEVEL], place)
            for skill, level in agent.skills.items():
                insort(self._places[group, skill, level], place)

    def remove(self, agent: str) -> None:
        """The agent is no longer ready."""
        ready = self._ready.pop(agent)
        for group in ready.groups:
            place = rank(ready, strategy_of(group, self._groups)), agent
            _take_out(self._places[group, _MEMBER, _NO_LEVEL], place)
            for skill, level in ready.skills.items():
                _take_out(self._places[group, skill, level], place)

    def is_ready(self, agent: str) -> bool:
        return agent in self._ready

    def first_for(self, contact: Waiting) -> Ready | None:
        """Whom the policy chooses: the first that `policy.in_order` would give."""
        if contact.needs.agent is not None:
            alone = self._ready.get(contact.needs.agent)
            return alone if alone is not None and can_take(alone, contact) else None
        for group in contact.needs.groups:
            found = self._first_of(group, contact)
            if found is not None:
                return found
        return None

    def _first_of(self, group: str, contact: Waiting) -> Ready | None:
        if not contact.needs.skills:
            place = self._first_able((group, _MEMBER, _NO_LEVEL), contact)
            return place[2] if place is not None else None
        skill, least = contact.needs.skills[0]
        of_levels = (self._first_able((group, skill, level), contact) for level in range(least, _BEST + 1))
        able = (place for place in of_levels if place is not None)
        if strategy_of(group, self._groups) is Strategy.BEST_FIT:
            place = next(able, None)
        else:
            place = min(able, key=lambda place: place[:2], default=None)
        return place[2] if place is not None else None

    def _first_able(self, key: tuple[str, str, int], contact: Waiting) -> _Place | None:
        places = self._places.get(key, ())
        return next((place for place in places if can_take(place[2], contact)), None)


def _take_out(places: list[_Place], place: tuple[float, str]) -> None:
    del places[bisect_left(places, place)]
