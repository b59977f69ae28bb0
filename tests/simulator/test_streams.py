"""Media streams: a real socket to a listener of the test's own, beside the call, from its start to its stop."""

import time
from http import HTTPStatus

import pytest
from twilio.base.exceptions import TwilioRestException

from ivr.simulator.carrier import Carrier
from ivr.simulator.clock import RealClock
from ivr.simulator.track import seconds_of
from tests.simulator.conftest import ACCOUNT, AGENT, CITIZEN, MAIN, TOKEN
from tests.simulator.listening import Listener, open_listener

SPEECH = bytes(range(0, 200)) * 40
"""One second of what is certainly not silence."""
SILENT = 0xFF
WAIT = '<Pause length="60"/>'


@pytest.fixture
def listener():
    with open_listener(TOKEN) as opened:
        yield opened


def start(listener: Listener, *, name: str = "spørgsmål", more: str = "", inside: str = "") -> str:
    return f'<Start><Stream name="{name}" url="{listener.url}/listen" {more}>{inside}</Stream></Start>'


def until(what, within: float = 5):
    """Another thread hears: it may take a moment."""
    for _ in range(int(within / 0.01)):
        if what():
            return
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def codes(carrier) -> list[int]:
    return [problem.code for problem in carrier.problems]


def test_a_stream_tells_whose_it_is_then_carries_the_sound_and_says_goodbye(carrier, product, listener):
    inside = '<Parameter name="token" value="hemmelig"/><Parameter name="sprog" value="da"/>'
    product.on("/voice", start(listener, inside=inside) + WAIT)

    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(1)
    call.hang_up()
    (heard,) = listener.streams
    assert heard.ended.wait(5)

    assert heard.events == ["connected", "start", "media", "stop"]
    assert heard.messages[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    (stream,) = call.call.streams.all
    assert heard.start == {
        "accountSid": ACCOUNT,
        "streamSid": stream.sid,
        "callSid": call.sid,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "hemmelig", "sprog": "da"},
    }
    numbered = heard.messages[1:]
    assert [message["sequenceNumber"] for message in numbered] == [str(n + 1) for n in range(len(numbered))]
    assert {message["streamSid"] for message in numbered} == {stream.sid}
    assert [(media["chunk"], media["timestamp"]) for media in heard.media[:3]] == [("1", "0"), ("2", "20"), ("3", "40")]
    assert heard.messages[-1]["stop"] == {"accountSid": ACCOUNT, "callSid": call.sid}
    assert listener.unsigned == []
    assert carrier.problems == []


def test_a_line_is_silent_until_somebody_speaks_and_carries_every_sample_of_it(carrier, product, listener):
    product.on("/voice", start(listener) + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN)

    call.silence(2).speak(SPEECH).silence(1)

    heard = listener.streams[0]
    until(lambda: seconds_of(heard.sound()) >= 3.9)
    sound = heard.sound()
    begin = sound.index(SPEECH)
    assert seconds_of(sound[:begin]) == pytest.approx(2, abs=0.2)
    assert set(sound[:begin] + sound[begin + len(SPEECH) :]) == {SILENT}
    assert all(len(media["payload"]) == 216 for media in heard.media), "160 bytes, 20 ms"


def test_what_was_said_while_no_stream_was_open_is_heard_by_nobody(carrier, product, listener):
    product.on("/voice", "<Say>Vent</Say><Redirect>/next</Redirect>")
    product.on("/next", start(listener) + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN)

    call.speak(SPEECH).silence(3)

    until(lambda: listener.streams and len(listener.streams[0].media) > 50)
    assert set(listener.streams[0].sound()) == {SILENT}


def test_a_stream_lives_on_across_documents_until_it_is_stopped_by_its_name(carrier, product, listener):
    product.on("/voice", start(listener) + "<Say>Først</Say><Redirect>/next</Redirect>")
    product.on("/next", '<Say>Derpå</Say><Stop><Stream name="spørgsmål"/></Stop><Say>Til sidst</Say>' + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN)

    call.hears("derpå")
    assert call.is_listened_to
    call.hears("til sidst")
    assert not call.is_listened_to
    call.speak(SPEECH)

    (heard,) = listener.streams
    assert heard.ended.wait(5)
    assert heard.events[-1] == "stop"
    assert SPEECH[:160] not in heard.sound()


def test_a_stream_is_set_up_beside_the_document_which_goes_on_at_once(carrier, product, listener):
    product.on("/voice", start(listener) + "<Say>Hvad drejer det sig om?</Say>" + WAIT)
    began = carrier.clock.now()

    heard = carrier.phone(CITIZEN).call(MAIN).hears("hvad drejer")

    assert heard.at == began


