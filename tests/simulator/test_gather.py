"""Asking the caller: keys, speech, silence, and which of them wins."""

import pytest

from tests.simulator.conftest import CITIZEN, MAIN

ONE_KEY = (
    '<Gather numDigits="1" finishOnKey="" actionOnEmptyResult="true" timeout="5" action="/next"><Say>{}</Say></Gather>'
)


@pytest.fixture
def asked(carrier, product):
    """A caller before a question given as attributes of <Gather>."""

    def ask(attributes: str, after: str = "<Say>Intet svar</Say>"):
        product.on(
            "/voice",
            f'<Gather action="/next" {attributes}><Say>Hvad drejer det sig om, i et par ord?</Say></Gather>{after}',
        )
        product.on("/next", "<Say>Tak</Say>")
        call = carrier.phone(CITIZEN).call(MAIN)
        call.hears("hvad drejer")
        return call

    return ask


def test_a_key_stops_the_prompt_and_is_posted_at_once(carrier, product, asked):
    call = asked('numDigits="1"')
    began = carrier.clock.now()

    call.press("2")

    assert carrier.clock.now() == began
    assert product.asked("/next")[0]["Digits"] == "2"
    call.hears("tak", within=0)


def test_several_digits_end_with_the_finishing_key(product, asked):
    asked('numDigits="8"').press("1234#")

    assert product.asked("/next")[0].items() >= {"Digits": "1234", "FinishedOnKey": "#"}.items()


def test_digits_without_finishing_key_are_posted_after_the_timeout(carrier, product, asked):
    call = asked('timeout="3"')

    call.press("12")
    carrier.advance(2.9)
    assert product.asked("/next") == []
    carrier.advance(0.2)

    assert product.asked("/next")[0]["Digits"] == "12"


def test_the_finishing_key_alone_is_no_input(product, asked):
    call = asked('numDigits="8"')

    call.press("#")

    call.hears("intet svar", within=1)
    assert product.asked("/next") == []


def test_with_an_empty_finishing_key_the_hash_is_a_digit(product, asked):
    asked('numDigits="1" finishOnKey=""').press("#")

    assert product.asked("/next")[0]["Digits"] == "#"


def test_silence_goes_on_with_the_next_verb(product, asked):
    call = asked('timeout="5"')

    call.hears("intet svar", within=10)

    assert product.asked("/next") == []


def test_silence_is_posted_when_empty_results_are_wanted(product, asked):
    call = asked('timeout="5" actionOnEmptyResult="true"')

    call.hears("tak", within=10)

    assert product.asked("/next")[0]["Digits"] == ""


def test_speech_is_posted_with_its_confidence(product, asked):
    call = asked('input="dtmf speech" language="da-DK" speechTimeout="2"')

    call.say("jeg skal have nyt pas", confidence=0.92)

    assert product.asked("/next")[0].items() >= {"SpeechResult": "jeg skal have nyt pas", "Confidence": "0.92"}.items()
    assert "Digits" not in product.asked("/next")[0]


def test_confidence_may_be_missing(product, asked):
    asked('input="speech"').say("pas", confidence=None)

    assert "Confidence" not in product.asked("/next")[0]


def test_keys_win_over_speech_when_they_come_first(product, asked):
    call = asked('input="dtmf speech" numDigits="2"')

    call.press("1")
    call.say("pas")
    call.press("2")

    assert [fields["Digits"] for fields in product.asked("/next")] == ["12"]


def test_speech_is_not_heard_when_only_keys_are_asked_for(product, asked):
    call = asked('input="dtmf"')

    call.say("pas")

    assert "pas (not heeded)" in call.transcript()
    assert product.asked("/next") == []


def test_without_barge_in_speech_does_not_stop_the_prompt(product, asked):
    call = asked('input="speech" bargeIn="false"')

    call.say("pas")

    assert product.asked("/next") == []


def test_without_an_action_the_document_itself_is_asked(carrier, product):
    product.on(
        "/voice", lambda fields: "<Say>Du tastede 7</Say>" if fields.get("Digits") else '<Gather numDigits="1"/>'
    )

    call = carrier.phone(CITIZEN).call(MAIN)
    call.press("7")

    call.hears("du tastede 7")
