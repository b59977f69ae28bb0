"""Each misbehaviour happens when asked for, and the same one for the same seed."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from ivr.simulator.mischief import Mischief
from tests.simulator.conftest import AGENT, CITIZEN, MAIN

QUESTION = '<Gather numDigits="1" timeout="5" actionOnEmptyResult="true" action="/next"><Say>Hvad?</Say></Gather>'


def test_a_dropped_callback_never_arrives(carrier_with, product):
    carrier = carrier_with(drop_callback=1.0)
    product.on("/voice", "<Say>Hej</Say>")

    carrier.phone(CITIZEN).call(MAIN).ends()

    assert product.asked("/status") == []
    assert carrier.mischief.done == [f"drop_callback {product.url}/status completed"]


def test_a_doubled_callback_arrives_twice_with_the_same_token(carrier_with, product):
    carrier = carrier_with(double_callback=1.0)
    product.on("/voice", "<Say>Hej</Say>")

    carrier.phone(CITIZEN).call(MAIN).ends()

    assert len(product.asked("/status")) == 2
    tokens = [headers["I-Twilio-Idempotency-Token"] for headers in product.headers]
    assert tokens[-1] == tokens[-2]


def test_delayed_callbacks_arrive_out_of_order(carrier_with, client_of, product):
    carrier = carrier_with(delay_callback=0.6, seed=5)
    with carrier.serve_rest() as base_url:
        for _ in range(4):
            client_of(base_url).calls.create(
                to=AGENT,
                from_=MAIN,
                url=f"{product.url}/x",
                status_callback=f"{product.url}/progress",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
            carrier.phone(AGENT).rings().answer()
            carrier.advance(20)

    told = [(fields["CallSid"], fields["SequenceNumber"]) for fields in product.asked("/progress")]
    assert len(told) == 16
    assert told != sorted(told, key=lambda one: ([sid for sid, _ in told].index(one[0]), one[1]))


def test_a_doubled_document_request_has_one_effect_on_the_caller(carrier_with, product):
    carrier = carrier_with(double_document=1.0)
    product.on("/voice", "<Say>Hej</Say>")

    call = carrier.phone(CITIZEN).call(MAIN)
    call.ends()

    assert len(product.asked("/voice")) == 2
    assert [utterance.text for utterance in call.heard] == ["Hej"]


def test_a_late_document_keeps_the_caller_waiting(carrier_with, product):
    carrier = carrier_with(late_document=1.0)
    product.on("/voice", "<Say>Hej</Say>")
    began = carrier.clock.now()

    heard = carrier.phone(CITIZEN).call(MAIN).hears("hej")

    assert heard.at > began


def test_after_15_seconds_without_answer_the_canned_sentence_is_heard(carrier_with, product):
    carrier = carrier_with(unanswered_document=1.0)
    product.on("/voice", "<Say>Hej</Say>")
    began = carrier.clock.now()

    call = carrier.phone(CITIZEN).call(MAIN)

    assert (call.hears("application error").at - began).total_seconds() == 15
    assert call.ends() == "completed"
    assert len(product.asked("/voice")) == 1, "the product did answer"


def test_an_update_crosses_the_action_of_a_gather_and_either_document_may_win(carrier_with, client_of, product):
    product.on("/voice", QUESTION)
    product.on("/next", "<Say>Handling</Say><Pause length='30'/>")
    product.on("/room", "<Say>Flyttet</Say><Pause length='30'/>")
    winners = set()
    for seed in range(8):
        product.requests.clear()
        carrier = carrier_with(cross_update=1.0, seed=seed)
        call = carrier.phone(CITIZEN).call(MAIN)
        carrier.advance(3)
        with carrier.serve_rest() as base_url:
            client_of(base_url).calls(call.sid).update(url=f"{product.url}/room")
        carrier.advance(10)

        assert len(product.asked("/next")) == len(product.asked("/room")) == 1
        winners.add(tuple(utterance.text for utterance in call.heard[1:]))

    assert winners == {("Handling",), ("Flyttet",)}


def test_a_rest_reply_is_lost_though_the_carrier_acted(carrier_with, client_of, product):
    carrier = carrier_with(lose_rest_reply=1.0)
    with carrier.serve_rest() as base_url, pytest.raises(requests.ConnectionError):
        client_of(base_url).calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x")

    assert carrier.phone(AGENT).rings().state == "ringing"


def test_a_refused_rest_request_was_not_processed(carrier_with, client_of, product):
    carrier = carrier_with(refuse_rest=1.0)
    with carrier.serve_rest() as base_url, pytest.raises(TwilioRestException) as caught:
        client_of(base_url).calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x")

    assert caught.value.code == 20429
    carrier.phone(AGENT).does_not_ring()


def test_a_phone_may_ring_up_to_five_seconds_longer(carrier_with, client_of, product):
    carrier = carrier_with(ring_longer=1.0)
    with carrier.serve_rest() as base_url:
        client_of(base_url).calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x", timeout=10)
    line = carrier.phone(AGENT).rings()

    carrier.advance(10)
    assert line.state == "ringing"
    carrier.advance(5)

    assert line.state == "no-answer"


def test_a_line_may_drop_at_any_point(carrier_with, product):
    carrier = carrier_with(lose_line=1.0)
    product.on("/voice", "<Say>Hej</Say><Pause length='600'/>")

    assert carrier.phone(CITIZEN).call(MAIN).ends(within=60) == "completed"


def test_a_label_may_linger_after_its_bearer_has_left(carrier_with, product):
    carrier = carrier_with(label_lingers=1.0)
    room = '<Dial action="/a"><Conference participantLabel="{}">c</Conference></Dial><Say>Videre</Say>'
    product.on("/voice", room.format("borger"))
    first = carrier.phone(CITIZEN).call(MAIN)
    product.on("/voice", room.format("anden"))
    carrier.phone(AGENT).call(MAIN)
    first.hang_up()

    product.on("/voice", room.format("borger"))
    second = carrier.phone(CITIZEN).call(MAIN)

    second.hears("videre")
    assert [problem.code for problem in carrier.problems] == [16025]


def test_a_day_that_turns_bad_is_bad_for_calls_requests_and_callbacks_alike(carrier, rest, product):
    product.on("/voice", '<Say>Hej</Say><Pause length="60"/>')

    carrier.mischief = Mischief(drop_callback=1.0, refuse_rest=1.0, lose_line=1.0)
    with pytest.raises(TwilioRestException):
        rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/agent")
    carrier.phone(CITIZEN).call(MAIN).ends()

    assert product.asked("/status") == []
    assert [what.split()[0] for what in carrier.mischief.done] == ["refuse_rest", "lose_line", "drop_callback"]


def test_a_bad_day_that_is_over_is_over_for_all(carrier_with, client_of, product):
    carrier = carrier_with(drop_callback=1.0, refuse_rest=1.0, lose_line=1.0)
    product.on("/voice", "<Say>Hej</Say>")

    carrier.mischief = Mischief.none()
    carrier.phone(CITIZEN).call(MAIN).ends()

    assert product.told("/status") == ["completed"]


def test_the_same_seed_misbehaves_in_the_same_way():
    def draws(seed: int) -> list[bool]:
        mischief = Mischief.some(seed, share=0.5)
        return [mischief.strikes(kind) for _ in range(20) for kind in ("drop_callback", "late_document", "lose_line")]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)


def test_without_mischief_nothing_misbehaves():
    mischief = Mischief.none()

    assert not any(mischief.strikes(kind) for kind in ("drop_callback", "lose_rest_reply", "lose_line"))
    assert mischief.done == []