def test_to_stop_a_stream_that_is_not_there_is_no_mistake(carrier, product):
    product.on("/voice", '<Stop><Stream name="andet"/></Stop><Say>Hej</Say>')

    carrier.phone(CITIZEN).call(MAIN).hears("hej")

    assert carrier.problems == []


def test_the_product_is_told_when_a_stream_starts_and_stops(carrier, product, listener):
    product.on("/voice", start(listener, more='statusCallback="/stream"') + WAIT)

    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(1)
    call.hang_up()

    assert product.told("/stream", "StreamEvent") == ["stream-started", "stream-stopped"]
    told = product.asked("/stream")[0]
    assert told["StreamName"] == "spørgsmål"
    assert told["StreamSid"] == call.call.streams.all[0].sid
    assert (told["CallSid"], told["AccountSid"]) == (call.sid, ACCOUNT)


def test_both_tracks_are_sent_each_with_its_own_count(carrier, product, listener):
    product.on("/voice", start(listener, more='track="both_tracks"') + WAIT)

    carrier.phone(CITIZEN).call(MAIN).silence(1)

    heard = listener.streams[0]
    until(lambda: len(heard.media) > 20)
    assert heard.start["tracks"] == ["inbound", "outbound"]
    assert {media["track"] for media in heard.media if media["chunk"] == "1"} == {"inbound", "outbound"}


def test_keys_are_not_told_on_a_one_way_stream(carrier, product, listener):
    product.on("/voice", start(listener) + '<Gather action="/next"/>')

    call = carrier.phone(CITIZEN).call(MAIN).silence(1).press("1")
    call.hang_up()

    assert listener.streams[0].ended.wait(5)
    assert listener.streams[0].events == ["connected", "start", "media", "stop"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9/listen", 31922),
        ("ws://ivr.example.dk/listen", 31922),
        ("wss:///listen", 31923),
        ("wss://ivr.example.dk/listen?leg=7", 31923),
        ("ws://127.0.0.1:9/listen", 31902),
    ],
)
def test_a_stream_that_cannot_be_opened_is_an_error_of_the_stream_and_the_call_goes_on(carrier, product, url, code):
    product.on("/voice", f'<Start><Stream url="{url}" statusCallback="/stream"/></Start><Say>Videre</Say>{WAIT}')

    call = carrier.phone(CITIZEN).call(MAIN)
    call.hears("videre")
    carrier.advance(1)

    assert codes(carrier) == [code]
    assert carrier.problems[0].level == "error"
    assert product.told("/stream", "StreamEvent") == ["stream-error"]
    assert product.asked("/stream")[0]["StreamError"]
    assert not call.is_listened_to


def test_a_listener_that_turns_the_stream_away_is_a_handshake_error(carrier, product, listener):
    listener.refuses = HTTPStatus.FORBIDDEN
    product.on("/voice", start(listener) + WAIT)

    carrier.phone(CITIZEN).call(MAIN).silence(1)

    assert codes(carrier) == [31920]


@pytest.mark.parametrize(
    ("close_code", "told", "problems"), [(1000, "stream-stopped", []), (1011, "stream-error", [31921])]
)
def test_the_listener_may_close_the_socket_and_the_call_goes_on(carrier, product, listener, close_code, told, problems):
    product.on("/voice", start(listener, more='statusCallback="/stream"') + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN).silence(1)

    listener.streams[0].wire.close(close_code)
    carrier.advance(1)

    assert product.told("/stream", "StreamEvent") == ["stream-started", told]
    assert codes(carrier) == problems
    assert call.is_live


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('<Start><Stream url="/listen" track="everything"/></Start>', 31941),
        ('<Start><Stream url="/listen" mood="happy"/></Start>', 12200),
        (f'<Start><Stream url="/l"><Parameter name="a" value="{"x" * 499}"/></Stream></Start>', 12200),
    ],
)
def test_a_wrong_attribute_is_warned_about_with_its_code(carrier, product, document, code):
    product.on("/voice", document + WAIT)

    carrier.phone(CITIZEN).call(MAIN)

    assert codes(carrier)[0] == code


def test_a_name_is_taken_while_its_stream_lives_and_a_call_has_four_tracks_at_most(carrier, product, listener):
    product.on(
        "/voice",
        start(listener, name="a", more='track="both_tracks"')
        + start(listener, name="a")
        + start(listener, name="b")
        + start(listener, name="c", more='track="both_tracks"')
        + WAIT,
    )

    call = carrier.phone(CITIZEN).call(MAIN).silence(1)

    assert [stream.order.name for stream in call.call.streams.live] == ["a", "b"]
    assert codes(carrier) == [12200, 12200]


