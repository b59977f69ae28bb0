"""How the lines of waiting callers stand: what is read from the table that the sweep rewrites every second."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from ivr.adapters.store.circumstances import InLine
from ivr.adapters.store.queue import Entry
from ivr.adapters.store.speeds import WHOLE_GROUP, Speed
from ivr.domain.flow.facts import Crowd
from ivr.domain.routing import places
from ivr.domain.routing.estimate import Wait, expected, wait_minutes
from ivr.operations.work import Work


class Crowds(Mapping[str, Crowd]):
    """How many wait for each group. Looked up when asked for: most turns put nobody in line."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __getitem__(self, group_id: str) -> Crowd:
        speed = _lines(self._work)[group_id, WHOLE_GROUP]
        return Crowd(waiting=speed.places.last, is_deserted=speed.is_deserted)

    def __iter__(self) -> Iterator[str]:
        return (group_id for group_id, needs in _lines(self._work) if needs == WHOLE_GROUP)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a waiting caller may be told of the wait; each of it None where it is not known. As `flow.facts.Facts`."""

    position: int | None = None
    minutes: Wait | None = None
    able: int | None = None
    waited: timedelta | None = None


def foresight(work: Work, entry: InLine | None) -> Foresight:
    """The place is that in the group's line (1 is next); the minutes are those of the caller's own list."""
    if entry is None:
        return Foresight()
    waited = Foresight(waited=work.now - entry.entered_at)
    rank = places.rank(entry.queue_class, entry.rank_at)
    group = _lines(work).get((entry.group_id, WHOLE_GROUP))
    if group is None:
        return waited
    known = replace(waited, position=group.places.place(rank))
    own = _lines(work).get((entry.group_id, entry.needs))
    if own is None:
        return known
    minutes = wait_minutes(group.places.place(rank), own.places.place(rank), own.pace)
    return replace(known, minutes=minutes, able=own.pace.able)


def forecast(work: Work, entry: Entry) -> timedelta | None:
    """The wait that the work ahead of an entry means; None when it cannot be told."""
    rank = places.rank(entry.queue_class, entry.rank_at)
    group = _lines(work).get((entry.group_id, WHOLE_GROUP))
    own = _lines(work).get((entry.group_id, entry.needs.key))
    if group is None or own is None:
        return None
    return expected(group.places.place(rank), own.places.place(rank), own.pace)


def _lines(work: Work) -> Mapping[tuple[str, str], Speed]:
    return work.house.lines(work.db, work.now)
