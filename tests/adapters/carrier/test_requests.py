"""The carrier's forms, as Twilio sends them, and what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from ivr.adapters.carrier.fields import MalformedRequest
from ivr.adapters.carrier.requests import (
    CallProgress,
    ConferenceEvent,
    ConferenceEventKind,
    IncomingCall,
    IncomingText,
    RecordingStatus,
    TextStatus,
    TurnTaken,
    call_progress,
    conference_event,
    incoming_call,
    incoming_text,
    recording_status,
    text_status,
    turn_taken,
    whispered_keys,
)
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.flow.events import MessageRecorded, PersonAnswered, PersonUnreached, Pressed, Silence
from ivr.domain.heard import Words
from ivr.domain.phone import PhoneNumber

CALL = "CA" + "1" * 32
VOICE = {
    "AccountSid": "AC" + "a" * 32,
    "ApiVersion": "2010-04-01",
    "CallSid": CALL,
    "CallStatus": "in-progress",
    "Direction": "inbound",
    "From": "+4520123456",
    "FromCity": "",
    "To": "+4572001234",
}
RECORDING = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"


def taken(turn: str = "3", **fields: str):
    return turn_taken(VOICE | fields, {"turn": turn}).input


def test_a_call_comes_in():
    assert incoming_call(VOICE | {"CallStatus": "ringing"}) == IncomingCall(
        call_id=CALL, caller=PhoneNumber("+4520123456"), called=PhoneNumber("+4572001234")
    )


@pytest.mark.parametrize(
    "withheld", ["anonymous", "Restricted", "", "+266696687", "+86282452253", "client:ali", "x" * 5000]
)
def test_a_caller_without_a_number_is_served_all_the_same(withheld):
    assert incoming_call(VOICE | {"From": withheld}).caller is None


def test_a_key_takes_the_turn_of_its_address():
    assert turn_taken(MultiDict(VOICE | {"Digits": "1", "msg": "Gather End"}), MultiDict({"turn": "3"})) == TurnTaken(
        call_id=CALL, turn=3, input=Pressed("1"), call_over=False, dial_status=None
    )


def test_every_kind_of_input():
    spoken = {"SpeechResult": " jeg skal have  nyt pas ", "Confidence": "0.91"}
    assert taken(Digits="*") == Pressed("*")
    assert taken(Digits="72001234") == Pressed("72001234")
    assert taken(Digits="") == Silence()
    assert taken() == Silence()
    assert taken(**spoken) == Words(text="jeg skal have nyt pas", confidence=0.91)
    assert taken(SpeechResult="") == Silence()
    assert taken(RecordingUrl=RECORDING, RecordingDuration="17", Digits="#") == MessageRecorded(RECORDING, 17)


@pytest.mark.parametrize("confidence", ["", "nan", "inf", "very"])
def test_words_count_without_a_usable_confidence(confidence):
    assert taken(SpeechResult="pas", Confidence=confidence) == Words(text="pas", confidence=None)


def test_a_message_ended_by_hanging_up_is_kept_though_nobody_hears_the_answer():
    form = VOICE | {
        "RecordingUrl": RECORDING,
        "RecordingDuration": "9",
        "Digits": "hangup",
        "CallStatus": "completed",
    }

    assert turn_taken(form, {"turn": "3"}) == TurnTaken(
        call_id=CALL, turn=3, input=MessageRecorded(RECORDING, 9), call_over=True, dial_status=None
    )


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, PersonAnswered()),
        ({"DialCallStatus": "completed"}, PersonAnswered()),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, PersonUnreached()),
        ({"DialCallStatus": "busy"}, PersonUnreached()),
        ({"DialCallStatus": "no-answer"}, PersonUnreached()),
        ({"DialCallStatus": "failed"}, PersonUnreached()),
        ({"DialCallStatus": "canceled"}, PersonUnreached()),
        ({"DialCallStatus": "answered"}, None),
    ],
)
def test_how_a_dialled_line_ended(fields, event):
    assert taken(**fields) == event


def test_the_way_out_of_a_conference_takes_no_turn():
    assert turn_taken(VOICE | {"DialCallStatus": "answered"}, {}) == TurnTaken(
        call_id=CALL, turn=None, input=None, call_over=False, dial_status="answered"
    )


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_a_closed_line_is_said_to_be_over(status):
    assert turn_taken(VOICE | {"CallStatus": status}, {"turn": "3"}).call_over is True


@pytest.mark.parametrize("status", ["ringing", "in-progress", "something-new", ""])
def test_a_status_that_we_do_not_know_never_ends_a_call(status):
    assert turn_taken(VOICE | {"CallStatus": status}, {"turn": "3"}).call_over is False


@pytest.mark.parametrize(
    ("form", "query", "error"),
    [
        ({"CallSid": ""}, {}, "The carrier's field 'CallSid' is missing."),
        ({"CallSid": "CA 1"}, {}, "The carrier's field 'CallSid' is not an identifier."),
        ({"CallSid": "C" * 65}, {}, "The carrier's field 'CallSid' is longer than 64 characters."),
        ({"CallSid": "CA\ufffd"}, {}, "The carrier's field 'CallSid' is not text."),
        ({}, {"turn": "-1"}, "The carrier's field 'turn' is not a number."),
        ({}, {"turn": "9" * 10}, "The carrier's field 'turn' is not a number."),
        ({"Digits": "1a"}, {"turn": "3"}, "The carrier's field 'Digits' holds something that is no key."),
        ({"Digits": "1" * 65}, {"turn": "3"}, "The carrier's field 'Digits' is longer than 64 characters."),
        ({"Digits": "١"}, {"turn": "3"}, "The carrier's field 'Digits' holds something that is no key."),
        ({"RecordingUrl": "file:///x"}, {"turn": "3"}, "The carrier's field 'RecordingUrl' is not a web address."),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_field(form, query, error):
    with pytest.raises(MalformedRequest) as caught:
        turn_taken(VOICE | form, query)

    assert caught.value.text == error


def test_bytes_that_are_no_text_are_left_out_of_what_a_person_said():
    assert taken(SpeechResult="nyt\ufffd pas\x00") == Words(text="nyt pas", confidence=None)
    assert len(taken(SpeechResult="pas " * 10_000).text) <= 4000


def test_a_call_of_ours_makes_progress():
    form = VOICE | {
        "CallStatus": "ringing",
        "SequenceNumber": "1",
        "QueueTime": "1200",
        "CallbackSource": "call-progress-events",
    }

    assert call_progress(form, {"leg": "leg7"}) == CallProgress(
        call_id=CALL,
        leg="leg7",
        dialled_from=None,
        status=LegStatus.RINGING,
        sequence=1,
        duration_seconds=None,
        queue_milliseconds=1200,
    )


def test_a_named_persons_line_is_not_taken_for_the_callers():
    progress = call_progress(VOICE | {"CallStatus": "completed", "CallDuration": "31"}, {"dialled_from": "leg7"})

    assert (progress.leg, progress.dialled_from, progress.duration_seconds) == (None, "leg7", 31)


@pytest.mark.parametrize("status", ["", "planned", "over"])
def test_progress_without_a_status_of_the_carriers_is_refused(status):
    with pytest.raises(MalformedRequest):
        call_progress(VOICE | {"CallStatus": status}, {})


@pytest.mark.parametrize(
    ("status", "message"),
    [("completed", MessageRecorded(RECORDING, 9)), ("absent", None), ("in-progress", None), ("failed", None)],
)
def test_a_recording_is_a_message_once_it_can_be_heard(status, message):
    form = {"CallSid": CALL, "RecordingStatus": status, "RecordingUrl": RECORDING, "RecordingDuration": "9"}

    told = recording_status(form, {"turn": "3"})

    assert told == RecordingStatus(call_id=CALL, turn=3, message=message)


def test_somebody_leaves_a_conference():
    form = {
        "ConferenceSid": "CF1",
        "FriendlyName": "contact-42",
        "StatusCallbackEvent": "participant-leave",
        "ParticipantLabel": "leg7",
        "CallSid": CALL,
        "SequenceNumber": "4",
        "Hold": "false",
        "Muted": "false",
        "EndConferenceOnExit": "true",
        "ReasonParticipantLeft": "participant_hung_up",
    }

    assert conference_event(form, "42") == ConferenceEvent(
        conference_sid="CF1",
        contact="42",
        kind=ConferenceEventKind.PARTICIPANT_LEAVE,
        label="leg7",
        call_id=CALL,
        sequence=4,
        reason="participant_hung_up",
        held=False,
        anchor=True,
    )


def test_a_conference_ends():
    form = {
        "ConferenceSid": "CF1",
        "StatusCallbackEvent": "conference-end",
        "SequenceNumber": "5",
        "ReasonConferenceEnded": "last-participant-left",
    }

    assert conference_event(form, "42") == ConferenceEvent(
        conference_sid="CF1",
        contact="42",
        kind=ConferenceEventKind.CONFERENCE_END,
        label=None,
        call_id=None,
        sequence=5,
        reason="last-participant-left",
        held=None,
        anchor=None,
    )


def test_a_text_comes_in_and_one_of_ours_gets_on():
    text = {"MessageSid": "SM1", "From": "+4520123456", "To": "+4572001234", "Body": " STOP ", "NumMedia": "0"}
    status = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30006", "SmsSid": "SM1"}

    assert incoming_text(text) == IncomingText(
        message_id="SM1", sender=PhoneNumber("+4520123456"), to="+4572001234", body="STOP"
    )
    assert text_status(status) == TextStatus(message_id="SM1", status="undelivered", error_code=30006)


def test_the_key_of_a_named_person():
    assert whispered_keys(VOICE) is None
    assert whispered_keys(VOICE | {"Digits": "1"}) == "1"


_NAMES = st.sampled_from(
    [
        "CallSid",
        "Digits",
        "SpeechResult",
        "Confidence",
        "CallStatus",
        "DialCallStatus",
        "RecordingUrl",
        "RecordingDuration",
        "RecordingStatus",
    ]
    + [
        "From",
        "To",
        "SequenceNumber",
        "StatusCallbackEvent",
        "ConferenceSid",
        "MessageSid",
        "MessageStatus",
        "ErrorCode",
    ]
)


@given(
    form=st.dictionaries(_NAMES, st.text(max_size=80)),
    query=st.dictionaries(st.sampled_from(["turn", "leg"]), st.text()),
)
def test_whatever_comes_is_understood_or_refused(form, query):
    readers = (
        lambda: incoming_call(form),
        lambda: turn_taken(form, query),
        lambda: call_progress(form, query),
        lambda: conference_event(form, "42"),
        lambda: incoming_text(form),
        lambda: text_status(form),
        lambda: recording_status(form, query),
    )
    for read in readers:
        try:
            read()
        except MalformedRequest as refusal:
            assert refusal.field
