"""The two days of 2026 on which the clock is changed: what is open then, for hours of any kind."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.routing.hours import Calendar, Span

ZONE = ZoneInfo("Europe/Copenhagen")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)

QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
SPANS = st.tuples(QUARTERS, QUARTERS).filter(lambda pair: pair[0] < pair[1])


def calendar(**days: tuple[Span, ...]) -> Calendar:
    """Open on the days given, by their English names."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return Calendar(zone="Europe/Copenhagen", weeks={"hours": tuple(days.get(name, ()) for name in names)})


def span(opens: time, closes: time) -> Span:
    return Span(opens=opens, closes=closes)


def moments(day: date) -> list[datetime]:
    """Every quarter of an hour from midnight to midnight: 92 in spring, 100 in autumn."""
    midnight = datetime.combine(day, time(0), tzinfo=ZONE).astimezone(UTC)
    found = (midnight + QUARTER * count for count in range(101))
    return [moment for moment in found if moment.astimezone(ZONE).date() == day]


def clock(moment: datetime) -> time:
    """What the clock on the wall shows."""
    return moment.astimezone(ZONE).time()


def open_on(day: date, hours: Calendar) -> list[datetime]:
    return [moment for moment in moments(day) if hours.at("hours", moment).is_open]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_whole_day_open_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn(day: date, hours: int) -> None:
    whole = calendar(sunday=(span(time(0), time(0)),))

    assert len(open_on(day, whole)) * QUARTER == hours * HOUR


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 9), (AUTUMN, 11)])
def test_a_night_on_duty_over_the_change_is_one_opening_of_its_true_length(day: date, hours: int) -> None:
    night = calendar(saturday=(span(time(20), time(0)),), sunday=(span(time(0), time(6)),))
    begins = datetime.combine(day - timedelta(days=1), time(20), tzinfo=ZONE)

    opening = night.at("hours", begins)

    assert opening.closes_at == datetime.combine(day, time(6), tzinfo=ZONE)
    assert opening.closes_at.astimezone(UTC) - begins.astimezone(UTC) == hours * HOUR


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_the_monday_after_is_promised_by_its_own_clock(day: date) -> None:
    monday = day + timedelta(days=1)
    office = calendar(friday=(span(time(9), time(13)),), monday=(span(time(9), time(15)),))

    for moment in moments(day):
        assert office.at("hours", moment).opens_at == datetime.combine(monday, time(9), tzinfo=ZONE)


@settings(max_examples=60, deadline=None)
@given(day=st.sampled_from([SPRING, AUTUMN]), times=SPANS.filter(lambda pair: pair[1] < time(2) or pair[0] >= time(3)))
def test_away_from_the_hour_that_is_changed_the_clock_on_the_wall_decides(day: date, times: tuple[time, time]) -> None:
    opens, closes = times

    found = open_on(day, calendar(sunday=(span(opens, closes),)))

    assert found == [moment for moment in moments(day) if opens <= clock(moment) < closes]


@settings(max_examples=60, deadline=None)
@given(times=SPANS)
def test_in_autumn_it_is_open_from_the_first_time_the_clock_shows_the_hour_to_the_last(
    times: tuple[time, time],
) -> None:
    opens, closes = times
    first = min(moment for moment in moments(AUTUMN) if clock(moment) == opens)
    last = max(moment for moment in moments(AUTUMN) if clock(moment) == closes)

    found = open_on(AUTUMN, calendar(sunday=(span(opens, closes),)))

    assert found == [moment for moment in moments(AUTUMN) if first <= moment < last]


@settings(max_examples=60, deadline=None)
@given(times=SPANS)
def test_in_spring_an_hour_that_is_skipped_is_counted_from_before_it(times: tuple[time, time]) -> None:
    begins, ends = (shown(hour) for hour in times)

    found = open_on(SPRING, calendar(sunday=(span(*times),)))

    assert found == [moment for moment in moments(SPRING) if begins <= clock(moment) < ends]


def shown(hour: time) -> time:
    """What the clock shows in spring when it is `hour` for the rule: 02:30 is half an hour after 02:00, thus 03:30."""
    return hour.replace(hour=3) if hour.hour == 2 else hour
