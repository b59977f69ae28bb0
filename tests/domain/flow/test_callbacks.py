"""Callbacks: to whom they are offered, what is promised, and what whoever calls in meanwhile may choose."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.flow.actions import CancelCallback, Enqueue, HangUp, PromiseCallback
from ivr.domain.flow.events import CalledBack, LineLost
from ivr.domain.flow.facts import Promised
from ivr.domain.flow.graph import Hold
from ivr.domain.flow.state import Place
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy
from tests.domain.flow.town import DA, EN, FLOW, NOW, OPEN, Caller, but

RINGS = {"borgerservice": Hold(callback=CallbackPolicy(offered_from=timedelta(minutes=3)))}
KAREN = PhoneNumber("+4520304059")
LONG = but(rings_back=KAREN, position=9, wait_minutes=(10, 20))
PROMISED = Promised(
    callback="callback-1",
    entry="entry-1",
    group="borgerservice",
    topic="boligstoette",
    language=DA,
    until=NOW + timedelta(minutes=45),
)
OFFER = "Tast 1, hvis du hellere vil ringes op."


def waiting(facts=LONG, topic="boligstoette") -> Caller:
    caller = Caller(flow=replace(FLOW, holds=RINGS))
    caller.say("…", topic)
    caller.facts = facts
    caller.is_silent()
    return caller


def test_a_long_wait_may_be_spared_and_that_is_told_once():
    caller = waiting()

    assert caller.hears.endswith(OFFER + " Du beholder din plads i køen, selvom du lægger på.")
    caller.is_silent()
    assert OFFER not in caller.hears


@pytest.mark.parametrize(
    "facts",
    [
        replace(LONG, wait_minutes=(2, 3)),
        replace(LONG, rings_back=None),
        replace(LONG, wait_minutes=None, waited=timedelta(minutes=2)),
        replace(
            LONG, openings={**LONG.openings, "borgerservice": replace(OPEN, closes_at=NOW + timedelta(minutes=40))}
        ),
    ],
    ids=["the wait is short", "the number is hidden", "nobody knows", "it could not be kept today"],
)
def test_nothing_is_offered_where(facts):
    caller = waiting(facts)

    assert OFFER not in caller.hears
    caller.press("1")
    assert caller.state.place is Place.WAITING


def test_who_has_waited_so_long_is_offered_it_though_nobody_knows_how_long_it_takes():
    caller = waiting(replace(LONG, wait_minutes=None, waited=timedelta(minutes=3)))

    assert OFFER in caller.hears


def test_the_number_is_read_back_and_the_promise_follows_its_confirmation():
    caller = waiting()

    caller.press("1")
    assert caller.hears.startswith("Vi ringer til dig på 20 30 40 59. Tast 1, hvis det er rigtigt.")
    assert caller.deeds == ()
    caller.press("1")

    assert caller.done(PromiseCallback) == [PromiseCallback(until=NOW + timedelta(minutes=45), when="klokken 10:45")]
    assert (
        caller.hears == "Vi ringer til dig inden klokken 10:45. Du har din plads i køen, og du kan lægge på nu. Farvel."
    )
    assert caller.asked == HangUp()


@pytest.mark.parametrize("does", [lambda c: c.press("2"), lambda c: c.is_silent(), lambda c: c.press("9")])
def test_anything_but_the_confirmation_keeps_the_place_by_telephone(does):
    caller = waiting()
    caller.press("1")

    does(caller)

    assert caller.waits
    assert caller.done(PromiseCallback) == []


def calls_in(**changes) -> Caller:
    return Caller(facts=but(promised=(replace(PROMISED, **changes),)), flow=replace(FLOW, holds=RINGS))


def test_whoever_calls_in_hears_what_was_promised_in_its_language_and_nothing_of_the_matter():
    caller = calls_in(language=EN)

    assert caller.hears.startswith("Welcome. We have promised to call you before 10:45. Press 1")
    assert "housing" not in caller.hears


def test_a_promise_that_could_not_be_kept_is_owned_up_to():
    assert "det er desværre blevet senere" in calls_in(until=NOW - timedelta(minutes=1)).hears


def test_the_callback_is_kept_changed_for_its_place_in_line_or_cancelled():
    keeps, waits, cancels = calls_in(), calls_in(), calls_in()

    assert keeps.press("1") == ()
    waits.press("2")
    cancels.press("3")

    assert keeps.asked == HangUp()
    assert [(deed.topic, deed.place_of) for deed in waits.done(Enqueue)] == [("boligstoette", "entry-1")]
    assert waits.state.recalled
    assert cancels.deeds == (CancelCallback(callback="callback-1"),)
    assert cancels.state.place is Place.QUESTION


def test_another_matter_leaves_the_callback_alone():
    caller = calls_in()

    caller.is_silent()

    assert caller.deeds == ()
    assert caller.state.place is Place.QUESTION


def test_who_is_called_back_and_loses_the_agent_stands_first_in_line():
    caller = waiting()
    caller.press("1", "1")

    caller.does(CalledBack())
    caller.does(LineLost())

    assert caller.waits
    assert "Du er først i køen" in caller.hears
