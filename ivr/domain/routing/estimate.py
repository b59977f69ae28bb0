"""What a waiting caller is told of the wait: an honest range, or nothing.

A wrong estimate is worse than none, so nothing is said while data are thin or nobody is signed in.
"""

import math

_SPREAD = 2.0
_WHOLE_MINUTES = 60


def wait_minutes(position: int, handle_seconds: float | None, staffed: int) -> tuple[int, int] | None:
    """The expected wait at `position` (1 is next) as a range in minutes, rounded up; None when it cannot be told.

    Bounded by position × handling time ÷ staffed agents (`docs/field.md`, waiting).
    """
    if handle_seconds is None or staffed <= 0 or position < 1:
        return None
    expected = position * handle_seconds / staffed / _WHOLE_MINUTES
    low = max(1, math.floor(expected))
    high = max(low, math.ceil(expected * _SPREAD))
    return low, high
