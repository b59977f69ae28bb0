"""An agent takes a call and ends it before the caller is there: nobody was spoken to, so nobody is lost and no wait ends."""

import pytest
from sqlalchemy import text

from tests.journeys.test_queue_to_wrap_up import decisions, in_line


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


@pytest.fixture
def ended(town, ali):
    """The caller's line and the agent's, after the agent has taken the call and at once hung up at the desk."""
    call = in_line(town)
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    town.is_dispatching = False
    line.press("1")
    line.joins_conference()
    ali.does("hang-up", ali.pop["id"])
    town.is_dispatching = True
    return call, line


def first_in_queue(town):
    with town.engine.connect() as db:
        return db.execute(text("SELECT * FROM queue_entries ORDER BY entered_at LIMIT 1")).one()


def test_the_caller_is_told_and_first_in_line_and_the_agent_on_break(town, ali, ended):
    call, line = ended
    call.hears("Du beholder din plads i køen")
    line.ends()
    town.wait(2)

    assert ali.state == "break"
    assert ali.ask("GET", "/me")["reason"] == "declined"
    assert decisions(town) == ["declined"]
    entry = first_in_queue(town)
    assert (entry.state, entry.queue_class, entry.connected_at) == ("waiting", 1, None)
    assert "connected" not in town.facts()


def test_a_colleague_takes_the_caller_and_the_whole_wait_is_counted(town, ali, ended):
    call, _ = ended
    town.wait(30)
    later = in_line(town, "+4520304070")
    birgit = town.agent("birgit", groups="omstilling").ready()
    line = birgit.takes()

    call.joins_conference()
    town.wait(1)
    assert town.carrier.talks(call, line)
    assert later.in_conference is None
    entry = first_in_queue(town)
    assert (entry.connected_at - entry.entered_at).total_seconds() > 30


def test_the_agent_who_hung_up_by_mistake_gets_the_caller_back_by_being_ready(town, ali, ended):
    call, _ = ended
    town.wait(2)
    ali.ready()
    line = ali.takes()

    call.joins_conference()
    town.wait(1)
    assert town.carrier.talks(call, line)
    assert decisions(town) == ["declined", "connected"]


def test_a_caller_who_gives_up_after_that_has_abandoned_and_was_never_answered(town, ali, ended):
    call, _ = ended
    call.hears("Du beholder din plads i køen")
    call.hang_up()
    town.wait(3)

    assert town.contact().outcome == "abandoned_in_queue"
    assert first_in_queue(town).connected_at is None
    town.is_tidy()


def test_the_desk_ends_a_talk_as_such_though_no_report_told_of_its_beginning_but_who_joined(town, ali):
    call = in_line(town)
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    tell = town.carrier.webhooks.tell
    town.carrier.webhooks.tell = lambda url, method, fields: (
        None if fields.get("StatusCallbackEvent") == "conference-start" else tell(url, method, fields)
    )
    line.press("1")
    call.joins_conference()
    town.wait(3)

    ali.does("hang-up", ali.pop["id"])
    call.ends()

    assert ali.state == "wrap_up"
    assert decisions(town) == ["wrap_up"]
