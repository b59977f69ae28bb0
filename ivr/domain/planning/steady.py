"""A line that nothing changes, simulated: one pool of equal agents, exponential times. Erlang's formulas are about it, so
that the simulation can be held against them.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ivr.domain.measures.service_level import QueueEnd
from ivr.domain.planning.arrivals import Expected, Matter, Shape, Times, drawn, with_times
from ivr.domain.planning.day import Stay, simulate
from ivr.domain.planning.erlang import ErlangA, ErlangC, Load
from ivr.domain.planning.figures import Interval, batch_means
from ivr.domain.planning.roster import Member
from ivr.domain.routing.groups import Group
from ivr.domain.routing.needs import Needs

_GROUP = "one"
_WARM_UP = 0.1
"""The share of the calls that comes before the line is as it will stay, and is not looked at."""

_BATCHES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A load, how long callers are patient on average (None: to the end), and the target in seconds."""

    load: Load
    patience: float | None
    target: float = 60

    @property
    def name(self) -> str:
        calls, handle = 3600 * self.load.calls_per_second, self.load.handle_seconds
        patient = "" if self.patience is None else f", patient {self.patience:g} s"
        return f"{calls:g} calls/h of {handle:g} s, {self.load.agents} agents{patient}"


def _setting(calls_per_hour: float, handle_seconds: float, agents: int, patience: float | None = None) -> Setting:
    load = Load(calls_per_second=calls_per_hour / 3600, handle_seconds=handle_seconds, agents=agents)
    return Setting(load=load, patience=patience)


SETTINGS = (
    _setting(10, 240, 1),
    _setting(30, 240, 3),
    _setting(120, 240, 9),
    _setting(120, 240, 10),
    _setting(120, 240, 11),
    _setting(300, 180, 17),
    _setting(720, 240, 55),
    _setting(20, 240, 1, 300),
    _setting(30, 240, 2, 600),
    _setting(120, 240, 6, 300),
    _setting(120, 240, 8, 180),
    _setting(120, 240, 10, 180),
    _setting(720, 240, 46, 120),
    _setting(720, 240, 50, 300),
)
"""Small and large lines, idle and busy ones, some with more work than can be done."""

CALLS, SEED = 40_000, 1
"""How many calls a setting is held by, and with which seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A figure as it was simulated, beside what the formula says."""

    figure: str
    simulated: Interval
    formula: float

    @property
    def agrees(self) -> bool:
        return self.simulated.holds(self.formula)


def held_against_erlang(setting: Setting, calls: int = CALLS, seed: int = SEED) -> tuple[Held, ...]:
    """Who had to wait and who was answered within the target; where callers give up, who did."""
    stays = simulated(setting, calls, seed)
    line = ErlangC(setting.load) if setting.patience is None else ErlangA(setting.load, setting.patience)
    had_to_wait = [float(stay.call.wait_seconds > 0) for stay in stays]
    in_time = [float(_is_answered(stay) and stay.call.wait_seconds <= setting.target) for stay in stays]
    found = [
        Held(figure="had to wait", simulated=batch_means(had_to_wait, _BATCHES), formula=line.waiting),
        Held(
            figure=f"answered in {setting.target:g} s",
            simulated=batch_means(in_time, _BATCHES),
            formula=line.answered_within(setting.target),
        ),
    ]
    if isinstance(line, ErlangA):
        left = [float(not _is_answered(stay)) for stay in stays]
        found.append(Held(figure="gave up", simulated=batch_means(left, _BATCHES), formula=line.abandoned))
    return tuple(found)


def simulated(setting: Setting, calls: int, seed: int) -> tuple[Stay, ...]:
    """The stays of about so many calls, without those of the warm-up."""
    random = np.random.default_rng(seed)
    seconds = calls / setting.load.calls_per_second
    expected = Expected(matter=Matter(needs=Needs(groups=(_GROUP,))), starts=0, ends=seconds, calls=calls)
    times = Times(shape=Shape.EXPONENTIAL, talk=setting.load.handle_seconds, wrap_up=0, patience=setting.patience)
    # They stay until the last caller is served.
    staff = [
        Member(agent=f"{number:04}", groups=frozenset({_GROUP}), skills={}, spans=((0.0, 2 * seconds),))
        for number in range(setting.load.agents)
    ]
    groups = {_GROUP: Group(id=_GROUP, name={}, hours="always", wrap_up=timedelta(0))}
    stays = simulate(with_times(drawn([expected], random), {}, times, random), staff, groups).stays
    return stays[round(_WARM_UP * len(stays)) :]


def _is_answered(stay: Stay) -> bool:
    return stay.call.end is QueueEnd.ANSWERED
