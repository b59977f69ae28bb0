"""Putting a caller through to a party, and what comes back."""

import pytest

from tests.simulator.conftest import AGENT, CITIZEN, COLLEAGUE, MAIN

DIAL = (
    f'<Dial action="/after" timeout="20" callerId="{MAIN}"><Number url="/whisper" statusCallback="/party" '
    f'statusCallbackEvent="initiated ringing answered completed">{AGENT}</Number></Dial>'
)


@pytest.fixture
def caller(carrier, product):
    """A caller who is being put through to Birgit."""
    product.on("/voice", DIAL)
    product.on("/whisper", '<Gather numDigits="1" action="/accept"><Say>Opkald, tast 1</Say></Gather><Hangup/>')
    product.on("/accept", "")
    product.on("/after", "<Say>Vi ses</Say>")
    return carrier.phone(CITIZEN).call(MAIN)


def outcome(product) -> dict[str, str]:
    return product.asked("/after")[0]


def test_an_answering_party_who_presses_1_talks_with_the_caller(carrier, product, caller):
    agent = carrier.phone(AGENT).rings().answer()
    agent.hears("tast 1")
    assert not carrier.talks(caller, agent)

    agent.press("1")

    assert carrier.talks(caller, agent)
    assert product.told("/party") == ["initiated", "ringing", "in-progress"]
    assert product.asked("/whisper")[0].items() >= {"Direction": "outbound-dial", "ParentCallSid": caller.sid}.items()


def test_the_callers_document_goes_on_when_the_party_hangs_up(carrier, product, caller):
    agent = carrier.phone(AGENT).rings().answer()
    agent.hears("tast 1")
    agent.press("1")
    carrier.advance(30)

    agent.hang_up()

    caller.hears("vi ses")
    assert (
        outcome(product).items()
        >= {"DialCallStatus": "completed", "DialBridged": "true", "DialCallSid": agent.sid}.items()
    )
    assert int(outcome(product)["DialCallDuration"]) >= 30


def test_a_caller_who_hangs_up_takes_the_party_along(carrier, caller):
    agent = carrier.phone(AGENT).rings().answer()
    agent.press("1")

    caller.hang_up()

    assert agent.state == "completed"


def test_a_party_let_go_by_the_whisper_was_never_bridged(carrier, product, caller):
    carrier.phone(AGENT).rings().answer()

    caller.hears("vi ses")

    assert outcome(product).items() >= {"DialCallStatus": "completed", "DialBridged": "false"}.items()


@pytest.mark.parametrize(
    ("habit", "status"),
    [("busy", "busy"), ("declines", "busy"), ("no_answer", "no-answer"), ("switched_off", "failed")],
)
def test_a_party_who_cannot_be_had_gives_the_reason(carrier, product, habit, status):
    getattr(carrier.phone(AGENT), habit)()
    product.on("/voice", DIAL)
    product.on("/after", "<Say>Vi ses</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("vi ses", within=40)

    assert outcome(product)["DialCallStatus"] == status


def test_five_seconds_are_added_to_the_time_of_ringing(carrier, caller):
    ringing = carrier.phone(AGENT).rings()

    carrier.advance(24.5)
    assert ringing.state == "ringing"
    carrier.advance(1)

    assert ringing.state == "no-answer"


def test_the_first_of_several_to_answer_is_connected_and_the_others_stop_ringing(carrier, product):
    product.on("/voice", f"<Dial><Number>{AGENT}</Number><Number>{COLLEAGUE}</Number></Dial>")
    caller = carrier.phone(CITIZEN).call(MAIN)
    agent, colleague = carrier.phone(AGENT).rings(), carrier.phone(COLLEAGUE).rings()

    colleague.answer()

    assert carrier.talks(caller, colleague)
    assert agent.state == "canceled"


def test_a_caller_id_that_is_not_ours_fails(carrier, product):
    product.on("/voice", f'<Dial callerId="+4570101010" action="/after"><Number>{AGENT}</Number></Dial>')
    product.on("/after", "")

    carrier.phone(CITIZEN).call(MAIN).ends()

    assert [problem.code for problem in carrier.problems] == [13214]
    assert outcome(product)["DialCallStatus"] == "failed"


def test_voicemail_answers_and_presses_nothing(carrier, product):
    carrier.phone(AGENT).voicemail(after=4)
    product.on("/voice", DIAL)
    product.on("/whisper", '<Gather numDigits="1"><Say>Tast 1</Say></Gather><Hangup/>')
    product.on("/after", "<Say>Vi ses</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("vi ses", within=60)

    assert outcome(product)["DialBridged"] == "false"


def test_browser_and_sip_phones_are_phones_too(carrier, product):
    product.on("/voice", "<Dial><Client>birgit</Client><Sip>sip:ali@kommune.example</Sip></Dial>")
    birgit, ali = carrier.phone("client:birgit"), carrier.phone("sip:ali@kommune.example")
    caller = carrier.phone(CITIZEN).call(MAIN)

    line = birgit.rings().answer()

    assert carrier.talks(caller, line)
    assert ali.ringing == []
