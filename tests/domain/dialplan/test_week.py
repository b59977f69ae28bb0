"""Hours as operators write them."""

from datetime import time

import pytest

from ivr.domain.dialplan.shapes import Malformed
from ivr.domain.dialplan.week import parse_clock, parse_spans
from ivr.domain.routing.hours import Span


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9-15", [("09:00", "15:00")]),
        ("8:30-15:30", [("08:30", "15:30")]),
        ("9-12,13-17", [("09:00", "12:00"), ("13:00", "17:00")]),
        ("13-17, 9 – 12", [("09:00", "12:00"), ("13:00", "17:00")]),
        ("9-12, 12-15", [("09:00", "12:00"), ("12:00", "15:00")]),
        ("20-24", [("20:00", "00:00")]),
        ("0-24", [("00:00", "00:00")]),
    ],
)
def test_hours_are_read_in_any_order_and_midnight_ends_the_day(text: str, spans: list[tuple[str, str]]) -> None:
    expected = tuple(Span(opens=time.fromisoformat(one), closes=time.fromisoformat(two)) for one, two in spans)

    assert parse_spans(text) == expected


@pytest.mark.parametrize("text", ["", "9", "9-9", "15-9", "9-12,11-13", "9-24:01", "9-25", "9:60-10", "9-15 Uhr", "-"])
def test_hours_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_spans(text)


def test_a_time_of_day_needs_its_minutes() -> None:
    assert parse_clock("12:00") == time(12)
    for text in ("12", "24:00", "noon"):
        with pytest.raises(Malformed):
            parse_clock(text)
