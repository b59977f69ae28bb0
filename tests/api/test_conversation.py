import pytest

from tests.api.conftest import KAREN, waits


@pytest.fixture
def offered(town, ali):
    """Karen waits, and Ali's telephone rings."""
    ali.ready()
    call = waits(town)
    town.wait(2)
    return call


@pytest.fixture
def talking(town, ali, offered):
    ali.takes()
    offered.joins_conference()
    return offered


def test_an_offer_accepted_on_screen_needs_no_key(town, ali, offered):
    ali.does("accept", ali.pop["id"])

    ali.phone.rings(15).answer()
    offered.joins_conference()
    town.wait(2)

    assert ali.pop["state"] == "connected"


def test_declining_puts_the_agent_on_break_and_the_caller_back_in_line(town, ali, offered):
    ali.does("decline", ali.pop["id"])

    assert ali.state == "break"
    assert ali.ask("GET", "/me")["reason"] == "declined"


def test_an_offer_that_is_gone_is_a_conflict_with_a_hint(town, ali, offered):
    contact = ali.pop["id"]
    offered.hang_up()
    town.wait(3)

    answer = town.http.post(
        f"{town.url}/api/v1/contacts/{contact}/accept", headers={"Authorization": f"Bearer {ali.token}"}, timeout=20
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "offer_gone")
    assert answer.json()["hint"] == "The caller hung up, or time ran out."


def test_a_caller_is_held_and_taken_back(town, ali, talking):
    ali.does("hold", ali.pop["id"])
    town.wait(2)
    held = ali.pop["on_hold"]
    ali.does("resume", ali.pop["id"])
    town.wait(2)

    assert (held, ali.pop["on_hold"]) == (True, False)


def test_a_link_sent_from_the_desk_reaches_the_caller_and_shows_in_the_pop(town, ali, talking):
    ali.does("link", ali.pop["id"], {"topic": "pas"})
    town.wait(3)

    assert "/l/" in town.carrier.phone(KAREN).inbox[-1].text
    assert [link["topic"] for link in ali.pop["links"]] == ["pas"]


def test_hanging_up_begins_the_wrap_up_and_the_agents_word_ends_it(town, ali, talking):
    ali.does("hang-up", ali.pop["id"])
    town.wait(3)
    wrapping = ali.pop
    ali.wraps_up("yes", topic="pas", note="Bestilte tid")

    assert wrapping["state"] == "wrap_up"
    assert wrapping["state_until"] is not None
    assert ali.state == "ready"
    assert (town.contact().outcome, town.contact().wrap_up_note) == ("settled_by_agent", "Bestilte tid")


def test_a_wrap_up_without_a_word_on_the_matter_is_refused(ali):
    ali.does("wrap-up", "0190a1b2-0000-7000-8000-000000000000", {"note": "hm"}, status=422)


def test_birgit_cannot_act_on_alis_contact(ali, birgit, offered):
    contact = ali.pop["id"]

    for action in ("accept", "decline", "hold", "resume", "hang-up"):
        birgit.does(action, contact, status=409)
    assert ali.pop["state"] == "ringing"


def test_otto_can_do_nothing_with_a_contact(otto, ali, offered):
    contact = ali.pop["id"]

    for action in ("accept", "decline", "hold", "resume", "hang-up", "link", "wrap-up"):
        assert otto.asks("POST", f"/contacts/{contact}/{action}", {}).status_code in (401, 422), action
    assert ali.pop["state"] == "ringing"
