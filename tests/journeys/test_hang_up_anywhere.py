"""A caller hangs up at every possible point: one outcome, no ghost, and an agent who is free again."""

import pytest
from sqlalchemy import text

from ivr.simulator.mischief import Mischief

STORY_SECONDS = 96


def story(town):
    """What the caller and the agent would do if nobody hung up: (second, deed) from the beginning of the call."""
    call = town.carrier.phone("+4520304059").dial("+4572001234")
    ali = town.desks[0]

    def on_alis_phone(deed):
        for line in ali.phone.lines:
            if line.is_live and line.state == "in-progress":
                deed(line)

    def answer():
        for line in list(ali.phone.ringing):
            line.answer()

    deeds = {
        12: lambda: call.say("jeg skal have nyt pas"),
        30: lambda: call.press("1"),
        40: lambda: call.press("2"),
        46: answer,
        52: lambda: on_alis_phone(lambda line: line.press("1")),
        90: lambda: on_alis_phone(lambda line: line.hang_up()),
    }
    return call, deeds


POINTS = [*range(1, 60, 5), 49, 52, 53, 54, 55, 70, 91, 95]


@pytest.mark.parametrize(("second", "how"), [(at, ("hangs up", "drops")[n % 2]) for n, at in enumerate(POINTS)])
def test_one_outcome_and_no_ghost_wherever_the_caller_leaves(town, second, how):
    town.agent("ali", groups="borgerservice;omstilling", skills="pas:3").ready()
    call, deeds = story(town)
    for now in range(STORY_SECONDS):
        if now == second and call.is_live:
            call.hang_up() if how == "hangs up" else call.drop()
        if now in deeds and (call.is_live or now in (46, 52, 90)):
            deeds[now]()
        town.wait(1)
    town.wait_long(150, look_each=10)

    with town.engine.connect() as db:
        ended = db.execute(text("SELECT count(*) FROM events WHERE kind = 'ended'")).scalar_one()
    assert town.contact().outcome is not None
    assert ended == 1
    assert town.desks[0].state in ("ready", "break")
    town.is_tidy()


@pytest.mark.parametrize("key", ["2", "9", "0", "*"])
def test_a_key_that_crosses_the_move_to_the_conference_changes_nothing(town, key):
    ali = town.agent("ali", groups="omstilling").ready()
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    town.is_dispatching = False
    line.press("1")
    call.press(key)
    town.is_dispatching = True
    town.wait(3)

    call.joins_conference()
    assert town.carrier.talks(call, line)


def test_a_move_that_crosses_the_callers_own_request_brings_the_caller_in_once(town):
    town.carrier.mischief = Mischief(seed=1, cross_update=1.0)
    ali = town.agent("ali", groups="omstilling").ready()
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    ali.takes()
    town.wait(30)

    assert call.in_conference is not None
    assert town.facts().count("connected") == 1
