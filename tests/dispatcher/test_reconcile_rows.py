"""Rows that contradict each other, as after a mistake, a restored copy or a hand in the tables: put right at once."""

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.dispatcher.test_orders import in_line
from tests.dispatcher.test_reconcile_talks import repairs
from tests.journeys.test_queue_to_wrap_up import decisions


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


@pytest.fixture
def talk(town, ali):
    call = in_line(town)
    line = ali.takes()
    call.joins_conference()
    town.wait(5)
    return call, line


def spoil(town, statement):
    town.is_dispatching = False
    with town.engine.begin() as db:
        db.execute(text(statement))
    town.is_dispatching = True


@pytest.mark.parametrize("state", ["offered", "talking", "wrap_up"])
@pytest.mark.parametrize("wanted", ["ready", "break"])
def test_an_agent_who_is_busy_with_nobody_is_where_the_agent_last_asked_to_be(town, ali, state, wanted):
    spoil(town, f"UPDATE agents SET state = '{state}', wanted = '{wanted}'")
    town.wait(2)

    assert ali.state == wanted
    assert repairs(town) == ["agent_stranded"]


def test_an_agent_freed_in_this_way_is_offered_the_next_caller(town, ali):
    spoil(town, "UPDATE agents SET state = 'talking'")
    call = in_line(town)
    ali.takes()

    call.joins_conference()


@pytest.mark.parametrize("state", ["ready", "break", "offline", "offered", "wrap_up"])
def test_an_agent_who_is_in_a_talk_stands_as_talking(town, ali, talk, state):
    spoil(town, f"UPDATE agents SET state = '{state}'")
    town.wait(2)

    assert ali.state == "talking"
    assert repairs(town) == ["agent_elsewhere"]
    assert town.carrier.talks(*talk)


def test_an_agent_in_a_talk_who_counted_as_free_keeps_nobody_from_being_matched(town, ali, talk):
    birgit = town.agent("birgit", groups="omstilling")
    spoil(town, "UPDATE agents SET state = 'ready', idle_since = now() WHERE username = 'ali'")
    later = town.calls("+4520304071")
    later.hears("Hvad drejer")
    later.press("0")
    birgit.ready()
    birgit.takes()

    later.joins_conference()
    assert town.carrier.talks(*talk)


def test_a_caller_whom_no_agent_has_any_more_is_first_in_line(town, ali):
    ali.wishes("break")
    in_line(town)
    spoil(town, "UPDATE queue_entries SET state = 'offered'")
    town.wait(1)
    ali.ready()
    ali.takes()

    assert repairs(town) == ["entry_unheld"]


def test_a_caller_in_the_room_whose_agent_is_gone_from_the_rows_is_told_and_first_in_line(town, ali, talk):
    call, _ = talk
    spoil(town, "UPDATE engagements SET state = 'failed', ended_at = now()")
    call.hears("mistede forbindelsen")

    assert {"entry_unheld", "agent_stranded"} <= set(repairs(town))


def test_a_caller_who_has_hung_up_is_not_put_back_into_the_line(town, ali):
    ali.wishes("break")
    call = in_line(town)
    town.carrier.mischief.drop_callback = 1.0
    call.hang_up()
    spoil(town, "UPDATE queue_entries SET state = 'offered'")
    town.wait(3)

    assert town.contact().outcome == "abandoned_in_queue"
    town.is_tidy()


def test_a_caller_who_is_in_a_talk_does_not_stand_in_line(town, ali, talk):
    spoil(town, "UPDATE queue_entries SET state = 'waiting'")
    town.wait(2)

    assert repairs(town) == ["entry_elsewhere"]
    assert decisions(town) == ["connected"]
    with town.engine.connect() as db:
        assert db.execute(text("SELECT state FROM queue_entries")).scalar_one() == "connected"


def test_an_offer_for_somebody_who_has_left_the_line_is_called_off_and_no_miss(town, ali):
    in_line(town)
    ali.phone.rings()
    spoil(town, "UPDATE queue_entries SET state = 'abandoned', left_at = now()")
    town.wait(3)

    assert (ali.state, decisions(town)) == ("ready", ["cancelled"])
    assert repairs(town) == ["entry_elsewhere"]


def test_a_contact_whose_people_have_all_gone_gets_its_outcome(town, ali):
    in_line(town).hang_up()
    town.wait(3)
    spoil(town, "UPDATE contacts SET ended_at = NULL, outcome = NULL")
    town.wait(2)

    assert town.contact().outcome == "abandoned_in_queue"
    assert repairs(town) == ["contact_over"]


def test_nobody_waits_in_line_without_a_line(town, ali):
    ali.wishes("break")
    in_line(town)
    spoil(town, "UPDATE legs SET ended_at = now(), status = 'completed'")
    town.wait(2)

    assert town.contact().outcome == "abandoned_in_queue"
    assert repairs(town) == ["contact_over"]


def test_every_repair_is_told_in_the_log_by_the_id_of_the_contact_alone(town, talk):
    with capture_logs() as log:
        spoil(town, "UPDATE agents SET state = 'break'")
        spoil(town, "UPDATE queue_entries SET state = 'waiting'")
        town.wait(2)

    contact = town.contact().id
    assert [line for line in log if line["event"] == "repaired"] == [
        {"event": "repaired", "found": found, "contact": contact, "log_level": "warning"}
        for found in ("agent_elsewhere", "entry_elsewhere")
    ]


def test_every_repair_is_counted_by_what_was_found(town, ali):
    spoil(town, "UPDATE agents SET state = 'talking'")
    town.wait(2)
    spoil(town, "UPDATE agents SET state = 'wrap_up'")
    town.wait(2)
    figures = town.http.get(f"{town.url}/metrics", timeout=20).text

    assert 'ivr_repairs_total{found="agent_stranded"} 2.0' in figures
