"""A caller's place in line, told from a list that is short however long the line is.

The list holds the order's first callers one by one and of those behind them only every hundredth, and the last: nobody
who is number 1,700 needs to know it to the unit.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.routing.queue import QueueClass

EXACT, STEP = 200, 100
"""Places up to `EXACT` are told to the unit, those behind are rounded up to whole `STEP`s."""

Rank = tuple[int, float]
"""What orders a group's line: the class, then `rank_at` in seconds since 1970."""


def rank(queue_class: QueueClass, rank_at: datetime) -> Rank:
    """Where an entry belongs in its group's line."""
    return int(queue_class), rank_at.timestamp()


@dataclass(frozen=True, slots=True)
class Places:
    """`numbers` are places in line (1 is next), `ranks` those of the callers at them, both rising."""

    numbers: tuple[int, ...] = ()
    ranks: tuple[Rank, ...] = ()

    @classmethod
    def of(cls, listed: Sequence[Sequence[float]]) -> "Places":
        """From rows of place, class and seconds, in order."""
        return cls(
            numbers=tuple(int(number) for number, _, _ in listed),
            ranks=tuple((int(queue_class), seconds) for _, queue_class, seconds in listed),
        )

    @property
    def last(self) -> int:
        """How many are in line."""
        return self.numbers[-1] if self.numbers else 0

    def place(self, sought: Rank) -> int:
        """The place of whoever has this rank, never too good a one; behind everybody listed, the place after them."""
        at = bisect_left(self.ranks, sought)
        if at < len(self.numbers):
            return self.numbers[at]
        return self.last + 1
