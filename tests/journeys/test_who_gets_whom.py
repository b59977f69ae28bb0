"""Who gets whom: what waiting opens, who is asked first, and the languages that agents speak; and that the log says why."""

import re

import pytest
from sqlalchemy import text

from ivr.operations.dialplan import take_up
from tests.journeys.test_queue_to_wrap_up import in_line
from tests.kit.town import KAREN, sources


@pytest.fixture
def with_policy(town):
    """Gives the switchboard's group these lines in the plan, and `english` to its English."""

    def change(policy: str = "", english: str = "") -> None:
        routes = sources()["routes.yaml"]
        routes = re.sub(r"(\n  omstilling:\n    name: [^\n]*\n)", rf"\1{policy}", routes, count=1)
        routes = re.sub(r"(\n  en:\n)", rf"\1{english}", routes, count=1)
        assert town.operations.run(take_up, sources() | {"routes.yaml": routes}) is not None

    return change


def sentence(town, sofie) -> str:
    return sofie.ask("GET", f"/contacts/{town.contact().id}")["decisions"][-1]["sentence"]


def test_a_long_wait_opens_the_call_to_another_group_and_the_log_says_so(town, with_policy):
    with_policy("    after_waiting: [{seconds: 30, groups: [borgerservice]}]\n")
    birgit = town.agent("birgit", groups="borgerservice").ready()
    sofie = town.agent("sofie", role="supervisor")

    call = in_line(town)
    town.wait(20)
    assert birgit.state == "ready"
    town.wait(12)

    birgit.takes()
    call.joins_conference()
    assert "eased" in town.facts()
    assert sentence(town, sofie).endswith("Ventetiden havde åbnet opkaldet for en anden gruppe.")


def waited(town, sofie, number) -> str:
    """Why the call of this number waited, as its story tells it."""
    with town.engine.connect() as db:
        query = "SELECT id FROM contacts WHERE caller = :number ORDER BY started_at DESC LIMIT 1"
        contact = db.execute(text(query), {"number": number}).scalar_one()
    return sofie.ask("GET", f"/contacts/{contact}")["waits"][-1]["sentence"]


def test_the_log_says_why_somebody_waited(town):
    ali = town.agent("ali", groups="omstilling")
    sofie = town.agent("sofie", role="supervisor")
    first = in_line(town, "+4520304051")
    town.wait(5)
    second = in_line(town, "+4520304052")
    ali.ready()
    ali.takes()
    first.joins_conference()
    town.wait(30)
    first.hang_up()
    town.wait(1)
    ali.wraps_up()
    ali.takes()
    second.joins_conference()

    assert waited(town, sofie, "+4520304051") == "Ingen, der kunne tage opkaldet, blev tilbudt et andet imens."
    assert waited(town, sofie, "+4520304052") == (
        "De, der kunne tage opkaldet, blev imens tilbudt 1 andet. 1 havde ventet længere."
    )


def speaks_to(town, agent) -> None:
    call = in_line(town)
    agent.takes()
    call.joins_conference()
    town.wait(30)
    call.hang_up()
    town.wait(1)
    agent.wraps_up()
    town.wait(1)


def test_whoever_calls_again_is_put_through_to_the_agent_of_last_time(town, with_policy):
    with_policy("    last_agent_first_seconds: 60\n")
    birgit = town.agent("birgit", groups="omstilling").ready()
    speaks_to(town, birgit)
    birgit.wishes("break", "lunch").ready()
    ali = town.agent("ali", groups="omstilling").ready()
    sofie = town.agent("sofie", role="supervisor")
    birgit.wishes("break", "lunch").ready()

    call = in_line(town)

    birgit.takes()
    call.joins_conference()
    assert ali.state == "ready"
    assert "fordi borgeren ventede på netop den medarbejder" in sentence(town, sofie)


def test_nobody_waits_for_an_agent_who_has_left(town, with_policy):
    with_policy("    last_agent_first_seconds: 60\n")
    birgit = town.agent("birgit", groups="omstilling").ready()
    speaks_to(town, birgit)
    other = in_line(town, "+4520304070")
    birgit.takes()
    other.joins_conference()
    ali = town.agent("ali", groups="omstilling").ready()

    call = in_line(town, KAREN)
    town.wait(3)
    assert ali.state == "ready"
    birgit.wishes("break")
    other.hang_up()
    town.wait(1)
    birgit.wraps_up()
    town.wait(3)

    ali.takes()
    call.joins_conference()


def test_a_caller_in_english_gets_an_agent_who_speaks_it(town, with_policy):
    with_policy(english="    skill: engelsk\n")
    ali = town.agent("ali", groups="omstilling").ready()
    call = town.calls()
    call.hears("press 2")
    call.press("2")
    call.hears("What is")
    call.press("0")
    call.hears("in line")
    town.wait(3)
    assert ali.state == "ready"

    birgit = town.agent("birgit", groups="omstilling", skills="engelsk:1").ready()

    birgit.takes()
    call.joins_conference()
