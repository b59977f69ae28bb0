"""The REST API, asked by Twilio's own client."""

from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import ACCOUNT, AGENT, CITIZEN, MAIN


def refused(action) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        action()
    return caught.value.status, caught.value.code


def test_a_created_call_rings_asks_its_url_when_answered_and_tells_its_progress(carrier, product, rest):
    product.on("/agent", "<Say>Tast 1</Say>")

    created = rest.calls.create(
        to=AGENT,
        from_=MAIN,
        url=f"{product.url}/agent?order=9",
        status_callback=f"{product.url}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert created.status == "queued"
    line = carrier.phone(AGENT).rings().answer()
    line.hears("tast 1")
    line.ends()

    assert product.told("/progress") == ["initiated", "ringing", "in-progress", "completed"]
    assert [fields["SequenceNumber"] for fields in product.asked("/progress")] == ["0", "1", "2", "3"]
    assert rest.calls(created.sid).fetch().status == "completed"
    assert product.asked("/agent")[0].items() >= {"Direction": "outbound-api", "From": MAIN, "To": AGENT}.items()


@pytest.mark.parametrize(
    ("habit", "status"),
    [("busy", "busy"), ("declines", "busy"), ("no_answer", "no-answer"), ("switched_off", "failed")],
)
def test_a_call_that_is_not_answered_tells_why(carrier, product, rest, habit, status):
    getattr(carrier.phone(AGENT), habit)()

    rest.calls.create(
        to=AGENT, from_=MAIN, url=f"{product.url}/x", timeout=10, status_callback=f"{product.url}/progress"
    )
    carrier.advance(20)

    assert product.told("/progress") == [status]


def test_a_call_under_way_is_moved_and_ended(carrier, product, rest):
    product.on("/voice", "<Say>Vent</Say><Pause length='60'/>")
    product.on("/room", "<Say>Forbinder</Say><Pause length='60'/>")
    call = carrier.phone(CITIZEN).call(MAIN)

    rest.calls(call.sid).update(url=f"{product.url}/room")
    call.hears("forbinder")
    rest.calls(call.sid).update(twiml="<Response><Say>Farvel</Say><Pause length='60'/></Response>")
    call.hears("farvel")
    rest.calls(call.sid).update(status="completed")

    assert call.state == "completed"


def test_a_call_that_rings_or_has_ended_cannot_be_moved(carrier, product, rest):
    created = rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x")
    carrier.phone(AGENT).rings()

    assert refused(lambda: rest.calls(created.sid).update(url=f"{product.url}/y")) == (400, 21220)
    rest.calls(created.sid).update(status="canceled")
    assert refused(lambda: rest.calls(created.sid).update(status="completed")) == (400, 21220)


def test_calls_are_found_by_number_status_and_time(carrier, product, rest):
    began = carrier.clock.now()
    created = rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x")
    carrier.phone(AGENT).rings()

    def sids(**filters):
        return [call.sid for call in rest.calls.list(**filters)]

    assert sids(to=AGENT) == sids(to=AGENT, status="ringing") == sids(to=AGENT, start_time_after=began) == [created.sid]
    assert sids(to=CITIZEN) == sids(to=AGENT, start_time_after=began + timedelta(minutes=1)) == []


def test_one_call_a_second_may_be_created(carrier, product, rest):
    def create():
        return rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/x")

    create()

    assert refused(create) == (429, 20429)
    carrier.advance(1)
    create()


def test_bad_calls_are_refused_with_twilios_codes(product, rest):
    url = f"{product.url}/x"

    assert refused(lambda: rest.calls.create(to="hest", from_=MAIN, url=url)) == (400, 21211)
    assert refused(lambda: rest.calls.create(to=AGENT, from_="+4570000000", url=url)) == (400, 21210)
    assert refused(lambda: rest.calls.create(to=AGENT, from_=MAIN, url="/relative")) == (400, 21205)
    assert refused(lambda: rest.calls("CA" + "0" * 32).fetch()) == (404, 20404)


def test_the_account_and_its_token_are_checked(carrier):
    with carrier.serve_rest() as base_url:
        stranger = Client(ACCOUNT, "wrong")
        stranger.api.base_url = base_url

        assert refused(lambda: stranger.calls("CA" + "0" * 32).fetch()) == (401, 20003)


def test_a_text_is_sent_and_delivered_but_queued_is_never_told(carrier, product, rest):
    created = rest.messages.create(
        to=CITIZEN, from_=MAIN, body="Læs mere: https://x.dk", status_callback=f"{product.url}/sms"
    )
    carrier.advance(3)

    assert created.status == "queued"
    assert product.told("/sms", "MessageStatus") == ["sent", "delivered"]
    assert [(text.from_, text.text, text.status) for text in carrier.phone(CITIZEN).inbox] == [
        (MAIN, "Læs mere: https://x.dk", "delivered")
    ]
    assert rest.messages(created.sid).fetch().status == "delivered"
    assert [message.sid for message in rest.messages.list(to=CITIZEN)] == [created.sid]


def test_a_phone_out_of_reach_gets_no_text(carrier, product, rest):
    carrier.phone(CITIZEN).switched_off()

    rest.messages.create(to=CITIZEN, from_=MAIN, body="Hej", status_callback=f"{product.url}/sms")
    carrier.advance(3)

    assert product.told("/sms", "MessageStatus") == ["sent", "undelivered"]
    assert product.asked("/sms")[-1]["ErrorCode"] == "30006"


def test_texts_that_cannot_be_sent_are_refused_at_once(carrier, product, rest):
    carrier.phone("+4533112233", landline=True)
    carrier.number(MAIN, sms_url=f"{product.url}/text")
    carrier.phone(CITIZEN).text(MAIN, "STOP")

    assert refused(lambda: rest.messages.create(to="+4533112233", from_=MAIN, body="Hej")) == (400, 21635)
    assert refused(lambda: rest.messages.create(to=CITIZEN, from_=MAIN, body="Hej")) == (400, 21610)
    assert refused(lambda: rest.messages.create(to="123", from_=MAIN, body="Hej")) == (400, 21211)
    assert refused(lambda: rest.messages.create(to=CITIZEN, from_=MAIN, body="")) == (400, 21602)
    assert product.asked("/text")[0]["Body"] == "STOP"


def test_a_text_to_our_number_may_be_answered(carrier, product):
    carrier.number(MAIN, sms_url=f"{product.url}/text")
    product.on("/text", "<Message>Tak for din besked</Message>")

    carrier.phone(CITIZEN).text(MAIN, "Hvornår har I åbent?")
    carrier.advance(3)

    assert [text.text for text in carrier.phone(CITIZEN).inbox] == ["Tak for din besked"]


def test_numbers_are_listed_and_their_addresses_changed(carrier, rest):
    number = rest.incoming_phone_numbers.list(phone_number=MAIN)[0]

    number.update(
        voice_url="https://ny.example/voice",
        voice_fallback_url="https://reserve.example/",
        status_callback="https://ny.example/s",
    )

    assert rest.incoming_phone_numbers(number.sid).fetch().voice_fallback_url == "https://reserve.example/"
    assert carrier.numbers[MAIN].voice_url == "https://ny.example/voice"


def test_long_lists_come_in_pages(carrier, product, rest):
    for number in range(7):
        rest.messages.create(to=CITIZEN, from_=MAIN, body=f"Besked {number}")

    assert len(rest.messages.list(page_size=3)) == 7
