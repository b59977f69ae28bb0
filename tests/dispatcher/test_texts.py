"""Texts: sent once whatever is lost, and their fate known whichever news comes first."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from ivr.adapters.store import links
from ivr.dispatcher.leases import lease
from ivr.dispatcher.orders import carry_out_one
from ivr.operations import links as texts
from ivr.simulator.mischief import Mischief
from tests.dispatcher.test_failures import asks_for_link, outage, told
from tests.dispatcher.test_orders import orders
from tests.kit.processes import until
from tests.kit.town import KAREN


class Meanwhile:
    """Our way to the carrier, on which something else happens between one request's answer and what we do next."""

    def __init__(self, carrier, after, happens):
        self._carrier, self._after, self._happens = carrier, after, happens

    def __getattr__(self, name):
        ask = getattr(self._carrier, name)
        if name != self._after:
            return ask

        def asked(*args):
            answer = ask(*args)
            self._happens()
            return answer

        return asked


@pytest.fixture
def slow(town):
    """A second dispatcher. What it asks takes so long that its lease runs out, and the first one takes the order over."""

    def dispatcher(after):
        def another_takes_over():
            town.carrier.advance(lease("send_sms").total_seconds() + 0.1)
            assert carry_out_one(town.parts)

        return replace(town.parts, carrier=Meanwhile(town.parts.carrier, after, another_takes_over))

    return dispatcher


def inbox(town):
    return town.carrier.phone(KAREN).inbox


def link(town):
    with town.engine.connect() as db:
        (found,) = links.of_contact(db, town.contact().id)
    return found


def news(town):
    """What the log says of the link, in order."""
    return [kind for kind in town.facts() if kind.startswith("link_") and kind != "link_offered"]


def test_a_look_that_outlasts_the_lease_is_followed_by_no_text_of_its_own(town, slow):
    town.carrier.mischief = outage("/Messages.json")
    asks_for_link(town)
    town.wait(2)
    town.carrier.mischief, town.is_dispatching = Mischief.none(), False
    town.wait(10)

    assert carry_out_one(slow("texts_to"))
    town.wait(3)

    assert len(inbox(town)) == 1
    assert orders(town, "send_sms") == [("done", 3)]
    assert news(town) == ["link_requested", "link_sent", "link_delivered"]


def test_a_reply_that_comes_after_another_has_found_the_text_is_no_second_text(town, slow):
    town.is_dispatching = False
    asks_for_link(town)
    town.wait(1)

    assert carry_out_one(slow("send_text"))
    town.wait(3)

    assert len(inbox(town)) == 1
    assert orders(town, "send_sms") == [("done", 2)]
    assert news(town).count("link_sent") == 1


def test_a_text_that_is_known_twice_was_sent_once(town):
    town.is_dispatching = False
    asks_for_link(town)
    town.operations.run(texts.sent, link(town).id, "SM1")
    before = link(town)
    town.wait(5)
    town.operations.run(texts.sent, before.id, "SM1")

    assert link(town) == before
    assert news(town) == ["link_requested", "link_sent"]


def test_of_two_who_learn_of_a_text_at_once_one_notes_it(town):
    town.is_dispatching = False
    asks_for_link(town)
    ours = link(town).id
    other = threading.Thread(target=town.operations.run, args=(texts.reported, ours, "SM1", "delivered", None))

    def learn(work):
        texts.sent(work, ours, "SM1")
        other.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        until(lambda: work.db.execute(waiting).scalar_one(), within=1, why="the other one waits for us")

    town.operations.run(learn)
    other.join()

    assert link(town).status == "delivered"
    assert news(town) == ["link_requested", "link_sent", "link_delivered"]


def test_a_report_that_overtakes_the_reply_is_not_lost(town):
    # Only the reply is lost: the reports come while we do not yet know the message's id.
    town.carrier.mischief.lose_rest_reply = 1.0
    asks_for_link(town)
    town.wait(3)
    town.carrier.mischief.lose_rest_reply = 0.0
    arrived = link(town)
    town.wait(30)

    assert (arrived.status, arrived.message_id) == ("delivered", inbox(town)[0].sid)
    assert link(town) == arrived
    assert len(inbox(town)) == 1
    assert orders(town, "send_sms") == [("done", 2)]
    assert news(town) == ["link_requested", "link_sent", "link_delivered"]


def test_a_text_that_cannot_be_sent_for_an_hour_has_failed_and_is_not_sent_afterwards(town):
    town.carrier.mischief = outage("/Messages.json")
    asks_for_link(town)
    town.wait(300)
    tries = len(town.carrier.mischief.done)
    town.wait_long(56 * 60)
    tries_in_all = len(town.carrier.mischief.done)
    town.carrier.mischief = Mischief.none()
    town.wait_long(10 * 60)

    assert 5 <= tries <= 9
    assert orders(town, "send_sms") == [("failed", tries_in_all)]
    assert (link(town).status, link(town).error_code) == ("failed", None)
    assert news(town) == ["link_requested", "link_failed"]
    assert told(town) == [{"kind": "send_sms", "code": "carrier_reply_lost"}]
    assert told(town, "link_failed") == [{"topic": "pas", "error": None}]
    assert inbox(town) == []


def test_a_text_that_the_carrier_has_is_no_failure_whatever_its_order_came_to(town):
    asks_for_link(town)
    town.wait(1)
    assert link(town).status == "sent"
    town.operations.run(texts.failed, link(town).id, None)
    town.wait(3)

    assert news(town) == ["link_requested", "link_sent", "link_delivered"]


def test_a_number_that_refuses_texts_is_remembered_with_the_reason(town):
    town.carrier.mischief = outage("/Messages.json", 400, 21635)
    asks_for_link(town)
    town.wait(3)

    assert (link(town).status, link(town).error_code) == ("failed", 21635)
    with town.engine.connect() as db:
        assert db.execute(text("SELECT error_code FROM unreachable_numbers")).scalar_one() == 21635
