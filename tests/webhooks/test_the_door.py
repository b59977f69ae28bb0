"""Only the carrier comes in: whatever is not signed by it, or is no form, changes nothing."""

import io
import wave

import pytest

from tests.kit.town import MAIN, TOKEN
from tests.webhooks.conftest import EMPTY, NOBODY, Door

ROUTES = {
    "/voice/incoming": {"CallSid": "CA2", "From": "+4520304070", "To": MAIN, "CallStatus": "ringing"},
    f"/voice/next/{NOBODY}?turn=0": {"CallSid": "CA1", "CallStatus": "in-progress", "Digits": "0"},
    f"/voice/whisper/{NOBODY}": {"CallSid": "CA1", "CallStatus": "in-progress"},
    f"/voice/conference/{NOBODY}": {"ConferenceSid": "CF1", "StatusCallbackEvent": "conference-start"},
    "/voice/status": {"CallSid": "CA" + "1" * 32, "CallStatus": "completed", "SequenceNumber": "0"},
    "/sms/status": {"MessageSid": "SM1", "MessageStatus": "delivered"},
    "/sms/incoming": {"MessageSid": "SM2", "From": "+4520304059", "To": MAIN, "Body": "hej"},
}
each_route = pytest.mark.parametrize("route", ROUTES)


def refused(door: Door, route: str, status: int = 403, **how) -> None:
    """The request is turned away with `status`, and nothing has changed."""
    door.arrives()
    before = door.state()

    answer = door.post(route, ROUTES[route], **how)

    assert (answer.status, door.state()) == (status, before)


@each_route
def test_an_unsigned_request_is_refused(door, route):
    refused(door, route, signature=None)


@each_route
def test_a_request_signed_with_another_token_is_refused(door, route):
    refused(door, route, signature=door.signature(door.town.url + route, ROUTES[route], token=TOKEN + "x"))


@each_route
def test_a_request_signed_for_another_address_is_refused(door, route):
    refused(door, route, signature=door.signature(door.town.url + "/voice/hold-music", ROUTES[route]))


@each_route
def test_a_request_with_one_field_changed_is_refused(door, route):
    refused(door, route, signature=door.signature(door.town.url + route, ROUTES[route] | {"CallSid": "CA3"}))


def test_a_request_with_another_turn_than_the_signed_one_is_refused(door):
    caller = door.arrives()
    form = door.call(caller.sid, Digits="0")
    before = door.state()

    answer = door.post(
        f"/voice/next/{caller.leg}?turn=1",
        form,
        signature=door.signature(f"{door.town.url}/voice/next/{caller.leg}?turn=0", form),
    )

    assert (answer.status, door.state()) == (403, before)


@each_route
def test_an_empty_signature_is_refused(door, route):
    refused(door, route, signature="")


@each_route
def test_a_signature_that_is_no_ascii_is_refused(door, route):
    refused(door, route, signature="æøå".encode().decode("latin-1"))


@each_route
def test_json_is_refused_whoever_signed_it(door, route):
    refused(door, route, body='{"CallSid": "CA1"}', content_type="application/json")


@each_route
def test_a_body_of_a_megabyte_is_refused(door, route):
    door.arrives()
    before = door.state()

    answer = door.post(route, ROUTES[route] | {"Padding": "x" * 1_000_000})

    assert answer.status in (403, 413)
    assert door.state() == before


@each_route
def test_bytes_that_are_no_text_are_refused(door, route):
    refused(door, route, body=b"CallSid=CA1&CallStatus=completed&From=%ff%fe&To=\xff\xfe")


@each_route
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_heard(door, route, method):
    refused(door, route, 405, method=method)


@each_route
def test_a_request_through_the_right_door_is_taken(door, route):
    """The other tests would prove nothing if these forms were refused for themselves."""
    door.arrives()

    assert door.post(route, ROUTES[route]).status == 200


MALFORMED = {
    "a call without its id": ("/voice/incoming", {"From": "+4520304059", "To": MAIN}),
    "a call to no number": ("/voice/incoming", {"CallSid": "CA2", "From": "+4520304059", "To": "nowhere"}),
    "a call with an id that is none": ("/voice/incoming", {"CallSid": "CA 2;", "To": MAIN}),
    "a turn without a call": ("/voice/next/{leg}?turn=0", {"CallStatus": "in-progress", "Digits": "0"}),
    "a turn of a call whose id is none": ("/voice/next/{leg}?turn=0", {"CallSid": "\x00", "Digits": "0"}),
    "a whisper answered with a word": ("/voice/whisper/{leg}", {"CallSid": "CA1", "Digits": "ja"}),
    "a conference event nobody asked for": (
        "/voice/conference/{contact}",
        {"ConferenceSid": "CF1", "StatusCallbackEvent": "participant-dances"},
    ),
    "a conference event without a conference": (
        "/voice/conference/{contact}",
        {"StatusCallbackEvent": "conference-start"},
    ),
    "a status without a call": ("/voice/status", {"CallStatus": "completed"}),
    "a status that is none": ("/voice/status", {"CallSid": "CA" + "1" * 32, "CallStatus": "dancing"}),
    "a status without a status": ("/voice/status", {"CallSid": "CA" + "1" * 32}),
    "a status in no order": (
        "/voice/status",
        {"CallSid": "CA" + "1" * 32, "CallStatus": "completed", "SequenceNumber": "first"},
    ),
    "a text status that is none": ("/sms/status", {"MessageSid": "SM1", "MessageStatus": "dancing"}),
    "a text status without a text": ("/sms/status", {"MessageStatus": "delivered"}),
    "a text without an id": ("/sms/incoming", {"From": "+4520304059", "To": MAIN, "Body": "hej"}),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_form_that_cannot_be_right_is_answered_400_with_an_empty_document_and_changes_nothing(door, case):
    caller = door.arrives()
    before = door.state()
    path, form = MALFORMED[case]

    answer = door.post(path.format(leg=caller.leg, contact=door.town.contact().id), form)

    assert (answer.status, answer.body, door.state()) == (400, EMPTY, before)


def test_the_music_on_hold_is_there_for_whoever_asks(door):
    asked = [door.post("/voice/hold-music", {}, method=method, signature=None) for method in ("GET", "POST")]

    assert [(answer.status, answer.verbs) for answer in asked] == [(200, ["Play"])] * 2


@pytest.mark.parametrize("seconds", [1, 9, 22])
def test_the_waiting_music_lasts_as_long_as_asked(door, seconds):
    asked = door.town.http.get(f"{door.town.url}/voice/music/{seconds}.wav", timeout=5)

    with wave.open(io.BytesIO(asked.content)) as music:
        assert music.getnframes() / music.getframerate() == seconds


@pytest.mark.parametrize("seconds", [0, 23, 10**9])
def test_there_is_no_music_longer_than_the_piece(door, seconds):
    assert door.town.http.get(f"{door.town.url}/voice/music/{seconds}.wav", timeout=5).status_code == 404
