"""What every turn of every call asks for and what seldom changes, kept by each process between two changes.

The database stays the only memory: what is kept here is dropped as soon as the store tells another revision, or, of the
lines, when it is a second old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.adapters.store import directory, notices, speeds
from ivr.adapters.store.notices import LiveNotice, Override
from ivr.adapters.store.speeds import Speed
from ivr.domain.routing.directory import Employee

_LINES_LAST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is set by hand, those whose time has run out included; employees by id."""

    revision: int
    notices: tuple[LiveNotice, ...]
    overrides: Mapping[str, Override]
    employees: Mapping[str, Employee]


class House:
    """The house as one process knows it. Threads may read the same thing twice, and never half of it."""

    def __init__(self) -> None:
        self._standing: Standing | None = None
        self._lines: tuple[datetime, Mapping[tuple[str, str], Speed]] | None = None

    def standing(self, db: Connection, revision: int) -> Standing:
        """What is set for the whole house at `revision`, as the store has just told it."""
        known = self._standing
        if known is not None and known.revision == revision:
            return known
        # Read after the number: whatever was changed in between is in it already, and is read once more next time.
        read = Standing(
            revision=revision,
            notices=notices.every(db),
            overrides=notices.every_override(db),
            employees={employee.id: employee for employee in directory.everyone(db)},
        )
        self._standing = read
        return read

    def lines(self, db: Connection, now: datetime) -> Mapping[tuple[str, str], Speed]:
        """How every line stands, by group and needs, at most a second old."""
        known = self._lines
        if known is not None and abs(now - known[0]) < _LINES_LAST:
            return known[1]
        read = speeds.by_list(db, now)
        self._lines = (now, read)
        return read
