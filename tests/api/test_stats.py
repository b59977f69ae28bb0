from datetime import timedelta

import pytest
from sqlalchemy import insert
from uuid6 import uuid7

from ivr.adapters.store import contacts, figures
from ivr.adapters.store.queue import queue_entries
from ivr.domain.measures.service_level import service_level
from ivr.domain.routing.groups import ServiceTarget
from tests.kit.town import OPEN


def _in_line(db, values) -> None:
    db.execute(insert(queue_entries).values(**values))


# Fixture A of `docs/field.md`: one queue, one day; how each call ended and its wait in seconds.
FIXTURE_A = [
    ("answered", 0), ("answered", 20), ("answered", 60), ("answered", 61), ("answered", 200),
    ("abandoned", 3), ("abandoned", 40), ("abandoned", 90), ("callback", 50), ("deflected", 30),
    ("answered", 45), ("answered", 15),
]  # fmt: skip


@pytest.fixture
def a_day(town):
    """Fixture A in the queue of `borgerservice`; two of the answered are marked as settled, one as not."""
    marks = iter(["yes", "yes", "no"])

    def happened(work):
        for end, seconds in FIXTURE_A:
            contact, left = work.new_id(), OPEN + timedelta(seconds=seconds)
            resolved = next(marks, None) if end == "answered" else None
            contacts.add(
                work.db,
                {
                    "id": contact, "line": "main", "plan_version": "1", "language": "da", "group_id": "borgerservice",
                    "started_at": OPEN, "resolved": resolved,
                },
            )  # fmt: skip
            _in_line(
                work.db,
                {
                    "id": work.new_id(), "contact_id": contact, "group_id": "borgerservice", "queue_class": 2,
                    "state": "closed" if end == "answered" else end, "needs": "borgerservice;;", "asked": {"needs": {"groups": ["borgerservice"]}, "entered_at": OPEN.isoformat()}, "language": "da",
                    "entered_at": OPEN, "rank_at": OPEN, "left_at": left + timedelta(minutes=2),
                    "connected_at": left if end == "answered" else None,
                    **({} if end == "answered" else {"left_at": left}),
                },
            )  # fmt: skip

    town.operations.run(happened)


def test_the_measures_of_fixture_a(sofie, a_day):
    stats = sofie.ask("GET", "/stats?from=2026-11-23&to=2026-11-23&group=borgerservice")

    level = stats["service_level"]
    assert (level["numerator"], level["denominator"], level["variant"]) == (5, 9, "ours")
    assert (stats["answered"], stats["abandoned"], stats["took_link_in_queue"]) == (7, 3, 1)
    assert round(stats["speed_of_answer_seconds"], 1) == 57.3
    assert (stats["median_wait_seconds"], stats["longest_wait_seconds"]) == (45, 200)
    assert stats["abandonment"] == {"numerator": 2, "denominator": 9, "share": 2 / 9}
    assert stats["settled_at_first_contact"] == {"numerator": 2, "denominator": 3, "share": 2 / 3}


def test_the_counts_of_the_live_day_equal_the_measure_over_its_stays(town, a_day):
    target = ServiceTarget()
    with town.engine.connect() as db:
        day = figures.day(db, OPEN - timedelta(hours=10), {"borgerservice": target})["borgerservice"]
        stays = figures.stays(db, since=OPEN - timedelta(hours=10), until=OPEN + timedelta(hours=5))

    assert day.service_level == service_level(stays, target_seconds=60, short_seconds=5)
    assert (day.answered, day.abandoned) == (7, 3)
    assert (day.settled.numerator, day.settled.denominator) == (2, 3)


def test_a_caller_who_came_back_to_the_queue_is_one_call_with_the_first_wait(town):
    def happened(work):
        contact = work.new_id()
        contacts.add(
            work.db, {"id": contact, "line": "main", "plan_version": "1", "language": "da", "started_at": OPEN}
        )
        for connected in (10, 300):
            _in_line(
                work.db,
                {
                    "id": str(uuid7()), "contact_id": contact, "group_id": "borgerservice", "queue_class": 2,
                    "state": "closed", "needs": "borgerservice;;", "asked": {"needs": {"groups": ["borgerservice"]}, "entered_at": OPEN.isoformat()}, "language": "da", "entered_at": OPEN, "rank_at": OPEN,
                    "connected_at": OPEN + timedelta(seconds=connected),
                    "left_at": OPEN + timedelta(seconds=connected + 60),
                },
            )  # fmt: skip

    town.operations.run(happened)

    with town.engine.connect() as db:
        (stay,) = figures.stays(db, since=OPEN, until=OPEN + timedelta(hours=1))
    assert stay.wait_seconds == 10


