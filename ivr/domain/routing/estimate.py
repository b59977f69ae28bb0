"""What a waiting caller is told of the wait: an honest range, or nothing.

A wrong estimate is worse than none, so nothing is said while data are thin, while nobody is there, or right after
somebody left. What has been said stands: it grows only with a cause that the caller is told.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta

Wait = tuple[int, int]
"""A range in minutes, both ends on a step."""

FEWEST_HANDLED = 5
"""With fewer contacts handled lately, nobody knows how long one takes."""

SETTLES_AFTER = timedelta(seconds=60)
"""How long nothing is said after somebody has left: the line has not yet felt it."""

_STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
_HOUR = 60
_AT_LEAST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a group's line moves, as the callers of one list feel it.

    `handled` contacts lately took `handle_seconds` each, wrap-up included; those just answered had waited
    `wait_seconds`. `able` agents may take callers of this list, `staffed` any of its groups; `since_left` is how long
    ago one of the able left, None if nobody did.
    """

    handled: int
    handle_seconds: float | None
    wait_seconds: float | None
    able: int
    staffed: int
    since_left: timedelta | None = None


def expected(place: int, own_place: int, pace: Pace) -> timedelta | None:
    """The wait that the work ahead means, for the caller at `place` in the group's line, `own_place` in the list's (1 is
    next). None when it cannot be told.

    The able agents have to take all of the list that is ahead, and everybody there all of the group's line: whichever
    takes longer, since of the others ahead some are taken by those who cannot take this caller.
    """
    found = _ahead(place, own_place, pace)
    return None if found is None else timedelta(seconds=max(work.seconds for work in found))


def wait_minutes(place: int, own_place: int, pace: Pace) -> Wait | None:
    """The expected wait as a range; None when it cannot be told.

    The shorter end is what those just answered had waited, but no longer than the work ahead and no shorter than half of
    it: a line that has just grown is not yet felt by those answered. The longer end is the work ahead and one standard
    deviation of it. Both are rounded up to a step.
    """
    found = _ahead(place, own_place, pace)
    if found is None:
        return None
    work = max(work.seconds for work in found)
    lately = work if pace.wait_seconds is None else pace.wait_seconds
    shorter = _step(min(work, max(lately, work * _AT_LEAST)))
    longer = _step(max(work.at_most for work in found))
    return shorter, longer if shorter == 1 else max(longer, _step((shorter + 1) * 60))


def is_worse(wait: Wait, told: Wait) -> bool:
    """Whether `wait` takes back something of what was told."""
    return wait[0] > told[0] or wait[1] > told[1]


@dataclass(frozen=True, slots=True)
class _Work:
    """So many contacts, to be handled in `seconds`."""

    contacts: int
    seconds: float

    @property
    def at_most(self) -> float:
        """With one standard deviation, of handling times that vary as much as they last."""
        return self.seconds * (1 + 1 / math.sqrt(self.contacts))


def _ahead(place: int, own_place: int, pace: Pace) -> tuple[_Work, _Work] | None:
    """The caller included: what the able agents have to take, and what everybody has to; None when it cannot be told."""
    if pace.handled < FEWEST_HANDLED or pace.handle_seconds is None or pace.able < 1 or own_place < 1:
        return None
    if pace.since_left is not None and pace.since_left < SETTLES_AFTER:
        return None
    own = _Work(own_place, own_place * pace.handle_seconds / pace.able)
    return own, _Work(place, place * pace.handle_seconds / max(pace.staffed, pace.able))


def _step(seconds: float) -> int:
    """In minutes, rounded up: to what people say, and over an hour to whole hours."""
    minutes = seconds / 60
    if minutes > _STEPS[-1]:
        return math.ceil(minutes / _HOUR) * _HOUR
    return _STEPS[bisect_left(_STEPS, minutes)]
