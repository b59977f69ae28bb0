from datetime import timedelta

import pytest
from uuid6 import uuid7

from ivr.adapters.store import contacts, figures, queue
from ivr.domain.measures.service_level import service_level
from ivr.domain.routing.groups import ServiceTarget
from tests.kit.town import OPEN

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
            queue.add(
                work.db,
                {
                    "id": work.new_id(), "contact_id": contact, "group_id": "borgerservice", "queue_class": 2,
                    "state": "closed" if end == "answered" else end, "required_level": 1, "language": "da",
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
            queue.add(
                work.db,
                {
                    "id": str(uuid7()), "contact_id": contact, "group_id": "borgerservice", "queue_class": 2,
                    "state": "closed", "required_level": 1, "language": "da", "entered_at": OPEN, "rank_at": OPEN,
                    "connected_at": OPEN + timedelta(seconds=connected),
                    "left_at": OPEN + timedelta(seconds=connected + 60),
                },
            )  # fmt: skip

    town.operations.run(happened)

    with town.engine.connect() as db:
        (stay,) = figures.stays(db, since=OPEN, until=OPEN + timedelta(hours=1))
    assert stay.wait_seconds == 10


def test_a_day_without_calls_has_no_data(sofie):
    stats = sofie.ask("GET", "/stats?from=2026-11-20")

    assert stats["service_level"]["share"] is None
    assert stats["speed_of_answer_seconds"] is None


def test_an_agent_and_otto_may_not_read_the_statistics(ali, otto):
    assert ali.ask("GET", "/stats", status=403)["code"] == "forbidden"
    assert otto.asks("GET", "/stats").status_code == 401
