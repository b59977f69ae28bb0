"""Traps that strand a caller beside a free agent, or an agent beside nobody."""

import pytest
from sqlalchemy import text

from ivr.simulator.webhooks import Reply
from tests.journeys.test_queue_to_wrap_up import decisions, in_line, talking


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


def test_an_agent_who_came_back_while_a_colleague_was_rung_is_offered_the_caller_again(town, ali):
    ali.phone.no_answer()
    birgit = town.agent("birgit", groups="omstilling")
    birgit.phone.no_answer()
    call = in_line(town)
    town.wait(35)
    birgit.ready()
    town.wait(3)
    assert (ali.state, birgit.state) == ("break", "offered")

    ali.ready()
    birgit.does("decline", birgit.pop["id"])

    ali.takes()
    call.joins_conference()


def test_callers_whom_nobody_ready_can_help_do_not_keep_the_agent_from_the_next_one(town):
    novice = town.agent("novice", groups="borgerservice")
    experts_only = [town.carrier.phone(f"+452030{n:04d}").dial("+4572001234") for n in range(24)]
    town.wait(12)
    for call in experts_only:
        call.press("0")
    town.wait(2)
    with town.engine.begin() as db:
        db.execute(text("UPDATE queue_entries SET group_id = 'borgerservice', needs = 'borgerservice;pas:1;'"))
    last = town.calls("+4520304099")
    last.hears("Hvad drejer")
    last.press("0")
    last.hears("kø")
    with town.engine.begin() as db:
        db.execute(
            text(
                "UPDATE queue_entries SET group_id = 'borgerservice', needs = 'borgerservice;;' WHERE needs NOT LIKE '%pas:1%'"
            )
        )

    novice.ready()

    novice.takes()
    last.joins_conference()


def test_a_contact_whose_plan_is_gone_keeps_nobody_else_waiting(town):
    lost = in_line(town)
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET plan_version = 'gone'"))
    call = in_line(town, "+4520304070")

    ali = town.agent("ali", groups="omstilling").ready()

    ali.takes()
    call.joins_conference()
    assert lost.in_conference is None


def test_a_talk_whose_beginning_nobody_told_of_goes_on_and_is_known(town, ali):
    call = in_line(town)
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    town.carrier.mischief.drop_callback = 1.0
    line.press("1")
    call.joins_conference()
    town.wait(90)
    town.carrier.mischief.drop_callback = 0.0

    assert town.carrier.talks(call, line)
    assert decisions(town) == ["connected"]
    assert ali.pop["state"] == "connected"


def test_a_caller_whose_hang_up_in_the_talk_was_lost_is_missed_within_a_minute(town, ali, monkeypatch):
    call, line = talking(town, ali)
    town.wait(20)
    with monkeypatch.context() as cut:
        # All that would tell of it is lost: the status, the conference's report, the way out of the conference.
        lost = lambda request, seconds, then: then(Reply(url=request.url, body=b"<Response/>"))  # noqa: E731
        cut.setattr(town.carrier.webhooks, "_attempt", lost)
        call.drop()
        town.wait(1)
    assert ali.state == "talking"
    town.wait(45)

    assert ali.state == "wrap_up"
    assert not line.is_live


def test_a_hold_in_the_second_talk_of_a_call_is_shown_though_the_first_ended_on_hold(town, ali):
    call, line = talking(town, ali)
    ali.does("hold", ali.pop["id"])
    town.wait(2)
    line.drop()
    call.hears("mistede forbindelsen")
    birgit = town.agent("birgit", groups="omstilling").ready()
    birgit.takes()
    call.joins_conference()
    town.wait(3)
    assert not birgit.pop["on_hold"]

    birgit.does("hold", birgit.pop["id"])
    town.wait(2)

    assert call.is_held
    assert birgit.pop["on_hold"]


def test_somebody_without_a_telephone_is_never_offered_a_call(town):
    town.agent("sofie", groups="omstilling", role="supervisor")
    with town.engine.begin() as db:
        db.execute(text("UPDATE agents SET device = ''"))
    town.desks[0].ready()
    call = in_line(town)
    town.wait(3)

    assert decisions(town) == []
    assert call.is_live
