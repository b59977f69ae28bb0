"""What a simulated week costs beside a bare heap of as many events, and how a steady line agrees with Erlang's formulas.

`python -m bench.simulate` prints tables, and with `--write` puts them and a plot into `docs/routing.md`.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush

import numpy as np

from ivr.domain.planning.arrivals import Call, Expected, Matter, Times, drawn, with_times
from ivr.domain.planning.day import Outcome, simulate, together
from ivr.domain.planning.roster import Member
from ivr.domain.planning.steady import CALLS, SETTINGS, Held, Setting, held_against_erlang
from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import Step
from ivr.domain.routing.queue import QueueClass

_DAYS = 5
_OPENS, _CLOSES = 8 * 3600, 16 * 3600
_GROUPS, _SKILLS = 12, 18
_TIMES = Times(talk=450, wrap_up=90, patience=300)
_AT_MOST = 2.0
"""Seconds for a week of 30,000 calls and 200 agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of one core for a week of so many calls: simulated, and the bare heap with as many events."""

    calls: int
    agents: int
    seconds: float
    events: int
    bare: float
    met: int


def main() -> None:
    """Measure, print, and write if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3, help="the fastest of so many counts")
    arguments.add_argument("--write", action="store_true", help="put tables and plot into docs/routing.md")
    asked = arguments.parse_args()
    weeks = "\n".join(_costs([_cost(calls, calls // 150, asked.rounds) for calls in (30_000, 100_000, 300_000)]))
    print(weeks)
    found = {setting: held_against_erlang(setting) for setting in SETTINGS}
    erlang = "\n".join(_agreements(found))
    print(erlang)
    if asked.write:
        from bench import report  # noqa: PLC0415 -- matplotlib is needed for nothing else

        report.write("simulated-weeks", weeks, page="routing.md")
        report.write("simulated-erlang", erlang, page="routing.md")
        report.draw_erlang(found)


def _cost(calls: int, agents: int, rounds: int) -> Cost:
    groups, staff = _town(), _staff(agents)
    week = _week(calls)
    seconds, outcome = min((_simulated(week, staff, groups) for _ in range(rounds)), key=lambda found: found[0])
    return Cost(
        calls=sum(map(len, week)),
        agents=agents,
        seconds=seconds,
        events=outcome.events,
        bare=min(_bare(outcome.events, agents) for _ in range(rounds)),
        met=len(outcome.stays),
    )


def _simulated(
    week: Sequence[Sequence[Call]], staff: Sequence[Member], groups: Mapping[str, Group]
) -> tuple[float, Outcome]:
    began = time.process_time()
    outcome = together(simulate(day, staff, groups, answer_seconds=6) for day in week)
    return time.process_time() - began, outcome


def _bare(events: int, planned: int) -> float:
    """A heap that always has `planned` events before it, and does nothing but to take the next and plan another."""
    random = np.random.default_rng(1).exponential(400, events + planned).tolist()
    heap: list[tuple[float, int]] = []
    for number in range(planned):
        heappush(heap, (random[number], number))
    began = time.process_time()
    for number in range(planned, planned + events):
        now, _ = heappop(heap)
        heappush(heap, (now + random[number], number))
    return time.process_time() - began


def _town() -> dict[str, Group]:
    """Every strategy, targets that differ, and lines that open to another group, lower a level or give time in advance."""
    return {
        f"g{number}": Group(
            id=f"g{number}",
            name={},
            hours="always",
            target=ServiceTarget(within=timedelta(seconds=30 + 15 * (number % 4))),
            strategy=list(Strategy)[number % len(Strategy)],
            weight=1 + number % 3 / 2,
            steps=(
                Step(after=timedelta(seconds=45), levels=((f"s{number}", 1),)),
                Step(after=timedelta(seconds=90), groups=(f"g{(number + 1) % _GROUPS}",), bonus=timedelta(seconds=30)),
            ),
        )
        for number in range(_GROUPS)
    }


def _staff(agents: int) -> list[Member]:
    """Of two groups each, with three skills; some come later and some go earlier."""
    return [
        Member(
            agent=f"{number:05}",
            groups=frozenset({f"g{number % _GROUPS}", f"g{(5 * number + 1) % _GROUPS}"}),
            skills={f"s{(number + step) % _SKILLS}": 1 + (number + step) % 5 for step in (0, 6, 12)},
            spans=((_OPENS + 900 * (number % 3), _CLOSES - 900 * (number % 4)),),
        )
        for number in range(agents)
    ]


def _week(calls: int) -> list[tuple[Call, ...]]:
    """A day's calls rise until eleven and fall after noon; half of them ask for a skill, one in a hundred is urgent."""
    random = np.random.default_rng(1)
    hours = (0.10, 0.15, 0.18, 0.17, 0.13, 0.11, 0.09, 0.07)
    expected = [
        Expected(
            matter=matter,
            starts=_OPENS + 3600 * hour,
            ends=_OPENS + 3600 * (hour + 1),
            calls=calls / _DAYS * part * share,
        )
        for hour, part in enumerate(hours)
        for matter, share in _matters()
    ]
    return [with_times(drawn(expected, random), {}, _TIMES, random) for _ in range(_DAYS)]


def _matters() -> Iterator[tuple[Matter, float]]:
    for number in range(_GROUPS):
        plain, skilled = (
            Needs(groups=(f"g{number}",)),
            Needs(groups=(f"g{number}",), skills=((f"s{number}", 2),)),
        )
        preferred = Needs(groups=(f"g{number}",), skills=((f"s{(number + 6) % _SKILLS}", 3),))
        yield Matter(needs=plain), 0.49 / _GROUPS
        yield Matter(needs=plain, queue_class=QueueClass.URGENT), 0.01 / _GROUPS
        yield Matter(needs=skilled), 0.30 / _GROUPS
        yield (
            Matter(needs=preferred, lenient=frozenset(dict(preferred.skills)), lenient_after=timedelta(seconds=20)),
            0.20 / _GROUPS,
        )


def _costs(costs: Sequence[Cost]) -> Iterator[str]:
    heads = ("calls", "agents", "events", "s simulated", "at most", "s bare heap", "ratio", "µs a call")
    yield "".join(f"{head:>13}" for head in heads)
    for cost in costs:
        most = _AT_MOST * cost.calls / 30_000
        figures = (
            f"{cost.calls:,}",
            f"{cost.agents:,}",
            f"{cost.events:,}",
            f"{cost.seconds:.2f}",
            f"{most:.2f}",
            f"{cost.bare:.3f}",
            f"{cost.seconds / cost.bare:.1f}",
            f"{1e6 * cost.seconds / cost.calls:.1f}",
        )
        yield "".join(f"{figure:>13}" for figure in figures)


def _agreements(found: Mapping[Setting, Sequence[Held]]) -> Iterator[str]:
    yield f"{'':54}{'':20}{'simulated':>18}{'Erlang':>9}"
    for setting, figures in found.items():
        name = setting.name
        for held in figures:
            interval = f"{held.simulated.mean:.1%} ± {held.simulated.half_width:.1%}"
            yield f"{name:54}{held.figure:20}{interval:>18}{held.formula:>9.1%}{'' if held.agrees else '  missed'}"
            name = ""
    every = [held for figures in found.values() for held in figures]
    yield f"{sum(held.agrees for held in every)} of {len(every)} within the 95 % interval, {CALLS:,} calls a setting"


if __name__ == "__main__":
    main()
