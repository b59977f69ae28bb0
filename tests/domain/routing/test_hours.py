"""Opening hours against the calendar: holidays, closing days, midnight, and the two days when the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.routing.hours import AROUND_THE_CLOCK, Calendar, Cause, ClosingDay, Opening, Rule, Span

ZONE = ZoneInfo("Europe/Copenhagen")


def span(opens: str, closes: str) -> Span:
    return Span(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold)


DAY = (span("09:00", "15:00"),)
NIGHT = (span("00:00", "00:00"),)
CALENDAR = Calendar(
    zone="Europe/Copenhagen",
    weeks={
        "townhall": (DAY, DAY, DAY, (span("09:00", "17:00"),), (span("09:00", "13:00"),), (), ()),
        "lunch": ((span("09:00", "12:00"), span("13:00", "16:00")),) * 5 + ((), ()),
        "evening": ((span("20:00", "00:00"),), (span("00:00", "06:00"),), (), (), (), (), ()),
        "early": ((span("00:00", "03:00"), span("04:00", "06:00")),) * 7,
        "half-past-two": ((span("02:30", "06:00"),),) * 7,
        "short": ((span("09:00", "10:00"),),) * 7,
        "duty": AROUND_THE_CLOCK,
        "never": ((),) * 7,
    },
    closing_days=(
        ClosingDay(day=date(2026, 12, 24), reason="Juleaftensdag"),
        ClosingDay(day=date(2026, 6, 5), closes=time(12), reason="Grundlovsdag"),
        ClosingDay(day=date(2026, 5, 15)),
    ),
)

HOLIDAYS_2026 = {
    "2026-01-01": "Nytårsdag",
    "2026-04-02": "Skærtorsdag",
    "2026-04-03": "Langfredag",
    "2026-04-05": "Påskedag",
    "2026-04-06": "Anden påskedag",
    "2026-05-14": "Kristi himmelfartsdag",
    "2026-05-24": "Pinsedag",
    "2026-05-25": "Anden pinsedag",
    "2026-12-25": "Juledag",
    "2026-12-26": "Anden juledag",
}


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("townhall", "2026-11-18T08:59:59", Opening(is_open=False, opens_at=local("2026-11-18T09:00"))),
        ("townhall", "2026-11-18T09:00", Opening(is_open=True, closes_at=local("2026-11-18T15:00"))),
        ("townhall", "2026-11-18T14:59:59", Opening(is_open=True, closes_at=local("2026-11-18T15:00"))),
        ("townhall", "2026-11-18T15:00", Opening(is_open=False, opens_at=local("2026-11-19T09:00"))),
        ("townhall", "2026-11-20T13:00", Opening(is_open=False, opens_at=local("2026-11-23T09:00"))),
        ("lunch", "2026-11-18T12:30", Opening(is_open=False, opens_at=local("2026-11-18T13:00"))),
        ("evening", "2026-11-16T23:00", Opening(is_open=True, closes_at=local("2026-11-17T06:00"))),
        ("evening", "2026-11-17T05:00", Opening(is_open=True, closes_at=local("2026-11-17T06:00"))),
        ("duty", "2026-12-25T03:00", Opening(is_open=True)),
        ("always", "2026-12-24T03:00", Opening(is_open=True)),
        ("never", "2026-11-18T12:00", Opening(is_open=False)),
    ],
)
def test_ordinary_days_open_and_close_on_the_hour(hours: str, moment: str, expected: Opening) -> None:
    assert CALENDAR.at(hours, local(moment)) == expected


@pytest.mark.parametrize(("day", "name"), HOLIDAYS_2026.items())
def test_a_public_holiday_is_closed_and_named_in_danish(day: str, name: str) -> None:
    opening = CALENDAR.at("townhall", local(f"{day}T10:00"))

    assert (opening.is_open, opening.reason) == (False, name)


def test_no_other_weekday_of_2026_is_a_holiday() -> None:
    plain = Calendar(zone="Europe/Copenhagen", weeks={"all": (DAY,) * 7})
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]

    closed = {str(day) for day in days if not plain.at("all", datetime.combine(day, time(10), tzinfo=ZONE)).is_open}

    assert closed == set(HOLIDAYS_2026)


def test_store_bededag_is_an_ordinary_day_since_2024() -> None:
    assert not CALENDAR.at("townhall", local("2023-05-05T10:00")).is_open
    assert CALENDAR.at("townhall", local("2024-04-26T10:00")).is_open


def test_the_day_that_was_store_bededag_is_ordinary_in_2026() -> None:
    # The fourth Friday after Easter, in 2026 also the first of May: neither is a holiday by law.
    opening = CALENDAR.at("townhall", local("2026-05-01T10:00"))

    assert opening == Opening(is_open=True, closes_at=local("2026-05-01T13:00"))
    assert CALENDAR.why("townhall", local("2026-05-01T10:00")) == Cause(rule=Rule.WEEKLY_HOURS)


def test_christmas_eve_is_ordinary_where_nobody_has_made_it_a_closing_day() -> None:
    plain = Calendar(zone="Europe/Copenhagen", weeks={"all": (DAY,) * 7})

    assert plain.at("all", local("2026-12-24T10:00")).is_open


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("townhall", "2026-11-18T10:00", Cause(rule=Rule.WEEKLY_HOURS)),
        ("townhall", "2026-11-18T20:00", Cause(rule=Rule.WEEKLY_HOURS)),
        ("townhall", "2026-12-25T10:00", Cause(rule=Rule.HOLIDAY, name="Juledag")),
        ("townhall", "2026-12-24T10:00", Cause(rule=Rule.CLOSING_DAY, name="Juleaftensdag")),
        ("townhall", "2026-05-15T10:00", Cause(rule=Rule.CLOSING_DAY)),
        ("townhall", "2026-06-05T08:00", Cause(rule=Rule.WEEKLY_HOURS)),
        ("townhall", "2026-06-05T11:00", Cause(rule=Rule.CLOSING_DAY, name="Grundlovsdag", closes=time(12))),
        ("townhall", "2026-06-05T12:00", Cause(rule=Rule.CLOSING_DAY, name="Grundlovsdag", closes=time(12))),
        ("short", "2026-06-05T09:30", Cause(rule=Rule.WEEKLY_HOURS)),
        ("duty", "2026-12-24T10:00", Cause(rule=Rule.ALWAYS)),
    ],
)
def test_what_decides_is_told(hours: str, moment: str, expected: Cause) -> None:
    assert CALENDAR.why(hours, local(moment)) == expected


def test_a_closing_day_without_a_reason_leaves_the_telling_to_the_holiday() -> None:
    calendar = Calendar(
        zone="Europe/Copenhagen", weeks={"all": (DAY,) * 7}, closing_days=(ClosingDay(day=date(2026, 12, 25)),)
    )

    assert calendar.why("all", local("2026-12-25T10:00")) == Cause(rule=Rule.HOLIDAY, name="Juledag")
    assert calendar.at("all", local("2026-12-25T10:00")).reason == "Juledag"


def test_a_municipality_may_keep_no_holidays() -> None:
    calendar = Calendar(zone="Europe/Copenhagen", weeks={"all": (DAY,) * 7}, holidays=None)

    assert calendar.at("all", local("2026-12-25T10:00")).is_open


def test_easter_is_passed_over_to_the_next_working_day() -> None:
    expected = Opening(is_open=False, opens_at=local("2026-04-07T09:00"), reason="Skærtorsdag")

    assert CALENDAR.at("townhall", local("2026-04-02T10:00")) == expected


def test_a_closing_day_gives_its_reason_all_day_and_the_holidays_after_it_are_passed_over() -> None:
    expected = Opening(is_open=False, opens_at=local("2026-12-28T09:00"), reason="Juleaftensdag")

    assert CALENDAR.at("townhall", local("2026-12-24T07:00")) == expected
    assert CALENDAR.at("townhall", local("2026-12-24T12:00")) == expected


def test_a_closing_day_without_a_reason_is_closed_all_the_same() -> None:
    expected = Opening(is_open=False, opens_at=local("2026-05-18T09:00"))

    assert CALENDAR.at("townhall", local("2026-05-15T10:00")) == expected


def test_a_day_that_closes_early_is_open_until_then_and_tells_why_afterwards() -> None:
    assert CALENDAR.at("townhall", local("2026-06-05T11:00")) == Opening(
        is_open=True, closes_at=local("2026-06-05T12:00")
    )
    assert CALENDAR.at("townhall", local("2026-06-05T12:00")) == Opening(
        is_open=False, opens_at=local("2026-06-08T09:00"), reason="Grundlovsdag"
    )


def test_in_autumn_an_opening_lasts_through_the_hour_that_comes_twice() -> None:
    # 25 October 2026: at 03:00 the clock goes back to 02:00.
    first, second = local("2026-10-25T02:30"), local("2026-10-25T02:30", fold=1)

    assert CALENDAR.at("early", first) == CALENDAR.at("early", second)
    assert CALENDAR.at("early", second).closes_at == local("2026-10-25T03:00")
    assert CALENDAR.at("early", second.astimezone(UTC) + timedelta(minutes=30)).is_open is False


def test_in_autumn_hours_that_begin_in_the_double_hour_begin_the_first_time() -> None:
    assert not CALENDAR.at("half-past-two", local("2026-10-25T02:15")).is_open
    assert CALENDAR.at("half-past-two", local("2026-10-25T02:45")).is_open
    assert CALENDAR.at("half-past-two", local("2026-10-25T02:15", fold=1)).is_open


def test_in_spring_hours_that_begin_in_the_skipped_hour_begin_after_it() -> None:
    # 29 March 2026: at 02:00 the clock goes on to 03:00.
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)

    assert CALENDAR.at("half-past-two", before) == Opening(is_open=False, opens_at=local("2026-03-29T03:30"))
    assert CALENDAR.at("early", before).closes_at == local("2026-03-29T03:00")


def test_the_same_moment_gives_the_same_answer_in_any_zone() -> None:
    moment = local("2026-07-01T23:30")

    assert CALENDAR.at("townhall", moment) == CALENDAR.at("townhall", moment.astimezone(ZoneInfo("Asia/Tokyo")))


def test_hours_that_are_not_defined_are_refused() -> None:
    with pytest.raises(KeyError):
        CALENDAR.at("townhal", local("2026-07-01T10:00"))


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no zone"):
        CALENDAR.at("townhall", datetime(2026, 7, 1, 10))


CLOCKS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
SPANS = st.lists(st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] < pair[1]), max_size=2).map(
    lambda pairs: tuple(Span(opens=opens, closes=closes) for opens, closes in pairs)
)
WEEKS = st.tuples(*[SPANS] * 7)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@settings(max_examples=150, deadline=None)
@given(week=WEEKS, moment=MOMENTS)
def test_what_an_opening_promises_is_kept(week: tuple[tuple[Span, ...], ...], moment: datetime) -> None:
    calendar = Calendar(zone="Europe/Copenhagen", weeks={"hours": week})

    opening = calendar.at("hours", moment)

    if opening.is_open:
        assert opening.opens_at is None
        assert opening.closes_at is not None and opening.closes_at > moment
        assert not calendar.at("hours", opening.closes_at).is_open
        assert calendar.at("hours", opening.closes_at - timedelta(seconds=1)).is_open
    elif opening.opens_at is not None:
        assert opening.opens_at > moment
        assert calendar.at("hours", opening.opens_at).is_open
        assert not calendar.at("hours", opening.opens_at.astimezone(UTC) - timedelta(seconds=1)).is_open
    else:
        assert not any(week)


@settings(max_examples=150, deadline=None)
@given(week=WEEKS, closes=CLOCKS, quarter=st.integers(0, 95))
def test_a_closing_day_from_an_hour_is_as_any_other_until_then_and_closed_from_then_on(
    week: tuple[tuple[Span, ...], ...], closes: time, quarter: int
) -> None:
    day = date(2026, 6, 5)
    closing = ClosingDay(day=day, closes=closes, reason="Grundlovsdag")
    plain = Calendar(zone="Europe/Copenhagen", weeks={"hours": week})
    cut = Calendar(zone="Europe/Copenhagen", weeks={"hours": week}, closing_days=(closing,))
    moment = datetime.combine(day, time(quarter // 4, quarter % 4 * 15), tzinfo=ZONE)

    opening = cut.at("hours", moment)

    assert opening.is_open == (plain.at("hours", moment).is_open and moment.time() < closes)
    assert opening.is_open or moment.time() < closes or opening.reason == "Grundlovsdag"


@pytest.mark.parametrize(
    ("hours", "moment", "span", "expected"),
    [
        ("townhall", "2026-11-23T10:00", 2, "2026-11-23T12:00"),
        ("townhall", "2026-11-23T08:00", 6, "2026-11-23T15:00"),
        ("townhall", "2026-11-23T08:00", 7, "2026-11-24T10:00"),
        ("townhall", "2026-11-27T12:00", 2, "2026-11-30T10:00"),
        ("townhall", "2026-12-23T14:00", 2, "2026-12-28T10:00"),
        ("lunch", "2026-11-23T11:00", 2, "2026-11-23T14:00"),
        ("evening", "2026-11-23T22:00", 4, "2026-11-24T02:00"),
        ("always", "2026-11-22T21:30", 8, "2026-11-23T05:30"),
        ("never", "2026-11-22T21:30", 8, None),
    ],
)
def test_a_span_of_opening_hours_runs_only_while_it_is_open(
    hours: str, moment: str, span: int, expected: str | None
) -> None:
    ends = CALENDAR.after(hours, local(moment), timedelta(hours=span))

    assert ends == (None if expected is None else local(expected))
