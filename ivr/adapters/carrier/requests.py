"""What the carrier tells us: forms in, values out.

A form holds more fields than we know, some of them empty, and new ones appear; only what is used is read, and what is
read is checked. A field that cannot be right is refused by name (`MalformedRequest`), never guessed: an order of events
built on a guess loses callers. Sources: twilio.com/docs/voice/twiml (request parameters), …/api/call-resource (status
callbacks), …/twiml/conference (its events), …/twiml/record (its action and its report), docs/messaging/guides/webhook-request.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ivr.adapters.carrier.fields import (
    Form,
    MalformedRequest,
    count,
    flag,
    identifier,
    optional_identifier,
    optional_text,
    people_said,
    text,
)
from ivr.domain.conversation.legs import LegStatus, is_over
from ivr.domain.flow.events import Event, MessageRecorded, PersonAnswered, PersonUnreached, Pressed, Silence
from ivr.domain.heard import Words
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber

LONGEST_KEYS = 64
LONGEST_ADDRESS = 1000
LONGEST_FROM = 160

_STATUSES = frozenset(status.value for status in LegStatus) - {LegStatus.PLANNED}
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCall:
    """Somebody calls one of our numbers. `caller` is None where the number is withheld or is none."""

    call_id: str
    caller: PhoneNumber | None
    called: PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken:
    """A line asks what to do next.

    `input` is what came in for `turn`: keys, words, a message, how a named person's line ended, or silence. Without a
    turn (a moved call) there is no input; a way out of a conference has a turn and no input and nothing may act. `call_over` is set when the
    line is closed already, so that nobody will hear the answer; a message may come with it. `dial_status` is how a
    dialled line or a stay in a conference ended (`answered` after a conference).
    """

    call_id: str
    turn: int | None
    input: Event | Words | None
    call_over: bool
    dial_status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProgress:
    """A call's status has changed, as far as the carrier says; it may come twice, late, or not at all.

    `leg` is known for calls that we created; an incoming call is found by `call_id`. `dialled_from` is the leg from
    which a named person is rung: then `call_id` is the person's line, not the leg's. `queue_milliseconds` is how long a
    created call waited at the carrier before it was dialled.
    """

    call_id: str
    leg: str | None
    dialled_from: str | None
    status: LegStatus
    sequence: int | None
    duration_seconds: int | None
    queue_milliseconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStatus:
    """How a recording that was asked for in `turn` has come out; `message` is None where there is nothing to hear."""

    call_id: str
    turn: int | None
    message: MessageRecorded | None


class ConferenceEventKind(StrEnum):
    CONFERENCE_START = "conference-start"
    CONFERENCE_END = "conference-end"
    PARTICIPANT_JOIN = "participant-join"
    PARTICIPANT_LEAVE = "participant-leave"
    PARTICIPANT_HOLD = "participant-hold"
    PARTICIPANT_UNHOLD = "participant-unhold"
    PARTICIPANT_MUTE = "participant-mute"
    PARTICIPANT_UNMUTE = "participant-unmute"
    PARTICIPANT_MODIFY = "participant-modify"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceEvent:
    """Something happened in the conference of `contact`.

    `label` is the participant's leg. `participant-leave` says that it is not in the room, not that its call has ended.
    `held` and `anchor` are the participant's settings after the event, where the carrier tells them. `sequence` does
    not promise the order of arrival.
    """

    conference_sid: str
    contact: str
    kind: ConferenceEventKind
    label: str | None
    call_id: str | None
    sequence: int | None
    reason: str | None
    held: bool | None
    anchor: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingText:
    """Somebody sent one of our numbers a text message."""

    message_id: str
    sender: PhoneNumber | None
    to: str
    body: str


TextStatusName = Literal["queued", "sending", "sent", "delivered", "undelivered", "failed", "read"]
_TEXT_STATUSES: dict[str, TextStatusName] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
    "read": "read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStatus:
    """How far a text message has come. `error_code` says why not (30006: a landline)."""

    message_id: str
    status: TextStatusName
    error_code: int | None


def incoming_call(form: Form) -> IncomingCall:
    """A form to a number's voice URL."""
    called = text(form, "To")
    try:
        number = PhoneNumber.parse(called)
    except NotAPhoneNumber:
        raise MalformedRequest("To", "is not a telephone number") from None
    return IncomingCall(call_id=identifier(form, "CallSid"), caller=_caller(form), called=number)


def turn_taken(form: Form, query: Form) -> TurnTaken:
    """A form to `/voice/next/{leg}`, with the query of its address."""
    turn = count(query, "turn")
    dial_status = optional_text(form, "DialCallStatus")
    return TurnTaken(
        call_id=identifier(form, "CallSid"),
        turn=turn,
        input=None if turn is None else _input(form, dial_status),
        call_over=_is_over(form),
        dial_status=dial_status,
    )


def whispered_keys(form: Form) -> str | None:
    """The key that a named person pressed after the whisper; None when the line has only just answered."""
    keys = optional_text(form, "Digits", LONGEST_KEYS)
    return None if keys is None else _pressed(keys).keys


