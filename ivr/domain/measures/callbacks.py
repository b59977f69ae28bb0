"""Callbacks of a period: how many were promised, how they ended, and whether the promised window was kept.

They are in no figure of the queue: whoever chose a callback waits no more (`docs/field.md`, service level).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.measures.service_level import Share
from ivr.domain.routing.callbacks import CallbackState, is_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedCall:
    """A callback as it stands; `entered_at` is when its citizen had joined the line."""

    state: CallbackState
    entered_at: datetime
    promised_until: datetime
    first_called_at: datetime | None
    ended_at: datetime | None


def kept(calls: Collection[PromisedCall], now: datetime) -> Share:
    """Share of promises whose citizen was first rung within the window; what may still be kept is in neither number."""
    found = [is_kept(call.promised_until, call.first_called_at, call.ended_at, now) for call in calls]
    return Share(numerator=found.count(True), denominator=found.count(True) + found.count(False))


def count(calls: Collection[PromisedCall], state: CallbackState) -> int:
    """How many stand so."""
    return sum(call.state is state for call in calls)


def longest_wait(calls: Collection[PromisedCall]) -> float | None:
    """Seconds from joining the line to the talk, of who was reached; None where nobody was."""
    reached = [call for call in calls if call.state is CallbackState.REACHED and call.ended_at is not None]
    return max(((call.ended_at - call.entered_at).total_seconds() for call in reached if call.ended_at), default=None)
