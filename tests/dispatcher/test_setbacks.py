"""What cannot be dealt with rests for longer and longer, and holds up nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from ivr.dispatcher import reconcile, timers
from ivr.dispatcher.setbacks import Setbacks
from tests.dispatcher.test_orders import in_line

TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(seconds):
    return TEN + timedelta(seconds=seconds)


def fail():
    raise RuntimeError("a mistake of ours")


@pytest.fixture
def setbacks():
    return Setbacks()


def tried_at(setbacks, row, seconds, deed=fail):
    """At which of these seconds the row was tried."""
    return [second for second in seconds if setbacks.deal_with(row, "c", at(second), deed)]


def test_a_row_that_fails_again_and_again_is_tried_after_growing_rests_of_a_minute_at_most(setbacks):
    with capture_logs() as log:
        tried = tried_at(setbacks, "a", range(200))

    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert [line["rest_seconds"] for line in log] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert {(line["event"], line["row"], line["contact"], line["error"]) for line in log} == {
        ("timer_failed", "a", "c", "RuntimeError")
    }


def test_a_row_that_was_dealt_with_begins_anew(setbacks):
    tried_at(setbacks, "a", (0, 1, 3))
    assert tried_at(setbacks, "a", (4, 7), lambda: None) == [7]

    assert tried_at(setbacks, "a", (8, 9, 10)) == [8, 9]


def test_other_rows_do_not_rest(setbacks):
    tried_at(setbacks, "a", (0, 1))

    assert tried_at(setbacks, "b", (1.5, 2), lambda: None) == [1.5, 2]
    assert [setbacks.resting(at(2)), setbacks.resting(at(3))] == [1, 0]


def test_rows_that_are_never_due_again_are_forgotten(setbacks):
    tried_at(setbacks, "a", (0, 1, 3))
    setbacks.resting(at(3 + 4 + 601))

    assert tried_at(setbacks, "a", (700, 701)) == [700, 701]


@pytest.fixture
def ringing(town):
    """Two agents are rung for two callers. Of the first call nothing can be said any more: its plan is lost."""
    desks = [town.agent(name, groups="omstilling").ready() for name in ("ali", "birgit")]
    calls = [in_line(town), town.calls("+4520304071")]
    calls[1].hears("Hvad drejer")
    calls[1].press("0")
    phones = [desk.phone for desk in desks]
    for phone in phones:
        phone.rings()
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET plan_version = 'lost' WHERE id = :id"), {"id": town.contact(0).id})
    return desks


def failures(log):
    return [line for line in log if line["event"] == "timer_failed"]


def test_an_offer_that_cannot_be_ended_is_logged_seldom_and_the_other_one_ends(town, ringing, monkeypatch):
    monkeypatch.setattr(timers, "_AT_A_TIME", 1)
    monkeypatch.setattr(timers, "_setbacks", Setbacks())
    with town.engine.begin() as db:
        # Found first, and due long before the telephones have rung out.
        db.execute(text("UPDATE engagements SET lease_until = offered_at"))
    with capture_logs() as log:
        town.wait(5)
    assert [desk.state for desk in ringing] == ["offered", "break"]
    with capture_logs() as later:
        town.wait(5)

    assert {line["error"] for line in failures(log + later)} == {"NoDialPlan"}
    assert len(failures(log + later)) == 4


def test_a_talk_that_cannot_be_looked_after_is_logged_seldom(town):
    ali = town.agent("ali", groups="omstilling").ready()
    call = in_line(town)
    ali.takes()
    call.joins_conference()
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET plan_version = 'lost'"))
        db.execute(text("UPDATE engagements SET lease_until = connected_at"))
    town.carrier.mischief.drop_callback = 1.0
    call.hang_up()
    with capture_logs() as log:
        town.wait(30)

    lost = [line for line in failures(log) if line["error"] == "NoDialPlan"]
    assert 4 <= len(lost) <= 6
    assert reconcile.run_due(town.parts) == 0
