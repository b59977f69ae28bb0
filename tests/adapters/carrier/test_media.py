"""Messages of a media stream, as the carrier documents them."""

import base64
import json

import pytest

from ivr.adapters.carrier.fields import MalformedRequest
from ivr.adapters.carrier.media import Sound, StreamStarted, StreamStopped, read

FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
START = {
    "streamSid": "MZ18ad3ab5a668481ce02b83e7395059f0",
    "accountSid": "AC123",
    "callSid": "CA123",
    "tracks": ["inbound"],
    "mediaFormat": FORMAT,
    "customParameters": {"token": "abc", "other": "1"},
}


def message(event: str, **parts: object) -> str:
    return json.dumps({"event": event, "sequenceNumber": "1", "streamSid": "MZ1", **parts})


def test_a_stream_begins_with_its_call_and_the_token_that_we_gave_it():
    assert read(message("start", start=START)) == StreamStarted(call_id="CA123", token="abc")


def test_the_callers_sound_is_taken_and_ours_is_not():
    payload = base64.b64encode(b"\xff\x7f").decode()

    assert read(message("media", media={"track": "inbound", "payload": payload})) == Sound(mulaw=b"\xff\x7f")
    assert read(message("media", media={"track": "outbound", "payload": payload})) is None


def test_a_stream_ends():
    assert read(message("stop", stop={"accountSid": "AC123", "callSid": "CA123"})) == StreamStopped()


@pytest.mark.parametrize("event", ["connected", "mark", "dtmf", "something new"])
def test_what_tells_us_nothing_is_left_out(event):
    assert read(message(event)) is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "message"),
        ("[1]", "message"),
        (message("start"), "start"),
        (message("start", start=START | {"callSid": ""}), "callSid"),
        (message("start", start=START | {"callSid": "CA 1"}), "callSid"),
        (message("start", start=START | {"customParameters": {}}), "token"),
        (message("start", start=START | {"customParameters": {"token": "x" * 101}}), "token"),
        (message("start", start=START | {"mediaFormat": FORMAT | {"sampleRate": 16000}}), "mediaFormat"),
        (message("media"), "media"),
        (message("media", media={"payload": "no base64"}), "payload"),
        (message("media", media={"payload": 7}), "payload"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(text, field):
    with pytest.raises(MalformedRequest) as refused:
        read(text)

    assert refused.value.field == field
