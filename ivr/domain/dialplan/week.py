"""Opening hours as they are written in `routes.yaml`: `9-15`, `8:30-15:30`, `9-12, 13-17`."""

import re
from datetime import time
from itertools import pairwise

from ivr.domain.dialplan.shapes import Malformed
from ivr.domain.routing.hours import Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*[-–]\s*(\d{1,2})(?::([0-5]\d))?")
_HINT = "Write hours as 9-15, 8:30-15:30 or 9-12, 13-17; leave the day out to keep it closed."
_MIDNIGHT = 24 * 60


def parse_spans(text: str) -> tuple[Span, ...]:
    """The spans of one day in order. Raises `Malformed` for hours that do not exist, end before they begin, or overlap."""
    minutes = [_minutes(part.strip(), text) for part in text.split(",")]
    minutes.sort()
    for (_, closes), (opens, _) in pairwise(minutes):
        if opens < closes:
            raise Malformed(f'is "{text}", where two spans overlap.', hint=_HINT)
    return tuple(Span(opens=_clock(opens), closes=_clock(closes)) for opens, closes in minutes)


def parse_clock(text: str) -> time:
    """A time of day such as `12:00`. Raises `Malformed`."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    if match is None or int(match[1]) > 23:
        raise Malformed(f'is "{text}", which is not a time of day.', hint='Write "12:00".')
    return time(int(match[1]), int(match[2]))


def _minutes(part: str, text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise Malformed(f'is "{text}", which is not opening hours.', hint=_HINT)
    opens = int(match[1]) * 60 + int(match[2] or 0)
    closes = int(match[3]) * 60 + int(match[4] or 0)
    if max(opens, closes) > _MIDNIGHT:
        raise Malformed(f'is "{text}", but a day ends at 24.', hint=_HINT)
    if closes <= opens:
        hint = "Hours that pass midnight are two spans: 20-24 on one day, 0-6 on the next."
        raise Malformed(f'is "{text}", which closes before it opens.', hint=hint)
    return opens, closes


def _clock(minutes: int) -> time:
    """Midnight at the end of a day is 00:00, as `Span.closes` has it."""
    return time(minutes // 60 % 24, minutes % 60)
