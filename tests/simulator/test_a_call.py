"""An inbound call: what the caller hears and does, and what the product is asked."""

import pytest
from flask import Response

from ivr.simulator.recordings import sound
from tests.simulator.conftest import CITIZEN, MAIN


def test_the_caller_hears_the_document_of_the_number_and_is_hung_up_at_its_end(carrier, product):
    product.on("/voice", '<Say language="da-DK">Velkommen til kommunen.</Say>')

    call = carrier.phone(CITIZEN).call(MAIN)

    assert call.hears("velkommen").language == "da-DK"
    assert call.ends() == "completed"
    assert carrier.problems == []


def test_the_voice_request_carries_the_documented_fields(carrier, product):
    product.on("/voice", "<Say>Hej</Say>")

    call = carrier.phone(CITIZEN).call(MAIN)

    fields = product.asked("/voice")[0]
    assert (
        fields.items()
        >= {
            "CallSid": call.sid,
            "AccountSid": carrier.account_sid,
            "From": CITIZEN,
            "To": MAIN,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            "FromCity": "",
        }.items()
    )


def test_every_request_is_signed_so_that_twilios_validator_accepts_it(carrier, product):
    product.on("/voice", '<Gather action="/next?leg=1&amp;turn=2"><Say>Hvad?</Say></Gather>')
    product.on("/next", '<Redirect method="GET">/last?a=b</Redirect>')
    call = carrier.phone(CITIZEN).call(MAIN)

    call.hears("hvad")
    call.press("1#")
    call.ends()

    assert {path for path, _ in product.requests} == {"/voice", "/next", "/last", "/status"}
    assert product.refused == []
    assert all(headers["I-Twilio-Idempotency-Token"] for headers in product.headers)


def test_a_hidden_number_is_anonymous(carrier, product):
    carrier.phone(CITIZEN).call(MAIN, caller_id="anonymous")

    assert product.asked("/voice")[0]["From"] == "anonymous"


def test_the_end_of_a_call_is_told_once_with_its_duration(carrier, product):
    product.on("/voice", "<Say>Vent</Say><Pause length='20'/>")
    call = carrier.phone(CITIZEN).call(MAIN)

    call.silence(5)
    call.hang_up()

    told = product.asked("/status")
    assert [fields["CallStatus"] for fields in told] == ["completed"]
    assert told[0].items() >= {"CallDuration": "5", "CallbackSource": "call-progress-events"}.items()


def test_speech_lasts_as_long_as_it_takes_to_say(carrier, product):
    product.on("/voice", f"<Say>{('ord ' * 60).strip()}</Say><Say>Slut.</Say>")
    call = carrier.phone(CITIZEN).call(MAIN)

    first, last = call.hears("ord"), call.hears("slut")

    assert 15 <= (last.at - first.at).total_seconds() <= 17


def test_hearing_something_else_fails_with_the_whole_transcript(carrier, product):
    product.on("/voice", "<Say>Goddag</Say>")
    call = carrier.phone(CITIZEN).call(MAIN)

    with pytest.raises(AssertionError, match=r"(?s)'farvel' was not heard within 10 s.*< Goddag"):
        call.hears("farvel", within=10)


def test_what_was_heard_before_does_not_count_twice(carrier, product):
    product.on("/voice", "<Say>Vent</Say><Pause length='30'/>")
    call = carrier.phone(CITIZEN).call(MAIN)

    call.hears("vent")

    with pytest.raises(AssertionError):
        call.hears("vent", within=20)


def test_a_rejected_call_is_never_answered(carrier, product):
    product.on("/voice", '<Reject reason="busy"/>')

    call = carrier.phone(CITIZEN).call(MAIN)

    assert call.ends() == "busy"
    assert product.asked("/status")[0]["CallDuration"] == "0"


def test_a_pause_first_delays_the_answer(carrier, product):
    product.on("/voice", '<Pause length="3"/><Say>Hej</Say>')
    call = carrier.phone(CITIZEN).call(MAIN)

    carrier.advance(2)
    before = call.state
    call.hears("hej")

    assert (before, call.state) == ("ringing", "in-progress")


def test_a_recording_is_kept_and_its_address_told(carrier, product, rest):
    product.on("/voice", '<Record action="/left" maxLength="60" recordingStatusCallback="/recorded"/>')
    product.on("/left", "<Say>Tak</Say>")
    call = carrier.phone(CITIZEN).call(MAIN)

    carrier.advance(1)
    call.say("ring til mig om mit pas")
    call.press("#")
    call.hears("tak")
    carrier.advance(2)

    assert product.asked("/left")[0]["Digits"] == "#"
    sid = product.asked("/recorded")[0]["RecordingSid"]
    assert rest.recordings(sid).fetch().duration == product.asked("/left")[0]["RecordingDuration"]
    assert rest.recordings(sid).delete()
    assert carrier.recordings.all == []


def test_a_caller_who_says_nothing_after_the_beep_leaves_no_recording(carrier, product):
    product.on("/voice", '<Record action="/left" timeout="4"/><Say>Farvel</Say>')
    call = carrier.phone(CITIZEN).call(MAIN)

    call.hears("farvel")

    assert product.asked("/left") == []


def test_one_who_hangs_up_while_recording_has_left_the_message(carrier, product):
    product.on("/voice", '<Record action="/left"/>')
    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(1)

    call.say("det drejer sig om mit pas")
    call.hang_up()

    assert product.asked("/left")[0]["Digits"] == "hangup"


def test_music_is_heard_while_a_recording_plays(carrier, product):
    product.on("/voice", '<Play loop="2">/ventemusik.wav</Play><Say>Nu</Say>')
    product.on("/ventemusik.wav", Response(sound(4), mimetype="audio/wav"))
    call = carrier.phone(CITIZEN).call(MAIN)

    first = call.hears("ventemusik")
    assert call.hears_music
    assert (call.hears("nu").at - first.at).total_seconds() == 8
    assert not call.hears_music
