"""When nobody could listen it is our failure: the same question by keys, and the ladder is not climbed."""

import pytest

from ivr.domain.flow.actions import Note
from ivr.domain.flow.events import Unheard
from ivr.domain.flow.state import Place
from tests.domain.flow.town import Caller


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.does(Unheard("broken"))
    return caller


def test_the_open_question_is_asked_by_keys(caller):
    assert caller.state.place is Place.QUESTION
    assert caller.hears.startswith("Jeg kan desværre ikke høre tale lige nu.")
    assert "Tast 1 for at høre emner" in caller.hears
    assert not caller.listens


def test_it_is_noted_with_its_reason_and_never_as_the_callers_silence(caller):
    assert caller.deeds == (Note(kind="listening_failed", data={"place": Place.QUESTION, "reason": "broken"}),)
    assert (caller.state.failures, caller.state.misheard) == (0, 0)


def test_a_guess_is_confirmed_by_keys():
    caller = Caller()
    caller.say("måske et pas", ("pas", 0.5))

    caller.does(Unheard("full"))

    assert caller.state.place is Place.CONFIRM
    assert "Tast 1 for ja, eller 2 for nej" in caller.hears


def test_whoever_was_not_heard_once_is_asked_by_keys_for_the_rest_of_the_call(caller):
    caller.press("1")
    assert not caller.listens

    caller.press("9")
    assert not caller.listens
    assert "lige nu" not in caller.hears
