"""How many agents a steady stream of calls needs: Erlang's B and C, and Erlang A, where callers give up.

All three assume steady arrivals, handling times that are exponential and one pool of agents who are all alike; what they
tell of a day is an estimate, made per quarter or half hour. Times are seconds, rates are per second.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from scipy.integrate import quad

from ivr.domain.errors import IvrError

_NEGLIGIBLE = 45.0
"""The logarithm of how much smaller than its greatest a density may be before it is left out."""


class NoSteadyState(IvrError):
    """More work comes in than the agents can do and nobody gives up: the line grows for ever, and no wait can be told."""

    code = "no_steady_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`calls_per_second` which each take `handle_seconds` on average, and `agents` to take them."""

    calls_per_second: float
    handle_seconds: float
    agents: int

    def __post_init__(self) -> None:
        if self.calls_per_second <= 0 or self.handle_seconds <= 0 or self.agents < 1:
            raise ValueError("A load has calls, each takes some time, and there is at least one agent.")

    @property
    def erlangs(self) -> float:
        """The work that comes in: how many agents would be busy if there were any number of them."""
        return self.calls_per_second * self.handle_seconds

    @property
    def occupancy(self) -> float:
        """The share of the agents' time that the work takes if nobody gives up; over 1 it cannot be done."""
        return self.erlangs / self.agents


def blocking(erlangs: float, agents: int) -> float:
    """Erlang B: the share of calls that find all `agents` busy where nobody waits.

    By the recursion B(0) = 1, B(n) = A B(n-1) / (n + A B(n-1)) (Erlang 1917; Cooper, *Introduction to Queueing Theory*,
    1981), which only adds, multiplies and divides what is positive: no factorial to overflow, no cancellation.
    """
    share = 1.0
    for number in range(1, agents + 1):
        share = erlangs * share / (number + erlangs * share)
    return share


@dataclass(frozen=True, slots=True)
class ErlangC:
    """A line in which everybody waits to the end (M/M/n). Raises `NoSteadyState` for more work than can be done.

    Formulas: Erlang 1917; Gans, Koole and Mandelbaum, *Telephone Call Centers* (2003), section 4.1.
    """

    load: Load

    def __post_init__(self) -> None:
        if self.load.occupancy >= 1:
            load = self.load
            raise NoSteadyState(
                f"There is no steady state: {load.erlangs:g} erlang of work for {_agents(load.agents)}.",
                hint=f"At least {_agents(math.floor(load.erlangs) + 1)} are needed, or callers who give up (Erlang A).",
            )

    @property
    def waiting(self) -> float:
        """The share of callers who have to wait at all."""
        lost = blocking(self.load.erlangs, self.load.agents)
        return lost / (1 - self.load.occupancy * (1 - lost))

    def answered_within(self, seconds: float) -> float:
        """The share of callers who are answered within so many seconds: the service level."""
        spare = self.load.agents - self.load.erlangs
        return 1 - self.waiting * math.exp(-spare * seconds / self.load.handle_seconds)

    @property
    def mean_wait(self) -> float:
        """The mean wait of all callers, those answered at once among them (ASA)."""
        return self.waiting * self.load.handle_seconds / (self.load.agents - self.load.erlangs)


class ErlangA:
    """A line in which callers give up after an exponential time of mean `patience_seconds` (M/M/n+M).

    Garnett, Mandelbaum and Reiman, *Designing a Call Center with Impatient Customers* (2002), after Palm. Theirs are closed
    forms in incomplete gamma functions, which over- or underflow for patient callers and large pools. Here they are
    integrals of the density of the wait that a caller with endless patience would have, given that there is one
    (Zeltyn and Mandelbaum, *Call centers with impatient customers*, 2005, section 4):

        v(t) = exp(h(t)) / J,   h(t) = calls × patience × (1 - e^(-t/patience)) - t × agents / handling,   J = ∫ exp(h)

    with h taken relative to its greatest value. There is always a steady state.
    """

    def __init__(self, load: Load, patience_seconds: float) -> None:
        if patience_seconds <= 0:
            raise ValueError("Patience lasts longer than no time at all.")
        self._load, self._patience = load, patience_seconds
        self._arrivals, self._service = load.calls_per_second, load.agents / load.handle_seconds
        self._peak = max(0.0, patience_seconds * math.log(self._arrivals / self._service))
        self._height = self._exponent(self._peak)
        self._last = self._negligible_after()
        self._whole = self._over(lambda _: 1.0, self._last)

    @property
    def waiting(self) -> float:
        """The share of callers who have to wait at all, whatever becomes of them."""
        lost = blocking(self._load.erlangs, self._load.agents)
        if lost == 0:
            return 0.0
        # A B / (1 + (A - 1) B) of the paper, with A = service × J: turned over, so that a large A cannot overflow.
        logarithm = math.log(self._service) + self._height + math.log(self._whole)
        return 1 / (1 + (1 - lost) / lost * math.exp(-logarithm))

    @property
    def abandoned(self) -> float:
        """The share of callers who give up."""
        return self.waiting * self._over(lambda t: -math.expm1(-t / self._patience), self._last) / self._whole

    def answered_within(self, seconds: float) -> float:
        """The share of all callers who are answered within so many seconds; whoever gives up is not."""
        until = min(seconds, self._last)
        answered = self._over(lambda t: math.exp(-t / self._patience), until) if until > 0 else 0.0
        return 1 - self.waiting * (1 - answered / self._whole)

    @property
    def mean_wait(self) -> float:
        """The mean time in line of all callers, answered at once, later or never: abandoned × patience."""
        return self.abandoned * self._patience

    def _exponent(self, t: float) -> float:
        return -self._arrivals * self._patience * math.expm1(-t / self._patience) - self._service * t

    def _negligible_after(self) -> float:
        step = self._load.handle_seconds / self._load.agents
        while self._exponent(self._peak + step) - self._height > -_NEGLIGIBLE:
            step *= 1.5
        return self._peak + step

    def _over(self, weight: Callable[[float], float], until: float) -> float:
        """∫ weight × exp(h - its greatest), from 0 `until`; split at the peak, where all of it may lie close together."""
        # Eight times as wide as the peak is by its curvature, so that no rule of quadrature steps over it.
        width = 8 * math.sqrt(self._patience / self._service)
        inside = (cut for cut in (self._peak - width, self._peak, self._peak + width) if 0 < cut < until)
        cuts = sorted({0.0, until, *inside})
        return math.fsum(
            quad(lambda t: weight(t) * math.exp(self._exponent(t) - self._height), start, end, limit=200)[0]
            for start, end in pairwise(cuts)
        )


def _agents(count: int) -> str:
    return "1 agent" if count == 1 else f"{count} agents"
