"""What a simulated day was like, group by group, by the definitions of `measures`; and how sure a figure is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import t as students_t

from ivr.domain.measures.service_level import (
    QueuedCall,
    QueueEnd,
    Share,
    Variant,
    abandonment,
    median_wait,
    service_level,
    speed_of_answer,
)
from ivr.domain.planning.day import Outcome, Worked
from ivr.domain.routing.groups import Group, ServiceTarget

VARIANT = Variant.OURS
"""Which definition of service level is told; its name stands beside the figures."""

EVERYBODY = ""
"""Stands for all groups together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one group, or of `EVERYBODY`. Waits are seconds of those who were answered; None is no data.

    `abandoned` leaves out whoever gave up within the target's `short_abandon`. `occupancy` is handling ÷ time at work of the
    group's agents, whatever they handled.
    """

    group: str
    calls: int
    service_level: Share
    mean_wait: float | None
    median_wait: float | None
    p95_wait: float | None
    abandoned: Share
    occupancy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean and how far from it the true one lies at most, 19 times of 20."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        return abs(value - self.mean) <= self.half_width


def figures(outcome: Outcome, groups: Mapping[str, Group]) -> tuple[Figures, ...]:
    """Of each group that was called, in the order of the plan; last of everybody."""
    calls: dict[str, list[QueuedCall]] = {}
    for stay in outcome.stays:
        calls.setdefault(stay.group, []).append(stay.call)
    targets = {id: groups[id].target if id in groups else ServiceTarget() for id in calls}
    in_order = [id for id in groups if id in calls] + sorted(calls.keys() - groups.keys())
    levels = {id: _level(calls[id], targets[id]) for id in in_order}
    left = {id: abandonment(calls[id], short_seconds=targets[id].short_abandon.total_seconds()) for id in in_order}
    of_each = [
        _figures(id, calls[id], levels[id], left[id], [one for one in outcome.worked if id in one.groups])
        for id in in_order
    ]
    everybody = [stay.call for stay in outcome.stays]
    return *of_each, _figures(EVERYBODY, everybody, _sum(levels.values()), _sum(left.values()), outcome.worked)


def batch_means(values: Sequence[float], batches: int) -> Interval:
    """The mean of a long run and its 95 % interval, from the means of so many batches that follow one another.

    Calls close together wait alike, whole batches hardly do (Law, *Simulation Modeling and Analysis*, 2015, 9.5.3). What
    does not fill a batch is left out.
    """
    size = len(values) // batches
    means = [math.fsum(values[at * size : (at + 1) * size]) / size for at in range(batches)]
    mean = math.fsum(means) / batches
    variance = math.fsum((one - mean) ** 2 for one in means) / (batches - 1)
    return Interval(mean=mean, half_width=float(students_t.ppf(0.975, batches - 1)) * math.sqrt(variance / batches))


def _level(calls: Sequence[QueuedCall], target: ServiceTarget) -> Share:
    return service_level(
        calls,
        target_seconds=target.within.total_seconds(),
        short_seconds=target.short_abandon.total_seconds(),
        variant=VARIANT,
    )


def _figures(group: str, calls: Sequence[QueuedCall], level: Share, left: Share, worked: Iterable[Worked]) -> Figures:
    at_work = list(worked)
    signed_in = sum(one.signed_in for one in at_work)
    return Figures(
        group=group,
        calls=len(calls),
        service_level=level,
        mean_wait=speed_of_answer(calls).value,
        median_wait=median_wait(calls),
        p95_wait=_p95(calls),
        abandoned=left,
        occupancy=sum(one.handling for one in at_work) / signed_in if signed_in else None,
    )


def _p95(calls: Sequence[QueuedCall]) -> float | None:
    """The wait that 19 of 20 who were answered did not exceed."""
    waits = sorted(call.wait_seconds for call in calls if call.end is QueueEnd.ANSWERED)
    return waits[math.ceil(0.95 * len(waits)) - 1] if waits else None


def _sum(shares: Iterable[Share]) -> Share:
    """Of all groups, each by its own target."""
    every = list(shares)
    return Share(
        numerator=sum(share.numerator for share in every), denominator=sum(share.denominator for share in every)
    )
