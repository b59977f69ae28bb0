"""How long callers wait: service level and its variants, average speed of answer, abandonment, longest wait, AHT.

Waiting begins when the call enters the queue and ends when a person is connected; an offer that is not answered, or a
return to the queue, never restarts it. Callbacks and callers who took a link while waiting are in neither numerator nor
denominator. Nothing waited for means no data, not 0 % or 100 %. Definitions: `docs/field.md`, service level.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class QueueEnd(StrEnum):
    """How a stay in the queue ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    DEFLECTED = "deflected"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCall:
    """One caller's stay in a queue. The handling times are of answered calls."""

    end: QueueEnd
    wait_seconds: float
    talk_seconds: float = 0
    hold_seconds: float = 0
    wrap_seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with both its numbers, so that a page can show them beside it."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """From 0 to 1, or None where there is nothing to divide by: no data."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """A mean with its sum and count."""

    total: float
    count: int

    @property
    def value(self) -> float | None:
        return self.total / self.count if self.count else None


class Variant(StrEnum):
    """Which definition of service level a figure follows. Its name is printed under the figure."""

    OURS = "ours"
    ANSWERED_ONLY = "answered_only"
    EARLY_ABANDONS_LEFT_OUT = "early_abandons_left_out"
    EARLY_ABANDONS_AS_MET = "early_abandons_as_met"
    EVERY_ABANDON_COUNTED = "every_abandon_counted"


def service_level(
    calls: Iterable[QueuedCall], *, target_seconds: float, short_seconds: float, variant: Variant = Variant.OURS
) -> Share:
    """Share of calls answered within `target_seconds`, which itself counts as within.

    Our variant divides by the answered and those who abandoned after `short_seconds` or later: it cannot be bettered by
    making people hang up, and a three-second misdial does not hurt it.
    """
    return _SHARES[variant](tuple(calls), target_seconds, short_seconds)


def abandonment(calls: Iterable[QueuedCall], *, short_seconds: float = 0) -> Share:
    """Share of callers who gave up after `short_seconds` or later; 0 counts every one of them."""
    waits = _Waits(tuple(calls))
    left = waits.abandoned(lambda wait: wait >= short_seconds)
    return Share(numerator=left, denominator=len(waits.answered) + left)


def speed_of_answer(calls: Iterable[QueuedCall]) -> Average:
    """The mean wait of those who were answered (ASA), in seconds."""
    answered = _Waits(tuple(calls)).answered
    return Average(total=sum(answered), count=len(answered))


def median_wait(calls: Iterable[QueuedCall]) -> float | None:
    """The wait that half of the answered did not exceed: shown beside the mean, which a few long waits pull up."""
    answered = _Waits(tuple(calls)).answered
    return median(answered) if answered else None


def longest_wait(calls: Iterable[QueuedCall]) -> float | None:
    """The longest wait of anyone answered or abandoned; a callback's is shown on its own line."""
    waits = [call.wait_seconds for call in calls if call.end in (QueueEnd.ANSWERED, QueueEnd.ABANDONED)]
    return max(waits, default=None)


def handling_time(calls: Iterable[QueuedCall]) -> Average:
    """The mean of talk, hold and wrap-up over the answered (AHT), in seconds."""
    handled = [call for call in calls if call.end is QueueEnd.ANSWERED]
    total = sum(call.talk_seconds + call.hold_seconds + call.wrap_seconds for call in handled)
    return Average(total=total, count=len(handled))


def menu_hang_ups(*, hung_up: int, arrivals: int) -> Share:
    """Share of all arrivals that hung up in the menu without a result, never having queued."""
    return Share(numerator=hung_up, denominator=arrivals)


class _Waits:
    """The waits of one set of calls, answered and abandoned apart."""

    def __init__(self, calls: tuple[QueuedCall, ...]) -> None:
        self.answered = [call.wait_seconds for call in calls if call.end is QueueEnd.ANSWERED]
        self._abandoned = [call.wait_seconds for call in calls if call.end is QueueEnd.ABANDONED]

    def within(self, target: float) -> int:
        return sum(wait <= target for wait in self.answered)

    def abandoned(self, counts: Callable[[float], bool]) -> int:
        return sum(counts(wait) for wait in self._abandoned)


def _ours(calls: tuple[QueuedCall, ...], target: float, short: float) -> Share:
    waits = _Waits(calls)
    left = waits.abandoned(lambda wait: wait >= short)
    return Share(numerator=waits.within(target), denominator=len(waits.answered) + left)


def _answered_only(calls: tuple[QueuedCall, ...], target: float, short: float) -> Share:
    """Flatters: callers who gave up vanish."""
    waits = _Waits(calls)
    return Share(numerator=waits.within(target), denominator=len(waits.answered))


def _early_abandons_left_out(calls: tuple[QueuedCall, ...], target: float, short: float) -> Share:
    waits = _Waits(calls)
    left = waits.abandoned(lambda wait: wait > target)
    return Share(numerator=waits.within(target), denominator=len(waits.answered) + left)


def _early_abandons_as_met(calls: tuple[QueuedCall, ...], target: float, short: float) -> Share:
    waits = _Waits(calls)
    early = waits.abandoned(lambda wait: short <= wait <= target)
    left = waits.abandoned(lambda wait: wait >= short)
    return Share(numerator=waits.within(target) + early, denominator=len(waits.answered) + left)


def _every_abandon_counted(calls: tuple[QueuedCall, ...], target: float, short: float) -> Share:
    waits = _Waits(calls)
    left = waits.abandoned(lambda wait: True)
    return Share(numerator=waits.within(target), denominator=len(waits.answered) + left)


_SHARES: dict[Variant, Callable[[tuple[QueuedCall, ...], float, float], Share]] = {
    Variant.OURS: _ours,
    Variant.ANSWERED_ONLY: _answered_only,
    Variant.EARLY_ABANDONS_LEFT_OUT: _early_abandons_left_out,
    Variant.EARLY_ABANDONS_AS_MET: _early_abandons_as_met,
    Variant.EVERY_ABANDON_COUNTED: _every_abandon_counted,
}
