"""Lines of which nothing was heard: the carrier is asked, and what went unseen is put right within a minute."""

import pytest
from sqlalchemy import text

from ivr.dispatcher import orders as dispatcher
from ivr.simulator.mischief import Mischief
from tests.dispatcher.test_orders import in_line, orders
from tests.dispatcher.test_reconcile_talks import repairs


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


def lines(town, role="agent"):
    """How the lines of this role stand: status, and whether they are closed."""
    with town.engine.connect() as db:
        rows = db.execute(
            text("SELECT status, ended_at FROM legs WHERE role = :role ORDER BY id"), {"role": role}
        ).all()
    return [(row.status, row.ended_at is not None) for row in rows]


def test_a_caller_who_hung_up_in_the_menu_unseen_has_an_outcome_within_a_minute(town):
    call = town.calls()
    call.hears("Hvad drejer")
    town.carrier.mischief.drop_callback = 1.0
    call.hang_up()
    town.wait(60)

    assert town.contact().outcome == "abandoned_in_menu"
    assert repairs(town) == ["line_closed"]
    town.is_tidy()


def test_a_caller_who_hangs_up_unseen_while_a_telephone_rings_is_nobodys_miss(town, ali):
    call = in_line(town)
    ringing = ali.phone.rings()
    town.carrier.mischief.drop_callback = 1.0
    call.hang_up()
    town.wait(12)

    assert (ali.state, town.contact().outcome) == ("ready", "abandoned_in_queue")
    assert not ringing.is_live


def test_an_offer_that_ended_while_nothing_was_reported_leaves_no_line_open(town, ali):
    call = in_line(town)
    ali.phone.rings()
    town.carrier.mischief.drop_callback = 1.0
    ali.does("decline", ali.pop["id"])
    town.wait(60)

    assert lines(town) == [("canceled", True)]
    assert call.is_live


def test_a_ring_whose_reply_was_lost_and_that_was_called_off_meanwhile_is_found_and_ended(town, ali):
    """The order to end the call knows no call; the telephone must not ring on for nobody."""
    in_line(town)
    town.carrier.mischief = Mischief(seed=1, lose_rest_reply=1.0, drop_callback=1.0)
    ringing = ali.phone.rings()
    ali.does("decline", ali.pop["id"])
    town.carrier.mischief = Mischief.none()
    town.wait(60)

    assert not ringing.is_live
    assert all(is_closed for _, is_closed in lines(town))


def test_a_line_that_was_planned_and_that_nobody_is_about_to_call_is_closed(town, ali):
    town.is_dispatching = False
    in_line(town)
    with town.engine.begin() as db:
        db.execute(text("DELETE FROM orders"))
    town.is_dispatching = True
    ali.takes(within=60)
    town.wait(30)

    assert lines(town)[0] == ("failed", True)
    assert "call_missing" in repairs(town)
    assert len(ali.phone.lines) == 1


def test_a_call_that_we_made_and_forgot_is_adopted(town, ali):
    """The dispatcher died after the carrier's reply, and all that the call tells of itself is lost."""
    town.is_dispatching = False
    in_line(town)
    town.carrier.mischief.drop_callback = 1.0
    dispatcher.carry_out_one(town.parts)
    with town.engine.begin() as db:
        db.execute(text("UPDATE legs SET call_id = NULL, status = 'planned' WHERE role = 'agent'"))
        db.execute(text("UPDATE engagements SET lease_until = lease_until + interval '1 hour'"))
    ringing = ali.phone.rings()
    ringing.ring_seconds = 100
    town.is_dispatching = True
    town.wait(50)

    assert repairs(town) == ["call_unclaimed"]
    assert orders(town, "ring_agent") == [("done", 1)]


def test_an_agents_telephone_that_stays_in_the_call_after_the_talk_is_let_go(town, ali):
    call = in_line(town)
    line = ali.takes()
    call.joins_conference()
    town.wait(10)
    town.is_dispatching = False
    ali.does("hang-up", ali.pop["id"])
    with town.engine.begin() as db:
        db.execute(text("UPDATE orders SET state = 'done' WHERE state = 'pending' AND kind = 'end_call'"))
        # Or the room, found first, would be ended.
        db.execute(text("UPDATE legs SET in_room = false"))
    town.is_dispatching = True
    town.wait(60)

    assert not line.is_live
    assert "line_left_open" in repairs(town)
