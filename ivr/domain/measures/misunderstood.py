"""Lessons put together for a reader: the same words once with how often they were said, and what each day was like."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.domain.heard import plain
from ivr.domain.measures.lessons import Lesson, Verdict, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Misunderstood:
    """The same words, said once or often. What stands first in a count is the most frequent.

    `words` are as they were last heard, `contact` is the call they were last heard in.
    """

    language: str
    words: str
    count: int
    last_at: datetime
    contact: str
    taken: tuple[tuple[tuple[str, ...], Way, int], ...]
    confidence: float | None
    belonged: tuple[tuple[str, int], ...]


def misunderstood(lessons: Iterable[Lesson]) -> tuple[Misunderstood, ...]:
    """What was misunderstood, the most frequent first, among equals what was heard last."""
    alike: defaultdict[tuple[str, str], list[Lesson]] = defaultdict(list)
    for lesson in sorted(lessons, key=lambda lesson: lesson.at, reverse=True):
        if lesson.verdict is Verdict.MISUNDERSTOOD:
            alike[lesson.language, plain(lesson.words)].append(lesson)
    rows = [_together(said) for said in alike.values()]
    return tuple(sorted(rows, key=lambda row: (row.count, row.last_at), reverse=True))


def _together(said: list[Lesson]) -> Misunderstood:
    last = said[0]
    taken = Counter((lesson.taken, lesson.way) for lesson in said)
    return Misunderstood(
        language=last.language,
        words=last.words,
        count=len(said),
        last_at=last.at,
        contact=last.contact,
        taken=tuple((topics, way, count) for (topics, way), count in taken.most_common()),
        confidence=last.confidence,
        belonged=tuple(Counter(lesson.belonged for lesson in said if lesson.belonged is not None).most_common()),
    )


def by_day(lessons: Iterable[Lesson], days: Iterable[date], zone: str) -> Mapping[date, Counter[Verdict]]:
    """How many utterances of each verdict there were on each of the local `days`."""
    counts: dict[date, Counter[Verdict]] = {day: Counter() for day in days}
    for lesson in lessons:
        day = lesson.at.astimezone(ZoneInfo(zone)).date()
        if day in counts:
            counts[day][lesson.verdict] += 1
    return counts
