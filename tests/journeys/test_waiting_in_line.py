"""How callers wait, with a plan that limits the line and the wait: what they hear, and what becomes of them."""

import pytest
from sqlalchemy import text

from ivr.operations import dialplan
from tests.kit.town import Town, sources

OTHERS = "+4520304070"
HOLD = """
    hold:
      longest_line: 1
      messages:
        - {da: "Hav din sag ved hånden.", en: "Have your case at hand."}
        - {da: "Vi svarer i den rækkefølge, I ringer.", en: "We answer in the order you call."}
"""


def waiting_rules() -> dict[str, str]:
    """The town's plan, but that the switchboard lets only one wait, for a minute, and says something meanwhile."""
    plan = dict(sources())
    before, switchboard = plan["routes.yaml"].split("\n  omstilling:\n")
    limited = switchboard.replace("longest_wait_minutes: 15\n", f"longest_wait_minutes: 1{HOLD}", 1)
    return plan | {"routes.yaml": f"{before}\n  omstilling:\n{limited}"}


@pytest.fixture
def small_house(town: Town) -> Town:
    town.wait(1)  # of two plans that are taken up in the same moment neither is the later one
    town.operations.run(dialplan.take_up, waiting_rules())
    return town


def entry_states(town: Town) -> list[str]:
    with town.engine.connect() as db:
        return [row.state for row in db.execute(text("SELECT state FROM queue_entries ORDER BY entered_at"))]


def test_the_groups_messages_are_heard_in_turn_and_after_a_minute_the_caller_is_asked_and_leaves_one(small_house):
    karen = small_house.calls()
    karen.press("0")

    karen.hears("Du er den næste i køen. Hav din sag ved hånden.", within=60)
    karen.hears("Vi svarer i den rækkefølge, I ringer.", within=60)
    karen.hears("Du har ventet længe", within=60)
    karen.press("1")
    karen.hears("efter tonen")
    assert entry_states(small_house) == ["waiting"]
    small_house.wait(8)
    karen.say("Ring til mig om min sag")
    karen.press("#")
    karen.hears("besked er modtaget")
    karen.ends()
    small_house.wait(5)

    assert entry_states(small_house) == ["message"]
    assert small_house.contact().outcome == "message_left"
    small_house.is_tidy()


def test_an_agent_who_comes_while_a_message_is_left_gets_the_caller(small_house):
    omar = small_house.agent("omar", groups="omstilling")
    karen = small_house.calls()
    karen.press("0")
    karen.hears("Du har ventet længe", within=120)
    karen.press("1")
    karen.hears("efter tonen")

    omar.ready()
    line = omar.takes()

    assert small_house.carrier.talks(karen, line)
    karen.hang_up()
    small_house.wait(5)
    omar.wraps_up()
    assert small_house.contact().outcome == "settled_by_agent"
    small_house.is_tidy()


def test_the_next_caller_hears_that_the_line_is_full_and_whoever_insists_is_in_it(small_house):
    first = small_house.calls(OTHERS)
    first.press("0")
    first.hears("i kø til")
    small_house.wait(3)

    karen = small_house.calls()
    karen.press("0")
    karen.hears("Køen til Omstillingen er fuld")
    assert entry_states(small_house) == ["waiting"]
    karen.press("0")
    karen.hears("i kø til Omstillingen")

    assert entry_states(small_house) == ["waiting", "waiting"]


def test_whoever_hangs_up_before_a_full_line_was_turned_away_and_has_not_given_up(small_house):
    first = small_house.calls(OTHERS)
    first.press("0")
    first.hears("i kø til")
    small_house.wait(3)
    karen = small_house.calls()
    karen.press("0")
    karen.hears("er fuld")

    karen.hang_up()
    small_house.wait(5)

    assert small_house.contact().outcome == "closed"
    assert "line_full" in small_house.facts()


def test_when_the_last_agent_leaves_the_music_is_interrupted_within_five_seconds(town):
    paula = town.agent("paula", groups="borgerservice").ready()
    karen = town.calls()
    karen.say("jeg skal have nyt pas")
    karen.press("0")
    karen.hears("næste i køen", within=60)
    town.wait(3)

    paula.wishes("break", "lunch")

    karen.hears("ingen medarbejdere ved telefonen", within=5)
    assert entry_states(town) == ["waiting"]


def test_a_caller_who_is_just_leaving_the_line_is_told_only_after_that_was_answered(town):
    paula = town.agent("paula", groups="borgerservice").ready()
    karen = town.calls()
    karen.say("jeg skal have nyt pas")
    karen.press("0")
    karen.hears("i kø til", within=60)
    karen.press("9")
    karen.hears("forlade køen")

    paula.wishes("offline")
    town.wait(3)
    karen.press("1")

    karen.hears("ingen medarbejdere ved telefonen", within=5)
