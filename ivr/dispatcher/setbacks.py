"""Rows that could not be dealt with: each is left alone for a while, longer every time, and logged once for each try.

They are found again every second, because what is due stands in the rows themselves; without a rest they would fill the
log and keep others from their turn. This process alone remembers them: whoever does not know of a failure tries once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

_FIRST_REST = timedelta(seconds=1)
_LONGEST_REST = timedelta(seconds=60)
# Settled in another way meanwhile, since nobody has found it due for so long.
_FORGOTTEN_AFTER = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setback:
    rest: timedelta
    until: datetime


class Setbacks:
    """The rows of one thread that could not be dealt with."""

    def __init__(self) -> None:
        self._rows: dict[str, _Setback] = {}

    def resting(self, now: datetime) -> int:
        """How many rows are left alone now: so many more must be looked for, lest they hide the others."""
        for row, setback in list(self._rows.items()):
            if now - setback.until > _FORGOTTEN_AFTER:
                del self._rows[row]
        return sum(now < setback.until for setback in self._rows.values())

    def deal_with(self, row: str, contact: str | None, now: datetime, deed: Callable[[], object]) -> bool:
        """Do what is due for a row, and survive it; False for one that is left alone."""
        before = self._rows.get(row)
        if before is not None and now < before.until:
            return False
        try:
            deed()
        except Exception as error:
            rest = _FIRST_REST if before is None else min(2 * before.rest, _LONGEST_REST)
            self._rows[row] = _Setback(rest=rest, until=now + rest)
            log.exception(
                "timer_failed", contact=contact, row=row, rest_seconds=rest.seconds, error=type(error).__name__
            )
        else:
            self._rows.pop(row, None)
        return True
