"""`*` says again what belongs to the place, as often as one likes, and costs nothing."""

import pytest

from ivr.domain.flow import machine
from ivr.domain.flow.events import PersonUnreached
from tests.domain.flow.town import NIGHT, Caller, but


def at(*acts, facts=None) -> Caller:
    caller = Caller(facts or but())
    for act in acts:
        act(caller)
    return caller


CASES = {
    "the open question": (at, [], None, "Hvad drejer dit opkald sig om?"),
    "a menu": (at, [lambda c: c.press("1")], None, "For en medarbejder: tast 1."),
    "a link": (at, [lambda c: c.say("", "pas")], None, "Du bestiller tid på nettet. Jeg kan sende dig et link"),
    "an answer": (at, [lambda c: c.say("", "affald")], None, "Vi tømmer om tirsdagen. Fik du hjælp"),
    "a closed door": (at, [lambda c: c.press("0")], NIGHT, "Omstillingen har lukket lige nu. Vi åbner igen i morgen"),
    "somebody away": (at, [lambda c: c.say("", entries=("otto",))], None, "Otto har ferie. Tast 1"),
    "somebody unreached": (
        at,
        [lambda c: c.say("", entries=("karen",)), lambda c: c.does(PersonUnreached())],
        None,
        "Karen tager ikke telefonen lige nu. Tast 1",
    ),
    "leaving the line": (at, [lambda c: c.press("0", "9")], None, "Vil du forlade køen?"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_star_repeats_what_belongs_to_the_place_and_costs_no_try(name):
    build, acts, facts, hears = CASES[name]
    caller = build(*acts, facts=facts)
    before = caller.state

    for _ in range(5):
        caller.press("*")

        assert caller.hears.startswith(hears)
        assert caller.state == before
        assert caller.deeds == ()


def test_in_line_the_star_tells_the_place_again():
    caller = at(lambda c: c.press("0"))
    caller.facts = but(position=2, wait_minutes=(1, 3))
    caller.is_silent()

    caller.press("*")

    assert caller.hears == "Du er nummer 2 i køen. Ventetiden er mellem 1 og 3 minutter."


@pytest.mark.parametrize("topic", ["boligstoette", "bekymring"])
def test_in_line_the_star_says_at_least_that_one_is_in_line(topic):
    caller = at(lambda c: c.say("", topic), lambda c: c.press("*"))

    assert caller.hears == "Du står stadig i kø, og vi svarer, så snart vi kan."


def test_asking_again_after_a_crash_is_the_same_question_without_what_was_said_before_it():
    caller = at(lambda c: c.say("", "pas"))

    (ask,) = machine.again(caller.flow, caller.state, caller.facts)

    assert ask.say == caller.asked.say[1:]
