"""A conference that goes on after its talk is ended after 20 s; of an empty one only the rows must learn."""

import pytest
from sqlalchemy import text

from tests.dispatcher.test_orders import in_line, orders
from tests.dispatcher.test_reconcile_talks import repairs, room


@pytest.fixture
def left(town):
    """A talk that has ended, of which the caller is still in the room: the agent was not its anchor as the carrier saw it."""
    ali = town.agent("ali", groups="omstilling").ready()
    call = in_line(town)
    ali.takes()
    call.joins_conference()
    town.wait(5)
    for place in room(town).present:
        place.end_on_exit = False
    town.is_dispatching = False
    ali.does("hang-up", ali.pop["id"])
    with town.engine.begin() as db:
        db.execute(text("UPDATE orders SET state = 'done' WHERE state = 'pending' AND kind = 'move_call'"))
        db.execute(text("UPDATE legs SET due_answer = NULL WHERE role = 'citizen'"))
    town.is_dispatching = True
    return call


def test_whoever_is_alone_in_a_room_after_the_talk_goes_on_with_the_call(town, left):
    town.wait(10)
    assert left.in_conference is not None
    town.wait(20)

    assert left.in_conference is None
    assert repairs(town) == ["room_left_open"]
    assert orders(town, "end_conference") == [("done", 1)]


def test_nobody_is_thrown_out_of_a_talk_that_has_begun_meanwhile(town):
    ali = town.agent("ali", groups="omstilling").ready()
    call = in_line(town)
    line = ali.takes()
    call.joins_conference()
    line.drop()
    call.hears("mistede forbindelsen")
    birgit = town.agent("birgit", groups="omstilling").ready()
    second = birgit.takes()
    call.joins_conference()
    town.wait(60)

    assert town.carrier.talks(call, second)
    assert orders(town, "end_conference") == []


def test_where_the_report_of_leaving_was_lost_the_row_learns_that_the_room_is_empty(town):
    ali = town.agent("ali", groups="omstilling").ready()
    call = in_line(town)
    line = ali.takes()
    call.joins_conference()
    town.wait(30)
    town.carrier.mischief.drop_callback = 1.0
    line.hang_up()
    call.hears("Tak for samtalen")
    call.press("0")
    call.hears("kø")
    town.wait(25)

    with town.engine.connect() as db:
        assert db.execute(text("SELECT in_room FROM legs WHERE role = 'citizen'")).scalar_one() is False
    assert orders(town, "end_conference") == []
