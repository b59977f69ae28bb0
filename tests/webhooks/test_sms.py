"""Reports of texts: each names the link that it is about, so that it counts whatever came before it."""

from itertools import permutations

import pytest

from ivr.adapters.store import links
from ivr.domain.flow.actions import SendLink
from ivr.domain.language import Language
from ivr.operations import links as texts
from tests.webhooks.conftest import NOBODY


@pytest.fixture
def ordered(door):
    """The id of a link whose message has been ordered; nobody sends it, the carrier is the test itself."""
    door.town.is_dispatching = False
    door.arrives()

    def order(work):
        contact = door.town.contact()
        plan = work.plans.version(work.db, contact.plan_version).plan
        texts.request(work, contact, plan, SendLink(topic="pas", language=Language("da")))

    door.town.operations.run(order)
    return link(door).id


def link(door):
    with door.town.engine.connect() as db:
        (found,) = links.of_contact(db, door.town.contact().id)
    return found


def reports(door, query, status, message="SM1", **more):
    answer = door.post(f"/sms/status{query}", {"MessageSid": message, "MessageStatus": status, **more})
    assert answer.status == 200, answer.body


def news(door):
    return [kind for kind in door.town.facts() if kind.startswith("link_")]


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_reports_in_any_order_before_any_reply_end_with_the_text_delivered(door, ordered, order):
    for status in order:
        reports(door, f"?link={ordered}", status)

    assert (link(door).status, link(door).message_id) == ("delivered", "SM1")
    assert link(door).sent_at is not None
    assert link(door).delivered_at is not None
    assert news(door) == ["link_sent", "link_delivered"]


def test_a_report_that_comes_twice_counts_once(door, ordered):
    for _ in range(2):
        reports(door, f"?link={ordered}", "delivered")

    assert news(door) == ["link_sent", "link_delivered"]


def test_a_final_status_stays(door, ordered):
    reports(door, f"?link={ordered}", "undelivered", ErrorCode="30003")
    for status in ("sent", "delivered"):
        reports(door, f"?link={ordered}", status)

    assert (link(door).status, link(door).error_code) == ("undelivered", 30003)
    assert news(door) == ["link_sent", "link_undelivered"]


def test_a_report_after_the_reply_is_about_the_same_message(door, ordered):
    door.town.operations.run(texts.sent, ordered, "SM1")
    reports(door, f"?link={ordered}", "delivered")

    assert link(door).status == "delivered"
    assert news(door) == ["link_sent", "link_delivered"]


def test_a_report_of_another_message_under_the_name_of_this_link_changes_nothing(door, ordered):
    door.town.operations.run(texts.sent, ordered, "SM1")
    before = door.state()

    reports(door, f"?link={ordered}", "delivered", message="SM2")

    assert door.state() == before


@pytest.mark.parametrize("query", ["?link=somebody", f"?link={NOBODY}", "?link=", ""])
def test_a_report_that_names_no_link_of_ours_changes_nothing_of_what_is_unknown(door, ordered, query):
    before = door.state()

    reports(door, query, "delivered")

    assert door.state() == before


def test_a_report_without_a_link_is_known_by_its_message(door, ordered):
    door.town.operations.run(texts.sent, ordered, "SM1")
    reports(door, "", "delivered")

    assert link(door).status == "delivered"
