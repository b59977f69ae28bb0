"""A moment as somebody types it: in the municipality's own time, or with its offset."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.domain.errors import IvrError

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_DAY = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})[./-](?P<second>0?[1-9]|1[0-2])(?:[./-](?P<last>\d{4}))?(?![\d:])"
)
_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d{1,2}))?")


class NotAMoment(IvrError):
    """The text is no moment; the hint is the nearest one that is."""

    code = "not_a_moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment in the municipality's zone, and what a change of the clock made of it, if anything."""

    at: datetime
    note: str = ""


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> Moment:
    """The moment that `text` means. Raises `NotAMoment`; what is left out there is taken from `now`.

    Of an hour that comes twice in autumn the first is taken. One that is skipped in spring is counted from before it
    (RFC 5545, 3.3.5), as opening hours are.
    """
    written = text.strip()
    try:
        found = datetime.fromisoformat(written) if _WRITTEN.fullmatch(written) else None
    except ValueError:
        found = None
    if found is None:
        hint = f"Nearest: {_nearest(written, now.astimezone(zone))}. An offset may follow, such as +01:00."
        raise NotAMoment(f'"{text}" is no moment.', hint=hint)
    return Moment(at=found.astimezone(zone)) if found.tzinfo is not None else _local(found, zone)


def _local(clock: datetime, zone: ZoneInfo) -> Moment:
    first, second = clock.replace(tzinfo=zone, fold=0), clock.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return Moment(at=first)
    shown, day = f"{clock:%H:%M}", f"{clock:%A} {clock.day} {clock:%B %Y}"
    taken = first.astimezone(UTC).astimezone(zone)
    if taken.replace(tzinfo=None) == clock:
        told = (
            f"The clock shows {shown} twice on {day}: the first, {_iso(first)}, is taken; the second is {_iso(second)}."
        )
    else:
        told = f"The clock never shows {shown} on {day}, when it is put forward: {_iso(taken)} is taken."
    return Moment(at=taken, note=told)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _nearest(text: str, now: datetime) -> str:
    """The moment that is most likely meant, in the right form: Danish and ISO days are known, and slips are cut to size."""
    found = _DAY.search(text)
    year, month, day = _day(found, now)
    month = min(max(month, 1), 12)
    year = min(max(year, 1), 9999)
    day = min(max(day, 1), calendar.monthrange(year, month)[1])
    hour = _HOUR.search(text[found.end() :] if found else text)
    shown = (int(hour[1]), min(int(hour[2] or 0), 59)) if hour else (12, 0) if found else (now.hour, now.minute)
    clock = min(shown, (23, 59))
    return f"{year:04}-{month:02}-{day:02}T{clock[0]:02}:{clock[1]:02}"


def _day(found: re.Match[str] | None, now: datetime) -> tuple[int, int, int]:
    if found is None:
        return now.year, now.month, now.day
    if found["year"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    return int(found["last"] or now.year), int(found["second"]), int(found["first"])