def test_rest_starts_a_stream_and_stops_any_by_name_or_identifier(carrier, product, rest, listener):
    product.on("/voice", start(listener) + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(1)

    stopped = rest.calls(call.sid).streams("spørgsmål").update(status="stopped")
    created = rest.calls(call.sid).streams.create(
        url=f"{listener.url}/listen", name="af rest", parameter1_name="token", parameter1_value="x"
    )
    carrier.advance(1)

    assert stopped.status == "stopped"
    assert created.status == "in-progress"
    assert listener.streams[1].start["customParameters"] == {"token": "x"}
    assert rest.calls(call.sid).streams(created.sid).update(status="stopped").status == "stopped"
    with pytest.raises(TwilioRestException) as caught:
        rest.calls(call.sid).streams("ukendt").update(status="stopped")
    assert caught.value.status == 404


def test_a_rest_update_moves_the_call_and_the_stream_lives_on(carrier, product, rest, listener):
    product.on("/voice", start(listener) + "<Say>En lang besked som ingen hører til ende, fordi opkaldet flyttes</Say>")
    product.on("/moved", "<Say>Flyttet</Say>" + WAIT)
    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(1)

    rest.calls(call.sid).update(url=f"{product.url}/moved")
    moved = call.hears("flyttet")

    assert (moved.at - call.heard[0].at).total_seconds() < 2, "the first sentence was cut off"
    assert call.is_listened_to


def test_on_the_real_clock_frames_keep_the_pace_of_life(product, listener):
    clock = RealClock()
    carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=clock)
    carrier.number(MAIN, voice_url=f"{product.url}/voice")
    product.on("/voice", start(listener) + WAIT)

    line = carrier.phone(CITIZEN).call(MAIN)
    until(lambda: listener.streams and listener.streams[0].media)
    began = time.monotonic()
    line.speak(SPEECH)
    heard = listener.streams[0]
    until(lambda: SPEECH in heard.sound())
    passed = time.monotonic() - began
    line.hang_up()
    assert heard.ended.wait(5)
    clock.stop()

    assert passed == pytest.approx(1, abs=0.3)
    assert heard.events[-1] == "stop"


def test_eight_calls_are_streamed_at_once_each_with_its_own_sound(product, listener):
    clock = RealClock()
    carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=clock)
    carrier.number(MAIN, voice_url=f"{product.url}/voice")
    product.on("/voice", start(listener) + WAIT)

    lines = [carrier.phone(f"+4520000{n:03d}").call(MAIN) for n in range(8)]
    until(lambda: len(listener.streams) == 8 and all(heard.media for heard in listener.streams))
    for n, line in enumerate(lines):
        line.speak(bytes([n]) * 8000)
    until(lambda: all(len(set(heard.sound())) == 2 and heard.sound()[-1] == SILENT for heard in listener.streams))
    clock.stop()

    said = {heard.start["callSid"]: set(heard.sound()) - {SILENT} for heard in listener.streams}
    assert said == {line.sid: {n} for n, line in enumerate(lines)}


def test_on_a_bad_day_a_stream_never_starts_and_nothing_is_told(carrier_with, product, listener):
    carrier = carrier_with(stream_never_starts=1.0)
    product.on("/voice", start(listener, more='statusCallback="/stream"') + WAIT)

    carrier.phone(CITIZEN).call(MAIN).silence(10)

    assert listener.streams == []
    assert product.asked("/stream") == []


def test_on_a_bad_day_a_stream_starts_late(carrier_with, product, listener):
    carrier = carrier_with(stream_starts_late=1.0)
    product.on("/voice", start(listener, more='statusCallback="/stream"') + WAIT)
    began = carrier.clock.now()

    carrier.phone(CITIZEN).call(MAIN)
    carrier.clock.run(10, lambda: bool(product.asked("/stream")))

    assert 0.2 < (carrier.clock.now() - began).total_seconds() < 6.1


def test_on_a_bad_day_a_stream_breaks_off_without_a_word(carrier_with, product, listener):
    carrier = carrier_with(stream_breaks_off=1.0)
    product.on("/voice", start(listener, more='statusCallback="/stream"') + WAIT)

    call = carrier.phone(CITIZEN).call(MAIN).silence(8)

    (heard,) = listener.streams
    assert heard.ended.wait(5)
    assert heard.events == ["connected", "start", "media"]
    assert product.told("/stream", "StreamEvent") == ["stream-started"]
    assert call.is_live


def test_a_person_in_the_call_does_not_stop_a_stream_by_being_there(carrier, product, listener):
    """So the product must: this carrier, like a real one, would let a listener hear the conversation."""
    product.on("/voice", start(listener) + f"<Dial><Number>{AGENT}</Number></Dial>")
    carrier.phone(AGENT).answers(after=1)
    call = carrier.phone(CITIZEN).call(MAIN).silence(6)

    call.speak(SPEECH)

    until(lambda: SPEECH in listener.streams[0].sound())
