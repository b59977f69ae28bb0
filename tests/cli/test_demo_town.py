"""What stands in the demo, whenever it is opened, and how soon somebody answers there."""

import csv
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from ivr.adapters.store import directory, figures
from ivr.cli import demo_town
from ivr.domain.routing.agents import AgentState
from tests.kit.town import ROOT

MONDAY_AT_TEN = datetime(2026, 11, 23, 10, 0)


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def furnished(town, tmp_path):
    """The town with the demo's staff, and every telephone connected."""
    demo_town.furnish(town.parts, tmp_path)
    for person in demo_town.people():
        town.carrier.phone(person.number)
    return town


def played(town):
    with town.engine.connect() as db:
        plan = town.parts.plans.current(db).plan
    return demo_town.crowd(town.carrier, plan, public_url=town.url, callers_per_minute=4)


@pytest.mark.parametrize(
    ("now", "until", "moved_to"),
    [
        ("2026-11-23T10:00", "14:00", "2026-11-23T14:00"),
        ("2026-11-23T20:10", "11:00", "2026-11-23T21:30"),
        ("2026-11-23T23:10", "11:00", "2026-11-24T00:30"),
        ("2027-02-03T10:00", "2026-12-07T09:00", "2027-02-17T09:00"),
        ("2027-02-05T10:00", "2026-11-24T08:00", "2027-02-08T08:00"),
        ("2026-10-01T10:00", "2026-11-30T09:00", "2026-10-08T09:00"),
        ("2027-02-06T10:00", "2026-11-23", "2027-02-05"),
        ("2027-02-07T10:00", "2026-11-28", "2027-02-12"),
    ],
)
def test_a_moment_of_the_demo_is_as_far_from_now_as_it_was_from_the_day_it_was_written(now, until, moved_to):
    assert demo_town.moved(f"name,in,{until}\n", datetime.fromisoformat(now)) == f"name,in,{moved_to}\n"


@pytest.mark.parametrize("days", range(0, 400, 13))
def test_absences_are_never_over_and_the_order_of_a_case_s_dates_is_kept(days):
    now = MONDAY_AT_TEN + timedelta(days=days, hours=days % 24)

    people = list(csv.DictReader(demo_town.moved((ROOT / "demo/directory.csv").read_text(), now).splitlines()))
    cases = list(csv.DictReader(demo_town.moved((ROOT / "demo/cases.csv").read_text(), now).splitlines()))

    assert [row["name"] for row in people if row["until"] and datetime.fromisoformat(row["until"]) <= now] == []
    assert [row["case_number"] for row in cases if row["received_on"] > row["updated_on"]] == []
    assert [row["case_number"] for row in cases if row["updated_on"] > str(now.date())] == []


def test_the_demo_takes_its_absences_from_the_day_it_is_opened(furnished):
    with furnished.engine.connect() as db:
        away = {person.name: person.until for person in directory.everyone(db) if person.until is not None}

    zone = ZoneInfo("Europe/Copenhagen")
    assert away["Mette Østergaard"] == datetime(2026, 11, 23, 11, 0, tzinfo=zone)
    assert away["Kirsten Dalgaard"] == datetime(2026, 12, 7, 9, 0, tzinfo=zone)


@pytest.mark.timeout(240)
def test_with_the_crowd_of_the_demo_nobody_waits_long_and_the_board_is_not_red(furnished):
    looks = stuck = 0
    with played(furnished):
        for _ in range(48):
            furnished.wait(5)
            with furnished.engine.connect() as db:
                lines, staff = figures.lines(db), figures.staff(db)
            ready = {group for agent in staff if agent.state is AgentState.READY for group in agent.groups}
            unattended = {group for group, line in lines.items() if line.count > line.offered}
            looks, stuck = looks + 1, stuck + bool(unattended - ready)
        with furnished.engine.connect() as db:
            waited = "SELECT extract(epoch FROM coalesce(connected_at, left_at, :now) - entered_at) FROM queue_entries"
            waits = db.execute(text(f"{waited} ORDER BY 1"), {"now": furnished.clock.now()}).scalars().all()

    assert len(waits) >= 5
    assert waits[len(waits) // 2] <= 10
    assert waits[-1] <= 30
    assert stuck <= looks / 10


@pytest.mark.timeout(120)
def test_whoever_presses_0_in_a_fresh_demo_has_a_person_within_ten_seconds(furnished):
    with played(furnished) as crowd:
        crowd.callers_per_minute = 0
        furnished.wait(3)
        line = furnished.calls("+4520304050")
        line.hears("Hvad drejer")
        line.press("0")

        assert furnished.clock.run(10, lambda: bool(line.call.others_in_talk()))
