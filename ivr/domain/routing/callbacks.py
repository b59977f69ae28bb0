"""Callbacks: when one is offered, what is promised, and how a promise ends.

Whoever is to be rung keeps the place in line; only the telephone is put down meanwhile. The window is promised with a
margin: told once, it is not told anew (`docs/field.md`, callback).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.routing.estimate import Wait

_STEP = timedelta(minutes=15)
_SHORTEST = timedelta(minutes=30)
_UNKNOWN = timedelta(minutes=60)
_MARGIN = 2


class CallbackState(StrEnum):
    """What became of a promise: `open` until anything else."""

    OPEN = "open"
    REACHED = "reached"  # the two have talked
    UNREACHED = "unreached"  # nobody answered, at any try
    CANCELLED = "cancelled"  # by the citizen's word
    TAKEN_OVER = "taken_over"  # the citizen called in and is in line by telephone
    GIVEN_UP = "given_up"  # the citizen answered, and hung up before anybody could talk


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPolicy:
    """Offered to who is told of a wait longer than `offered_from`; the citizen is rung up to `tries` times, `pause` apart."""

    offered_from: timedelta = timedelta(minutes=3)
    tries: int = 3
    pause: timedelta = timedelta(minutes=10)


def is_offered(policy: CallbackPolicy, wait: Wait | None, waited: timedelta | None) -> bool:
    """Whether the wait is long enough: by the longer end of what is expected, else by how long it has been already."""
    if wait is not None:
        return timedelta(minutes=wait[1]) > policy.offered_from
    return waited is not None and waited >= policy.offered_from


def promised_until(now: datetime, wait: Wait | None) -> datetime:
    """Until when the citizen is rung at the latest: twice the expected wait, rounded up to a quarter of an hour.

    Where nobody knows how long it takes, an hour.
    """
    span = _UNKNOWN if wait is None else max(_SHORTEST, _MARGIN * timedelta(minutes=wait[1]))
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - (day - (now + span)) // _STEP * _STEP


def is_kept(until: datetime, first_called_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool | None:
    """Whether the citizen was first rung within the promised window; None while that is open, or of no matter any more.

    Nobody answering is no broken promise. Who cancelled or called in before the window had ended was broken none.
    """
    if first_called_at is not None:
        return first_called_at <= until
    return False if (ended_at or now) > until else None