def call_progress(form: Form, query: Form) -> CallProgress:
    """A form to `/voice/status`, with the query of its address."""
    return CallProgress(
        call_id=identifier(form, "CallSid"),
        leg=optional_identifier(query, "leg"),
        dialled_from=optional_identifier(query, "dialled_from"),
        status=_leg_status(form),
        sequence=count(form, "SequenceNumber"),
        duration_seconds=count(form, "CallDuration"),
        queue_milliseconds=count(form, "QueueTime"),
    )


def recording_status(form: Form, query: Form) -> RecordingStatus:
    """A form to `/voice/recording/{leg}`, with the query of its address."""
    is_ready = text(form, "RecordingStatus") == "completed"
    message = _recorded(form, text(form, "RecordingUrl", LONGEST_ADDRESS)) if is_ready else None
    return RecordingStatus(call_id=identifier(form, "CallSid"), turn=count(query, "turn"), message=message)


def conference_event(form: Form, contact: str) -> ConferenceEvent:
    """A form to `/voice/conference/{contact}`."""
    try:
        kind = ConferenceEventKind(text(form, "StatusCallbackEvent"))
    except ValueError:
        raise MalformedRequest("StatusCallbackEvent", "is not an event that we asked for") from None
    has_ended = kind is ConferenceEventKind.CONFERENCE_END
    reason = "ReasonConferenceEnded" if has_ended else "ReasonParticipantLeft"
    return ConferenceEvent(
        conference_sid=identifier(form, "ConferenceSid"),
        contact=contact,
        kind=kind,
        label=optional_identifier(form, "ParticipantLabel"),
        call_id=optional_identifier(form, "CallSid"),
        sequence=count(form, "SequenceNumber"),
        reason=optional_text(form, reason),
        held=flag(form, "Hold"),
        anchor=flag(form, "EndConferenceOnExit"),
    )


def incoming_text(form: Form) -> IncomingText:
    """A form to a number's SMS URL. The body is cut, never refused: somebody wrote it."""
    return IncomingText(
        message_id=identifier(form, "MessageSid"),
        sender=_caller(form),
        to=text(form, "To"),
        body=people_said(form, "Body"),
    )


def text_status(form: Form) -> TextStatus:
    """A form to `/sms/status`."""
    status = _TEXT_STATUSES.get(text(form, "MessageStatus"))
    if status is None:
        raise MalformedRequest("MessageStatus", "is not a status of a message")
    return TextStatus(message_id=identifier(form, "MessageSid"), status=status, error_code=count(form, "ErrorCode"))


def _input(form: Form, dial_status: str | None) -> Event | Words | None:
    """The one thing that came in. A recording is looked for first: `Digits` then only says what ended it."""
    if recording := optional_text(form, "RecordingUrl", LONGEST_ADDRESS):
        return _recorded(form, recording)
    if dial_status is not None:
        return _dialled(form, dial_status)
    if keys := optional_text(form, "Digits", LONGEST_KEYS):
        return Silence() if keys == "hangup" else _pressed(keys)
    if said := people_said(form, "SpeechResult"):
        return Words(text=said, confidence=_confidence(form))
    return Silence()


def _recorded(form: Form, recording: str) -> MessageRecorded:
    if not _WEB_ADDRESS.fullmatch(recording):
        raise MalformedRequest("RecordingUrl", "is not a web address")
    return MessageRecorded(recording=recording, seconds=count(form, "RecordingDuration") or 0)


def _dialled(form: Form, dial_status: str) -> Event | None:
    """How a named person's line ended. `answered` is a conference's end, which is nobody's input.

    A person who picked up but did not press 1 is `completed` as well; only `DialBridged` tells that nobody was joined.
    """
    if dial_status == "answered":
        return None
    bridged = flag(form, "DialBridged")
    return PersonAnswered() if dial_status == "completed" and bridged is not False else PersonUnreached()


def _pressed(keys: str) -> Pressed:
    try:
        return Pressed(keys)
    except ValueError:
        raise MalformedRequest("Digits", "holds something that is no key") from None


def _confidence(form: Form) -> float | None:
    """None where it is missing or no number: the words are worth more than the figure."""
    try:
        confidence = float(form.get("Confidence", ""))
    except ValueError:
        return None
    return min(1.0, max(0.0, confidence)) if math.isfinite(confidence) else None


def _leg_status(form: Form) -> LegStatus:
    status = text(form, "CallStatus")
    if status not in _STATUSES:
        raise MalformedRequest("CallStatus", "is not a status of a call")
    return LegStatus(status)


def _is_over(form: Form) -> bool:
    """An unknown status is not the end of a call."""
    status = form.get("CallStatus", "")
    return status in _STATUSES and is_over(LegStatus(status))


def _caller(form: Form) -> PhoneNumber | None:
    return PhoneNumber.of_caller(form.get("From", "")[:LONGEST_FROM])