def waited(town, entered_at, *, returned_after=None):
    """Somebody was answered after ten seconds; a line that was lost brought them back to the queue."""

    def happened(work):
        contact = work.new_id()
        contacts.add(
            work.db,
            {"id": contact, "line": "main", "plan_version": "1", "language": "da", "started_at": entered_at},
        )
        for connected in (10, returned_after) if returned_after else (10,):
            _in_line(
                work.db,
                {
                    "id": str(uuid7()), "contact_id": contact, "group_id": "borgerservice", "queue_class": 2,
                    "state": "closed", "needs": "borgerservice;;", "asked": {"needs": {"groups": ["borgerservice"]}, "entered_at": OPEN.isoformat()}, "language": "da", "entered_at": entered_at,
                    "rank_at": entered_at, "connected_at": entered_at + timedelta(seconds=connected),
                    "left_at": entered_at + timedelta(seconds=connected + 60),
                },
            )  # fmt: skip

    town.operations.run(happened)


def intervals(sofie, query):
    """Where each interval begins, and how many were answered in it."""
    answer = sofie.ask("GET", f"/stats?{query}")
    return [(part["begins_at"], part["answered"]) for part in answer["intervals"]]


def test_a_day_by_the_hour_has_each_call_where_it_entered_the_queue(town, sofie):
    waited(town, OPEN - timedelta(seconds=1), returned_after=300)
    waited(town, OPEN)
    waited(town, OPEN + timedelta(minutes=59))

    hours = intervals(sofie, "from=2026-11-23&interval=hour")
    whole = sofie.ask("GET", "/stats?from=2026-11-23&interval=hour")

    assert len(hours) == 24
    assert (hours[0], hours[-1]) == (("2026-11-23T00:00:00+01:00", 0), ("2026-11-23T23:00:00+01:00", 0))
    assert [hour for hour in hours if hour[1]] == [("2026-11-23T09:00:00+01:00", 1), ("2026-11-23T10:00:00+01:00", 2)]
    assert (whole["answered"], whole["interval"]) == (3, "hour")
    assert whole["intervals"][9]["ends_at"] == "2026-11-23T10:00:00+01:00"
    assert whole["intervals"][9]["service_level"]["share"] == 1
    assert whole["intervals"][0]["service_level"]["share"] is None


def test_the_days_on_which_the_clocks_are_changed_have_23_and_25_hours(sofie):
    spring = intervals(sofie, "from=2026-03-29&interval=hour")
    autumn = intervals(sofie, "from=2026-10-25&interval=hour")

    assert [begins for begins, _ in spring[1:3]] == ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]
    assert [begins for begins, _ in autumn[2:4]] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
    assert (len(spring), len(autumn)) == (23, 25)


def test_days_and_months_begin_at_local_midnight_and_keep_to_the_period(town, sofie):
    waited(town, OPEN)

    days = intervals(sofie, "from=2026-11-22&to=2026-11-24&interval=day")
    months = intervals(sofie, "from=2026-10-15&to=2027-01-10&interval=month&group=borgerservice")

    assert days == [
        ("2026-11-22T00:00:00+01:00", 0),
        ("2026-11-23T00:00:00+01:00", 1),
        ("2026-11-24T00:00:00+01:00", 0),
    ]
    assert months == [
        ("2026-10-15T00:00:00+02:00", 0),
        ("2026-11-01T00:00:00+01:00", 1),
        ("2026-12-01T00:00:00+01:00", 0),
        ("2027-01-01T00:00:00+01:00", 0),
    ]


def test_without_an_interval_there_are_none(sofie):
    stats = sofie.ask("GET", "/stats?from=2026-11-23")

    assert (stats["interval"], stats["intervals"]) == (None, [])


def test_an_interval_that_is_none_and_too_many_of_them_are_refused(sofie):
    unknown = sofie.ask("GET", "/stats?interval=week", status=422)
    too_many = sofie.ask("GET", "/stats?from=2026-01-01&to=2026-02-01&interval=hour", status=422)
    longest = sofie.ask("GET", "/stats?from=2025-10-01&to=2026-11-05&interval=day")

    assert unknown["code"] == "unprocessable_entity"
    assert (too_many["code"], too_many["detail"]) == ("bad_period", "There are more than 401 intervals.")
    assert len(longest["intervals"]) == 401


def test_a_day_without_calls_has_no_data(sofie):
    stats = sofie.ask("GET", "/stats?from=2026-11-20")

    assert stats["service_level"]["share"] is None
    assert stats["speed_of_answer_seconds"] is None


def test_an_agent_and_otto_may_not_read_the_statistics(ali, otto):
    assert ali.ask("GET", "/stats", status=403)["code"] == "forbidden"
    assert otto.asks("GET", "/stats").status_code == 401
