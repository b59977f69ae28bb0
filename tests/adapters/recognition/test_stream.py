"""An ear for one stream: the telephone's sound, the end of speech, and what counts as said."""

import pytest

from ivr.adapters.recognition.stream import TELEPHONE_RATE, Ear, Utterance, linear
from ivr.adapters.recognition.vosk import Model
from tests.adapters.recognition.test_models import TINY_MODEL
from tests.kit.voice import CALLERS, Sound, noise, say, silence

PHRASES = ("jeg skal have et nyt pas", "ja", "ja tak", "nej")


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(TINY_MODEL)


@pytest.fixture
def ear(model) -> Ear:
    return Ear(model.recogniser(PHRASES, TELEPHONE_RATE))


def utterances(ear: Ear, sound: Sound) -> list[Utterance]:
    """Of the pauses that are longer than the ear waits for a first word, nothing is told here."""
    heard = [said for frame in sound.frames() if (said := ear.hear(frame)) is not None]
    return [said for said in heard if said.text or said.is_unclear]


def test_every_byte_of_mu_law_is_the_sample_that_the_standard_says():
    every = bytes(range(256))

    assert linear(every) == Sound(every).pcm()


@pytest.mark.parametrize("voice", CALLERS)
def test_an_utterance_ends_in_the_pause_after_it(ear, voice):
    said = utterances(ear, silence(0.3) + say("jeg skal have et nyt pas", voice=voice) + silence(1))

    assert said == [Utterance(text="jeg skal have et nyt pas", is_unclear=False)]


def test_two_utterances_are_two(ear):
    said = utterances(ear, say("nej") + silence(1.2) + say("ja tak") + silence(1.2))

    assert [utterance.text for utterance in said] == ["nej", "ja tak"]


def test_that_somebody_speaks_is_noticed_before_they_have_ended(ear):
    noticed = []
    for frame in (silence(0.3) + say("jeg skal have et nyt pas")).frames():
        ear.hear(frame)
        noticed.append(ear.is_speaking)

    assert True in noticed
    assert noticed.index(True) * 0.02 < 0.3 + 0.7


@pytest.mark.parametrize("sound", [silence(6), noise(6, decibels=-40.0), noise(6, decibels=-25.0)])
def test_silence_and_noise_are_nothing(ear, sound):
    assert utterances(ear, sound) == []


def test_unknown_words_are_unclear_and_no_words(ear):
    said = utterances(ear, silence(0.3) + say("elefanter danser gladelig") + silence(1.2))

    assert said == [Utterance(text="", is_unclear=True)]


def test_what_was_being_said_when_the_stream_ends_is_not_lost(ear):
    assert utterances(ear, silence(0.3) + say("jeg skal have et nyt pas")) == []

    assert ear.finish() == Utterance(text="jeg skal have et nyt pas", is_unclear=False)
