"""Orders when the carrier's reply is lost, late or a refusal: nothing is done twice that must not be."""

import pytest
from sqlalchemy import text

from ivr.simulator.mischief import Mischief


def orders(town, kind):
    with town.engine.connect() as db:
        rows = db.execute(
            text("SELECT state, attempts FROM orders WHERE kind = :kind ORDER BY seq"), {"kind": kind}
        ).all()
    return [(row.state, row.attempts) for row in rows]


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


def in_line(town):
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    return call


def test_a_ring_whose_reply_was_lost_makes_itself_known_and_is_not_repeated(town, ali):
    town.carrier.mischief = Mischief(seed=1, lose_rest_reply=1.0)
    call = in_line(town)
    line = ali.phone.rings().answer()
    town.carrier.mischief = Mischief.none()
    line.hears("Tast 1")
    line.press("1")
    line.joins_conference()
    call.joins_conference()
    town.wait(15)

    assert len(ali.phone.lines) == 1
    assert town.carrier.talks(call, line)


def test_a_ring_whose_reply_was_lost_and_that_nobody_answers_is_found_in_the_carriers_list(town, ali):
    town.carrier.mischief.lose_rest_reply = 1.0
    town.carrier.mischief.drop_callback = 1.0
    in_line(town)
    ali.phone.rings()
    town.carrier.mischief.lose_rest_reply = 0.0
    town.wait(60)

    assert len(ali.phone.lines) == 1
    assert ali.state == "break"


def test_a_text_whose_reply_was_lost_is_not_sent_twice(town):
    town.carrier.mischief = Mischief(seed=1, lose_rest_reply=1.0)
    call = town.calls()
    call.hears("Hvad drejer")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    call.press("1")
    call.hears("Linket er på vej")
    town.wait(3)
    town.carrier.mischief = Mischief.none()
    town.wait(30)

    assert len(town.carrier.phone("+4520304059").inbox) == 1
    assert orders(town, "send_sms") == [("done", 2)]


def test_calls_are_paced_at_one_a_second_and_nobody_is_refused(town):
    for n in range(4):
        town.agent(f"agent{n}", groups="omstilling").ready()
    calls = [town.carrier.phone(f"+452030407{n}").dial("+4572001234") for n in range(4)]
    town.wait(8)
    for call in calls:
        call.press("0")
    town.wait(6)

    assert [desk.state for desk in town.desks] == ["offered"] * 4
    assert all(attempts == 1 for _, attempts in orders(town, "ring_agent"))


def test_an_offer_that_is_gone_before_the_ring_was_sent_is_dropped(town, ali):
    town.is_dispatching = False
    call = in_line(town)
    call.hang_up()
    town.wait(1)
    town.is_dispatching = True
    town.wait(5)

    assert ali.phone.lines == []
    assert orders(town, "ring_agent") == [("dropped", 0)]
    assert ali.state == "ready"


def test_a_carrier_that_refuses_for_a_while_is_asked_again(town, ali):
    town.carrier.mischief = Mischief(seed=1, refuse_rest=1.0)
    call = in_line(town)
    town.wait(5)
    town.carrier.mischief = Mischief.none()
    ali.takes()

    call.joins_conference()


def test_a_carrier_that_is_too_busy_for_long_is_not_the_agents_fault(town, ali):
    town.carrier.mischief = Mischief(seed=1, refuse_rest=1.0)
    call = in_line(town)
    town.wait(100)
    assert ali.state == "offered"
    town.carrier.mischief = Mischief.none()

    ali.takes()
    call.joins_conference()


def test_a_ring_that_was_turned_away_unread_is_sent_again_at_once(town, ali):
    town.carrier.mischief = Mischief(seed=1, refuse_rest=1.0)
    in_line(town)
    town.wait(3)
    town.carrier.mischief = Mischief.none()
    ali.phone.rings(within=3)

    assert orders(town, "ring_agent") == [("done", 1)]


def test_a_ring_that_waited_too_long_for_its_turn_is_nobodys_fault(town, ali):
    with town.engine.begin() as db:
        db.execute(text("INSERT INTO pacing (name, next_at) VALUES ('calls', '2026-11-23T10:05:00+01:00')"))
    call = in_line(town)
    town.wait(100)

    assert ali.state == "offered"
    with town.engine.connect() as db:
        assert db.execute(text("SELECT failures FROM agents")).scalar_one() == 0
    assert call.is_live


def test_a_hold_is_not_asked_for_when_the_caller_has_gone(town, ali):
    call = in_line(town)
    ali.takes()
    call.joins_conference()
    town.is_dispatching = False
    ali.does("hold", ali.pop["id"])
    call.hang_up()
    town.is_dispatching = True
    town.wait(2)

    assert orders(town, "hold_leg") == [("done", 1)]
