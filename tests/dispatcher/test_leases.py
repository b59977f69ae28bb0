"""A lease is longer than carrying its order out can take, as counted in requests to the carrier."""

import pytest
from sqlalchemy import text

from ivr.adapters.carrier import wire
from ivr.adapters.carrier.rest import LONGEST_REQUEST
from ivr.dispatcher.leases import lease
from ivr.dispatcher.orders import carry_out_one, claim
from ivr.domain.orders import EndConference, SetAnchor
from ivr.simulator.mischief import Mischief
from tests.dispatcher.test_failures import asks_for_link, outage
from tests.dispatcher.test_orders import in_line

LEG = "00000000-0000-7000-8000-000000000000"
"""A leg that is in no room."""


@pytest.fixture
def requests_of(town, monkeypatch):
    """Carries the one order out that is due, and counts what it asked of the carrier."""
    asked = []
    request = wire.Wire.request

    def counted(self, *args, **more):
        asked.append(args)
        return request(self, *args, **more)

    monkeypatch.setattr(wire.Wire, "request", counted)

    def carried_out(kind):
        asked.clear()
        with town.engine.begin() as db:
            due = db.execute(text("SELECT kind FROM orders WHERE state = 'pending'")).scalars().all()
        assert due == [kind]
        assert carry_out_one(town.parts)
        return len(asked)

    return carried_out


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


@pytest.fixture
def talk(town, ali):
    call = in_line(town)
    ali.takes()
    call.joins_conference()
    town.wait(5)
    town.is_dispatching = False
    return call


def outlasts(kind, requests):
    return lease(kind) > requests * LONGEST_REQUEST


def test_a_request_is_waited_for_as_long_as_the_wire_says():
    assert LONGEST_REQUEST.total_seconds() == wire.CONNECT_SECONDS + wire.READ_SECONDS


@pytest.mark.parametrize("kind", ["ring_agent", "send_sms"])
def test_what_one_dispatcher_has_claimed_no_other_begins_before_its_lease_is_over(town, ali, kind):
    town.is_dispatching = False
    in_line(town) if kind == "ring_agent" else asks_for_link(town)
    first = town.operations.run(claim)

    town.wait(lease(kind).total_seconds() - 0.1)
    assert town.operations.run(claim) is None
    town.wait(1)
    again = town.operations.run(claim)

    assert (first.kind, first.attempts) == (kind, 1)
    assert (again.id, again.attempts) == (first.id, 2)


def test_the_lease_of_a_ring_outlasts_it(town, ali, requests_of):
    town.is_dispatching = False
    in_line(town)

    assert outlasts("ring_agent", requests_of("ring_agent"))


def test_the_lease_of_a_text_outlasts_a_look_and_another_try(town, requests_of):
    town.carrier.mischief = outage("/Messages.json")
    asks_for_link(town)
    town.wait(3)
    town.carrier.mischief, town.is_dispatching = Mischief.none(), False
    town.wait(10)
    requests = requests_of("send_sms")

    assert requests == 2
    assert outlasts("send_sms", requests)


def test_the_lease_of_an_end_outlasts_all_the_ways_to_close_a_line(town, ali, requests_of):
    call = in_line(town)
    ali.phone.rings()
    town.is_dispatching = False
    call.hang_up()
    town.wait(0.5)
    # Not completed, so looked at, and then cancelled.
    town.carrier.mischief = outage("/Calls/", 400, 21220)
    requests = requests_of("end_call")

    assert requests == 3
    assert outlasts("end_call", requests)


def test_the_lease_of_a_change_in_a_room_outlasts_a_room_that_is_just_closing(town, ali, talk, requests_of):
    ali.does("hold", ali.pop["id"])
    requests = requests_of("hold_leg")

    assert requests == 3
    # Where the contact has two rooms for a moment, one request goes to the wrong one.
    assert outlasts("hold_leg", requests + 1)


@pytest.mark.parametrize("kind", ["end_conference", "set_anchor"])
def test_the_lease_of_what_concerns_a_room_outlasts_two_of_them(town, talk, requests_of, kind):
    contact = town.contact().id
    wish = (
        EndConference(contact=contact) if kind == "end_conference" else SetAnchor(leg=LEG, contact=contact, anchor=True)
    )
    town.operations.run(lambda work: work.order(wish, contact=contact, leg=None))
    requests = requests_of(kind)

    assert requests == 2
    # A request to the other room; for a change there, one more to read it back.
    assert outlasts(kind, requests + (1 if kind == "end_conference" else 2))
