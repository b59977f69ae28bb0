"""What we ask of the carrier's REST API: one method per need, each one request (hold and anchor: a change, then a look).

Every method returns what is known afterwards or raises an outcome of `outcomes.py`; nothing is repeated here, since only
the order's kind knows whether that is allowed. Conferences and participants are found by our names for them (contact and
leg), calls by the carrier's id. Sources: twilio.com/docs/voice/api/call-resource, …/conference-resource,
…/conference-participant-resource, docs/messaging/api/message-resource.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.rest import Client

from ivr.adapters.carrier import addresses
from ivr.adapters.carrier.outcomes import CALL_NOT_IN_PROGRESS, NOT_FOUND, Permanent, Unknown
from ivr.adapters.carrier.wire import CONNECT_SECONDS, READ_SECONDS, Wire, asking, known
from ivr.domain.conversation.legs import LegStatus, is_over
from ivr.domain.phone import PhoneNumber

LONGEST_REQUEST = timedelta(seconds=CONNECT_SECONDS + READ_SECONDS)
"""How long one request is waited for; what a method takes is this for each request that it makes."""

MOST_LISTED = 50
_GONE = frozenset([NOT_FOUND, 404])


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """A call in the carrier's list. `created` is the carrier's clock, in whole seconds."""

    call_id: str
    to: str
    status: LegStatus
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSeen:
    """A text message in the carrier's list."""

    message_id: str
    to: str
    body: str
    status: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who is in a conference. `leg` is the label it entered with; None for one that is not ours."""

    leg: str | None
    call_id: str
    held: bool
    muted: bool
    anchor: bool


class Carrier:
    """The carrier's REST API, as an account of ours sees it.

    `hold_url` is a TwiML document with what a party on hold hears; without it the carrier plays its own music. Safe to
    share between threads.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        public_url: str,
        api_url: str | None = None,
        hold_url: str | None = None,
    ) -> None:
        self._public_url = public_url
        self._hold_url = hold_url
        self._client = Client(account_sid, auth_token, http_client=Wire(api_url))

    def ring(self, leg: str, to: str, from_: PhoneNumber, ring_seconds: int) -> str:
        """Call `to` (`+45…`, `sip:…`, `client:…`) as `leg`; returns the carrier's call id. Never to be repeated.

        The leg's id is in both addresses of the call, so that a call whose reply is lost makes itself known.
        """
        with asking():
            call = self._client.calls.create(
                to=to,
                from_=from_.e164,
                url=addresses.next_document(self._public_url, leg, turn=0),
                method="POST",
                timeout=ring_seconds,
                status_callback=addresses.leg_status(self._public_url, leg),
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
            )
            return known(call.sid)

    def move(self, call_id: str, leg: str) -> None:
        """Let the call ask for its goal at once. `Permanent` 21220 where it is not in progress (any more, or yet)."""
        with asking():
            self._client.calls(call_id).update(url=addresses.next_document(self._public_url, leg), method="POST")

    def end(self, call_id: str) -> None:
        """Close the call, whether it rings or talks. One that is over or unknown is closed already."""
        try:
            self._finish(call_id, "completed")
        except Permanent as refusal:
            if refusal.carrier_code in _GONE:
                return
            if refusal.carrier_code != CALL_NOT_IN_PROGRESS:
                raise
            # Documents do not settle whether `completed` ends a call that rings; `canceled` does.
            status = self.call_status(call_id)
            if status is not None and not is_over(status):
                self._finish(call_id, "canceled")

    def call_status(self, call_id: str) -> LegStatus | None:
        """How the call stands; None where the carrier does not know it."""
        try:
            with asking():
                return _status(self._client.calls(call_id).fetch().status)
        except Permanent as refusal:
            if refusal.carrier_code in _GONE:
                return None
            raise

    def calls_to(self, to: str, since: datetime) -> tuple[CallSeen, ...]:
        """Every call to `to` created at `since` or later, the newest first, to adopt one whose reply was lost.

        The list does not tell a call's address, so the caller leaves out the calls it knows. `since` is our clock and
        `created` the carrier's: allow for a few seconds between them.
        """
        with asking():
            calls = self._client.calls.list(to=to, limit=MOST_LISTED)
            seen = (
                CallSeen(call_id=call.sid, to=call.to, status=_status(call.status), created=_time(call.date_created))
                for call in calls
            )
            return tuple(call for call in seen if call.created >= since.replace(microsecond=0))

    def end_conference(self, contact: str) -> None:
        """End the conference of `contact`; where there is none, it has ended already."""
        for sid in self._conferences(contact):
            try:
                with asking():
                    self._client.conferences(sid).update(status="completed")
            except Permanent as refusal:
                if refusal.carrier_code not in _GONE:
                    raise

    def hold(self, contact: str, leg: str, held: bool) -> bool:
        """Put `leg` on hold or take it off; True when reading back shows it so, False to be tried again."""
        change: dict[str, Any] = {"hold": held}
        if held and self._hold_url:
            change |= {"hold_url": self._hold_url, "hold_method": "GET"}
        participant = self._change(contact, leg, change)
        return participant is not None and participant.held is held

    def anchor(self, contact: str, leg: str, anchor: bool) -> bool:
        """Let the conference end when `leg` leaves, or not; True when reading back shows it so."""
        participant = self._change(contact, leg, {"end_conference_on_exit": anchor})
        return participant is not None and participant.anchor is anchor

    def participants(self, contact: str) -> tuple[Participant, ...]:
        """Who is in the conference of `contact` now; nobody where there is none."""
        with asking():
            return tuple(
                _participant(participant)
                for sid in self._conferences(contact)
                for participant in self._client.conferences(sid).participants.list(limit=MOST_LISTED)
            )

    def send_text(self, to: PhoneNumber, sender: str, text: str, link: str) -> str:
        """Send a text message from `sender`, a number or a name; returns its id. `Permanent` 21635 for a landline.

        The id of `link` is in the status callback, so that a report tells which message it is about, whatever comes first.
        """
        with asking():
            message = self._client.messages.create(
                to=to.e164,
                from_=sender,
                body=text,
                status_callback=addresses.text_status(self._public_url, link),
            )
            return known(message.sid)

    def texts_to(self, to: PhoneNumber, since: datetime) -> tuple[TextSeen, ...]:
        """Every text message to `to` created at `since` or later, to see whether one whose reply was lost has gone."""
        with asking():
            messages = self._client.messages.list(to=to.e164, limit=MOST_LISTED)
            seen = (
                TextSeen(
                    message_id=message.sid,
                    to=message.to,
                    body=message.body or "",
                    status=message.status,
                    created=_time(message.date_created),
                )
                for message in messages
            )
            return tuple(text for text in seen if text.created >= since.replace(microsecond=0))

    def delete_recording(self, recording: str) -> None:
        """Delete a recording, named by its address or its id; one that is not there is deleted already."""
        sid = recording.rstrip("/").rsplit("/", 1)[-1].split("?")[0].split(".")[0]
        try:
            with asking():
                self._client.recordings(sid).delete()
        except Permanent as refusal:
            if refusal.carrier_code not in _GONE:
                raise

    def _finish(self, call_id: str, status: str) -> None:
        with asking():
            self._client.calls(call_id).update(status=status)

    def _conferences(self, contact: str) -> tuple[str, ...]:
        """The conferences of that contact that have not ended: one, or for a moment two."""
        with asking():
            found = self._client.conferences.list(friendly_name=addresses.conference_name(contact), limit=MOST_LISTED)
            return tuple(conference.sid for conference in found if conference.status != "completed")

    def _change(self, contact: str, leg: str, change: dict[str, Any]) -> Participant | None:
        """Change a participant and read it back; None where the leg is not in the room."""
        for sid in self._conferences(contact):
            try:
                with asking():
                    place = self._client.conferences(sid).participants(leg)
                    place.update(**change)
                    return _participant(place.fetch())
            except Permanent as refusal:
                if refusal.carrier_code not in _GONE:
                    raise
        return None


def _status(status: str) -> LegStatus:
    try:
        return LegStatus(status)
    except ValueError:
        raise Unknown(f"The carrier knows a status of a call that we do not: {status!r}.") from None


def _participant(found: Any) -> Participant:
    return Participant(
        leg=found.label or None,
        call_id=found.call_sid,
        held=bool(found.hold),
        muted=bool(found.muted),
        anchor=bool(found.end_conference_on_exit),
    )


def _time(value: Any) -> datetime:
    """The carrier's time stamp; one that cannot be read counts as now, so that the call is not overlooked."""
    return value if isinstance(value, datetime) else datetime.now(UTC)
