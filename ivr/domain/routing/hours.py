"""Opening hours: weekly hours per name, Danish public holidays, own closing days whole or from an hour.

Local hours become moments before anything is compared: on the two days a year when the clock is changed, local times do
not tell earlier from later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as calendars

_HORIZON_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Open from `opens` until `closes` on one day, local time; `closes` is the first moment that is closed.

    `closes` at 00:00 is midnight at the end of the day.
    """

    opens: time
    closes: time


AROUND_THE_CLOCK: tuple[tuple[Span, ...], ...] = ((Span(opens=time(0), closes=time(0)),),) * 7
"""The week of hours that are `always`: neither holidays nor closing days close it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingDay:
    """A day the municipality keeps closed by its own choice, whole or from an hour."""

    day: date
    closes: time | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Whether something is open at a moment, and what to tell a caller if not.

    `opens_at` is the next opening (aware, local zone), None if it never opens within a year. `closes_at` is set while
    open. `reason` names the holiday or closing day.
    """

    is_open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reason: str = ""


class Rule(StrEnum):
    """What in a calendar may decide whether something is open."""

    ALWAYS = "always"
    WEEKLY_HOURS = "weekly_hours"
    HOLIDAY = "holiday"
    CLOSING_DAY = "closing_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something is open or closed at a moment. `name` is the holiday's, or the reason of the closing day.

    `closes` is the hour from which a closing day is closed; None if it is all day, and for the other rules.
    """

    rule: Rule
    name: str = ""
    closes: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All opening hours of an installation. `weeks` maps a name to seven tuples of spans, Monday first.

    An empty `weeks[name]` day is closed; hours named `always` are open day and night, holidays too, and so is every
    week equal to `AROUND_THE_CLOCK`.
    """

    zone: str
    weeks: Mapping[str, tuple[tuple[Span, ...], ...]]
    closing_days: tuple[ClosingDay, ...] = ()
    holidays: str | None = "DK"

    def at(self, hours: str, moment: datetime) -> Opening:
        """How `hours` stand at `moment` (aware). Raises KeyError for hours that are not defined.

        While open, `opens_at` is None and `closes_at` is where the opening ends, past midnight if the next day goes on;
        None if it does not end within a year. `reason` is given while closed, when the day is a holiday or a closing
        day whose hour has struck.
        """
        week = self._week(hours)
        if week == AROUND_THE_CLOCK:
            return Opening(is_open=True)
        if moment.tzinfo is None:
            raise ValueError("Opening hours are asked for an aware moment; this one names no zone.")
        zone = ZoneInfo(self.zone)
        now = moment.astimezone(UTC)
        today = moment.astimezone(zone).date()
        for opens, closes in self._openings(week, today, zone):
            if closes <= now:
                continue
            if opens <= now:
                ends = None if closes >= now + timedelta(days=_HORIZON_DAYS) else closes.astimezone(zone)
                return Opening(is_open=True, closes_at=ends)
            return Opening(
                is_open=False, opens_at=opens.astimezone(zone), reason=self._cause(moment.astimezone(zone)).name
            )
        return Opening(is_open=False, reason=self._cause(moment.astimezone(zone)).name)

    def after(self, hours: str, moment: datetime, span: timedelta) -> datetime | None:
        """When `hours` have been open for `span` (above zero) since `moment` (aware); local zone.

        A span that ends with an opening ends there, not at the next one. None if it takes more than a year. Raises
        KeyError for hours that are not defined.
        """
        week, zone, left = self._week(hours), ZoneInfo(self.zone), span
        now = moment.astimezone(UTC)
        if week == AROUND_THE_CLOCK:
            return (now + span).astimezone(zone)
        for opens, closes in self._openings(week, moment.astimezone(zone).date(), zone):
            begins = max(opens, now)
            if left <= closes - begins:
                return (begins + left).astimezone(zone)
            left -= max(closes - begins, timedelta(0))
        return None

    def why(self, hours: str, moment: datetime) -> Cause:
        """What decides how `hours` stand at `moment` (aware). Raises KeyError for hours that are not defined.

        A closing day whose hour is still to come decides where it is what ends the opening.
        """
        if self._week(hours) == AROUND_THE_CLOCK:
            return Cause(rule=Rule.ALWAYS)
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        closes_at = self.at(hours, moment).closes_at
        closing = self._closing(local.date())
        if closes_at is not None and closing is not None and closing.closes is not None:
            is_cut = closes_at == _last(closing.day, closing.closes, zone)
            return _by(closing) if is_cut else Cause(rule=Rule.WEEKLY_HOURS)
        return self._cause(local)

    def _week(self, hours: str) -> tuple[tuple[Span, ...], ...]:
        return AROUND_THE_CLOCK if hours == "always" else self.weeks[hours]

    def _openings(
        self, week: tuple[tuple[Span, ...], ...], first: date, zone: ZoneInfo
    ) -> Iterator[tuple[datetime, datetime]]:
        """The times open from `first` for a year, in UTC, in order; what touches is one, also across midnight."""
        pending: tuple[datetime, datetime] | None = None
        for offset in range(_HORIZON_DAYS + 1):
            day = first + timedelta(days=offset)
            for opens, closes in self._on(week, day, zone):
                if pending is not None and opens <= pending[1]:
                    pending = (pending[0], max(pending[1], closes))
                    continue
                if pending is not None:
                    yield pending
                pending = (opens, closes)
        if pending is not None:
            yield pending

    def _on(self, week: tuple[tuple[Span, ...], ...], day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        if _holiday(self.holidays, day) is not None:
            return
        ending = self._closing(day)
        if ending is not None and ending.closes is None:
            return
        limit = _last(day, ending.closes, zone) if ending is not None and ending.closes is not None else None
        for span in sorted(week[day.weekday()], key=lambda span: span.opens):
            opens = _first(day, span.opens, zone)
            closes = _last(day, span.closes, zone) if span.closes > time(0) else _first(_next(day), time(0), zone)
            closes = closes if limit is None else min(closes, limit)
            if opens < closes:
                yield opens, closes

    def _closing(self, day: date) -> ClosingDay | None:
        """The closing day that shuts earliest on `day`."""
        same = [closing for closing in self.closing_days if closing.day == day]
        return min(same, key=lambda closing: closing.closes or time(0), default=None)

    def _cause(self, local: datetime) -> Cause:
        """What decides while it is closed. A closing day that gives no reason leaves it to the holiday that it falls on."""
        closing = self._closing(local.date())
        holiday = _holiday(self.holidays, local.date())
        if closing is not None and local.time() >= (closing.closes or time(0)) and (closing.reason or not holiday):
            return _by(closing)
        return Cause(rule=Rule.HOLIDAY, name=holiday) if holiday else Cause(rule=Rule.WEEKLY_HOURS)


def _by(closing: ClosingDay) -> Cause:
    return Cause(rule=Rule.CLOSING_DAY, name=closing.reason, closes=closing.closes)


def _first(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment the clock first shows `clock`. An hour that spring skips is counted from before it (RFC 5545, 3.3.5)."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _last(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment the clock last shows `clock`: in autumn an opening lasts through the hour that comes twice."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return max(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _holiday(country: str | None, day: date) -> str | None:
    return None if country is None else _public_holidays(country, day.year).get(day)


# A whole year at a time and never changed: the library's own objects grow while they are read, which threads would see.
@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> Mapping[date, str]:
    """Public holidays only. Since 2024 Store Bededag is none; 1 May, 5 June and 24 December are closing days, if any."""
    language = "da" if country == "DK" else None
    found = calendars.country_holidays(country, years=year, language=language, categories=calendars.PUBLIC)
    return dict(found)
