import pytest

from tests.api.conftest import waits


@pytest.fixture
def settled(town, ali):
    """Karen's call, answered and settled by Ali."""
    ali.ready()
    call = waits(town)
    ali.takes()
    call.joins_conference()
    town.wait(30)
    call.hang_up()
    town.wait(2)
    ali.wraps_up("yes", topic="pas")
    return town.contact()


def test_the_log_shows_the_day_newest_first_with_numbers_masked(sofie, settled):
    (logged,) = sofie.ask("GET", "/contacts")["contacts"]

    assert (logged["id"], logged["caller"]) == (settled.id, "+45…51")
    assert (logged["topic"], logged["outcome"], logged["resolved"]) == ("pas", "settled_by_agent", "yes")


def test_the_log_is_narrowed_by_day_group_and_outcome(sofie, settled):
    def found(query):
        return len(sofie.ask("GET", f"/contacts?{query}")["contacts"])

    assert found("from=2026-11-23&to=2026-11-23&group=omstilling&outcome=settled_by_agent&topic=") == 0
    assert found("from=2026-11-23&group=omstilling&outcome=settled_by_agent") == 1
    assert found("group=borgerservice") == 0
    assert found("outcome=abandoned_in_queue") == 0
    assert found("from=2026-11-22&to=2026-11-22") == 0


def test_a_period_that_ends_before_it_begins_is_refused(sofie):
    problem = sofie.ask("GET", "/contacts?from=2026-11-23&to=2026-11-22", status=422)

    assert problem["code"] == "bad_period"


def test_one_contact_tells_every_event_and_why_this_agent(sofie, settled):
    story = sofie.ask("GET", f"/contacts/{settled.id}")

    kinds = [event["kind"] for event in story["events"]]
    assert kinds[0] == "call_started"
    assert kinds[-1] == "ended"
    assert story["caller"] == "20 30 40 51"
    (decision,) = story["decisions"]
    assert decision["sentence"].startswith(
        "Ali fik opkaldet som den eneste ledige, der kunne tage det. Borgeren havde ventet"
    )


def test_a_contact_that_is_not_there_is_not_found(sofie):
    problem = sofie.ask("GET", "/contacts/0190a1b2-0000-7000-8000-000000000000", status=404)

    assert problem["code"] == "no_such_contact"


def test_an_agent_may_not_read_the_log(ali, settled):
    assert ali.ask("GET", "/contacts", status=403)["code"] == "forbidden"
    assert ali.ask("GET", f"/contacts/{settled.id}", status=403)["code"] == "forbidden"


def test_otto_may_not_read_the_log(otto, settled):
    assert otto.asks("GET", "/contacts").status_code == 401
    assert otto.asks("GET", f"/contacts/{settled.id}").status_code == 401
