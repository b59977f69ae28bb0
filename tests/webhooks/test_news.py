"""News of calls, conferences and texts: of what is unknown it changes nothing, and it never fails."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.town import MAIN
from tests.webhooks.conftest import NOBODY

CONFERENCE_EVENTS = (
    "conference-start",
    "conference-end",
    "participant-join",
    "participant-leave",
    "participant-hold",
    "participant-unhold",
    "participant-mute",
    "participant-unmute",
    "participant-modify",
)


@pytest.mark.parametrize("event", CONFERENCE_EVENTS)
@pytest.mark.parametrize("label", ["", NOBODY, "somebody"])
def test_news_of_a_conference_that_we_do_not_know_changes_nothing(door, event, label):
    door.arrives()
    before = door.state()

    form = {"ConferenceSid": "CF1", "StatusCallbackEvent": event, "ParticipantLabel": label, "SequenceNumber": "1"}
    answer = door.post(f"/voice/conference/{NOBODY}", form)

    assert (answer.status, door.state()) == (200, before)


@pytest.mark.parametrize("event", CONFERENCE_EVENTS)
@pytest.mark.parametrize("label", ["", NOBODY, "somebody"])
def test_news_of_participants_that_we_do_not_know_changes_nothing(door, event, label):
    door.arrives()
    before = door.state()

    form = {"ConferenceSid": "CF1", "StatusCallbackEvent": event, "ParticipantLabel": label, "SequenceNumber": "1"}
    answer = door.post(f"/voice/conference/{door.town.contact().id}", form)

    assert (answer.status, door.state()) == (200, before)


def test_a_participant_of_another_conversation_changes_nothing(door):
    one, other = door.arrives("CA1"), door.arrives("CA2")
    contact = door.town.contact(0).id
    before = door.state()

    form = {"ConferenceSid": "CF1", "StatusCallbackEvent": "participant-join", "ParticipantLabel": other.leg}
    answer = door.post(f"/voice/conference/{contact}", form)

    assert (answer.status, door.state()) == (200, before)
    assert one.leg != other.leg


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed"])
@pytest.mark.parametrize("query", ["", f"?leg={NOBODY}", "?leg=somebody", f"?dialled_from={NOBODY}", "?dialled_from=x"])
def test_news_of_a_call_that_we_do_not_know_changes_nothing(door, status, query):
    door.arrives()
    before = door.state()

    answer = door.post(f"/voice/status{query}", door.call("CA9", CallStatus=status, SequenceNumber="0"))

    assert (answer.status, door.state()) == (200, before)


def test_news_of_a_call_under_the_name_of_another_line_does_not_end_that_line(door):
    caller = door.arrives()

    door.post(f"/voice/status?leg={caller.leg}", door.call("CA9", CallStatus="completed", SequenceNumber="0"))

    assert door.town.contact().ended_at is None
    assert caller.asks(Digits="1").status == 200


@pytest.mark.parametrize("status", ["initiated", "ringing", "in-progress", "completed"])
def test_news_of_an_employees_line_that_nobody_is_waiting_for_changes_nothing_of_the_callers(door, status):
    caller = door.arrives()
    before = door.state()

    told = door.call("CA9", CallStatus=status, SequenceNumber="3", Direction="outbound-dial")
    answer = door.post(f"/voice/status?dialled_from={caller.leg}", told)

    assert (answer.status, door.state()) == (200, before)


@pytest.mark.parametrize("status", ["queued", "sent", "delivered", "undelivered", "failed", "read", "canceled"])
def test_news_of_a_text_that_we_did_not_send_changes_nothing(door, status):
    before = door.state()

    answer = door.post("/sms/status", {"MessageSid": "SM9", "MessageStatus": status, "ErrorCode": "30006"})

    assert (answer.status, door.state()) == (200, before)


def test_a_text_from_a_citizen_is_not_kept(door):
    before = door.state()

    answer = door.post("/sms/incoming", {"MessageSid": "SM9", "From": "+4520304059", "To": MAIN, "Body": "hej"})

    assert (answer.status, door.state()) == (200, before)


# Fuzz: whatever the carrier signs, it gets a document or a refusal, never an error of ours.

_ID = st.sampled_from(["CA" + "1" * 32, "CA2", "", "CA 3", "x" * 65]) | st.text(max_size=70)
_FIELDS = {
    "CallSid": _ID,
    "From": st.sampled_from(["+4520304059", "anonymous", "", "+266696687", "sip:a@b"]) | st.text(max_size=200),
    "To": st.sampled_from([MAIN, "+4572009999", "", "client:x"]) | st.text(max_size=200),
    "CallStatus": st.sampled_from(["in-progress", "ringing", "completed", "busy", "dancing", ""])
    | st.text(max_size=20),
    "Direction": st.sampled_from(["inbound", "outbound-api", "outbound-dial", ""]),
    "Digits": st.sampled_from(["0", "1", "9", "*", "#", "hangup", "", "20304077#"]) | st.text(max_size=70),
    "SpeechResult": st.sampled_from(["jeg skal have nyt pas", "ja", "nej", "Mette", ""]) | st.text(max_size=5000),
    "Confidence": st.sampled_from(["0.9", "nan", "inf", "-1", "", "1e999"]) | st.text(max_size=10),
    "DialCallStatus": st.sampled_from(["answered", "completed", "busy", "no-answer", ""]) | st.text(max_size=20),
    "DialBridged": st.sampled_from(["true", "false", ""]),
    "RecordingUrl": st.sampled_from(["https://api.twilio.com/r/RE1", "", "ftp://x"]) | st.text(max_size=1100),
    "RecordingDuration": st.sampled_from(["7", "", "-1", "999999999", "9999999999"]) | st.text(max_size=10),
    "SequenceNumber": st.sampled_from(["0", "1", "999999999", "9999999999", ""]) | st.text(max_size=10),
    "StatusCallbackEvent": st.sampled_from([*CONFERENCE_EVENTS, ""]) | st.text(max_size=30),
    "ConferenceSid": _ID,
    "ParticipantLabel": st.sampled_from([NOBODY, "", "x"]) | st.text(max_size=70),
    "MessageSid": _ID,
    "MessageStatus": st.sampled_from(["delivered", "failed", "", "dancing"]) | st.text(max_size=20),
    "ErrorCode": st.sampled_from(["30006", "", "x", "9999999999"]),
    "Body": st.text(max_size=3000),
}
_FORMS = st.fixed_dictionaries({}, optional=_FIELDS)
_TURNS = st.sampled_from(["", "?turn=0", "?turn=1", "?turn=2", "?turn=x", "?turn=&tries=-9", "?tries=99", "?leg=x"])
_ROUTES = (
    "/voice/incoming",
    "/voice/next/{leg}",
    f"/voice/next/{NOBODY}",
    "/voice/whisper/{leg}",
    f"/voice/whisper/{NOBODY}",
    "/voice/conference/{contact}",
    "/voice/status",
    "/sms/status",
    "/sms/incoming",
)


@pytest.mark.parametrize("route", _ROUTES)
def test_whatever_form_is_signed_the_answer_is_a_document_or_a_refusal(door, route):
    caller = door.arrives()
    path = route.format(leg=caller.leg, contact=door.town.contact().id)

    @given(form=_FORMS, query=_TURNS)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def whatever(form, query):
        form = {name: value.encode("utf-8", "ignore").decode() for name, value in form.items()}
        answer = door.post(f"{path}{query}", form)
        assert answer.status in (200, 400), (answer.status, form)
        assert answer.root.tag == "Response"

    whatever()
