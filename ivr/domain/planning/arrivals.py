"""Who calls when: drawn at random from how many are expected, or as a log has it; and what each of them brings along.

A call's talk, wrap-up and patience belong to the call, so that two plans or two rosters are tried on the very same day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from ivr.domain.routing.needs import Needs
from ivr.domain.routing.queue import QueueClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What somebody joins a line with. The skills in `lenient` are let go `lenient_after` so long in line."""

    needs: Needs
    queue_class: QueueClass = QueueClass.ORDINARY
    lenient: frozenset[str] = frozenset()
    lenient_after: timedelta | None = None

    @property
    def group(self) -> str:
        """Whose line it is."""
        return self.needs.groups[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`calls` about the matter on average, evenly from `starts` until `ends`, in seconds since midnight."""

    matter: Matter
    starts: float
    ends: float
    calls: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody joins the line `at` so many seconds after midnight."""

    at: float
    matter: Matter


class Shape(StrEnum):
    """How handling times are spread."""

    LOGNORMAL = "lognormal"  # as they are measured: many short, a few very long (Brown et al. 2005, section 4)
    EXPONENTIAL = "exponential"  # as Erlang's formulas have them


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Means in seconds. `variation` is the standard deviation ÷ the mean of lognormal times. Patience is exponential,
    None if everybody waits to the end.
    """

    shape: Shape = Shape.LOGNORMAL
    talk: float = 240
    variation: float = 1.0
    wrap_up: float = 60
    patience: float | None = 300


@dataclass(frozen=True, slots=True)
class Call:
    """An arrival with its own talk, wrap-up and patience in seconds."""

    at: float
    matter: Matter
    talk: float
    wrap_up: float
    patience: float | None


def drawn(expected: Iterable[Expected], random: np.random.Generator) -> list[Arrival]:
    """A Poisson stream of a day: so many of each row as chance has it, at any moment of its time."""
    found = []
    for row in expected:
        times = random.uniform(row.starts, row.ends, random.poisson(row.calls))
        found += [Arrival(at=at, matter=row.matter) for at in times.tolist()]
    return sorted(found, key=lambda arrival: arrival.at)


def with_times(
    arrivals: Iterable[Arrival], times: Mapping[str, Times], otherwise: Times, random: np.random.Generator
) -> tuple[Call, ...]:
    """The calls with what they bring along, drawn by the times of their group."""
    by_group: defaultdict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_group[arrival.matter.group].append(arrival)
    calls: list[Call] = []
    for group in sorted(by_group):
        alike, of_group = by_group[group], times.get(group, otherwise)
        talks = _draws(of_group, of_group.talk, len(alike), random)
        wrap_ups = _draws(of_group, of_group.wrap_up, len(alike), random)
        patiences: list[float] | list[None] = [None] * len(alike)
        if of_group.patience is not None:
            patiences = random.exponential(of_group.patience, len(alike)).tolist()
        calls += [
            Call(arrival.at, arrival.matter, talk, wrap_up, patience)
            for arrival, talk, wrap_up, patience in zip(alike, talks, wrap_ups, patiences, strict=True)
        ]
    return tuple(sorted(calls, key=lambda call: call.at))


def _draws(times: Times, mean: float, count: int, random: np.random.Generator) -> list[float]:
    if mean == 0:
        return [0.0] * count
    if times.shape is Shape.EXPONENTIAL:
        drawn: list[float] = random.exponential(mean, count).tolist()
        return drawn
    variance = np.log1p(times.variation**2)
    lognormal: list[float] = random.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), count).tolist()
    return lognormal
