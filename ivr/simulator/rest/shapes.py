"""What the REST API shows of calls, streams, conferences, messages, numbers and recordings: Twilio's JSON, so that its
clients can read it."""

from typing import TYPE_CHECKING, Any

from flask import request

from ivr.simulator.conference import Conference, Participant
from ivr.simulator.messages import Message, segments
from ivr.simulator.recordings import Recording
from ivr.simulator.stamps import rfc2822
from ivr.simulator.streams import Stream

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.carrier import Carrier, Number

Json = dict[str, Any]
VERSION = "2010-04-01"
CALL_STATUS = {"initiated": "queued"}
PARTICIPANT_STATUS = {"queued": "queued", "initiated": "connecting", "ringing": "ringing", "in-progress": "connected"}


def call(carrier: "Carrier", call: "Call") -> Json:
    started = call.created_at if call.status not in ("queued", "initiated") else None
    return {
        "sid": call.sid,
        "account_sid": carrier.account_sid,
        "parent_call_sid": call.parent_sid or None,
        "from": call.from_,
        "from_formatted": call.from_,
        "to": call.to,
        "to_formatted": call.to,
        "status": CALL_STATUS.get(call.status, call.status),
        "direction": call.direction,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.ended_at or call.answered_at or call.created_at),
        "start_time": rfc2822(call.answered_at or started),
        "end_time": rfc2822(call.ended_at),
        "duration": None if call.ended_at is None else str(call.seconds),
        "queue_time": "0",
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "api_version": VERSION,
        "forwarded_from": None,
        "caller_name": None,
        "group_sid": None,
        "annotation": None,
        "phone_number_sid": _number_sid(carrier, call),
        "trunk_sid": "",
        "uri": f"{_account(carrier)}/Calls/{call.sid}.json",
        "subresource_uris": {"recordings": f"{_account(carrier)}/Calls/{call.sid}/Recordings.json"},
    }


def stream(carrier: "Carrier", stream: Stream) -> Json:
    return {
        "sid": stream.sid,
        "account_sid": carrier.account_sid,
        "call_sid": stream.call_sid,
        "name": stream.order.name or None,
        "status": "in-progress" if stream.is_live else "stopped",
        "date_updated": rfc2822(stream.updated_at),
        "uri": f"{_account(carrier)}/Calls/{stream.call_sid}/Streams/{stream.sid}.json",
    }


def conference(carrier: "Carrier", room: Conference) -> Json:
    uri = f"{_account(carrier)}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": carrier.account_sid,
        "friendly_name": room.name,
        "status": room.status,
        "region": "ie1",
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.updated_at or room.created_at),
        "reason_conference_ended": room.reason_ended or None,
        "call_sid_ending_conference": room.call_sid_ending or None,
        "api_version": VERSION,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json", "recordings": f"{uri}/Recordings.json"},
    }


def participant(carrier: "Carrier", place: Participant) -> Json:
    return {
        "account_sid": carrier.account_sid,
        "call_sid": place.call.sid,
        "conference_sid": place.conference.sid,
        "label": place.label or None,
        "muted": place.muted,
        "hold": place.hold,
        "coaching": bool(place.coach),
        "call_sid_to_coach": place.coach or None,
        "start_conference_on_enter": place.start_on_enter,
        "end_conference_on_exit": place.end_on_exit,
        "status": PARTICIPANT_STATUS.get(place.call.status, "complete"),
        "queue_time": "0",
        "date_created": rfc2822(place.created_at),
        "date_updated": rfc2822(place.created_at),
        "api_version": VERSION,
        "uri": f"{_account(carrier)}/Conferences/{place.conference.sid}/Participants/{place.call.sid}.json",
    }


def message(carrier: "Carrier", sms: Message) -> Json:
    return {
        "sid": sms.sid,
        "account_sid": carrier.account_sid,
        "messaging_service_sid": None,
        "from": sms.from_,
        "to": sms.to,
        "body": sms.body,
        "status": sms.status,
        "direction": sms.direction,
        "num_segments": str(segments(sms.body)),
        "num_media": "0",
        "error_code": sms.error_code,
        "error_message": None,
        "date_created": rfc2822(sms.created_at),
        "date_updated": rfc2822(sms.updated_at or sms.created_at),
        "date_sent": rfc2822(sms.sent_at),
        "price": None,
        "price_unit": "USD",
        "api_version": VERSION,
        "uri": f"{_account(carrier)}/Messages/{sms.sid}.json",
        "subresource_uris": {"media": f"{_account(carrier)}/Messages/{sms.sid}/Media.json"},
    }


def number(carrier: "Carrier", number: "Number") -> Json:
    return {
        "sid": number.sid,
        "account_sid": carrier.account_sid,
        "phone_number": number.number,
        "friendly_name": number.friendly_name,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_fallback_method": number.voice_fallback_method,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": "POST",
        "voice_caller_id_lookup": False,
        "voice_application_sid": "",
        "sms_application_sid": "",
        "trunk_sid": None,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "beta": False,
        "origin": "twilio",
        "status": "in-use",
        "address_requirements": "none",
        "emergency_status": "Inactive",
        "date_created": rfc2822(number.created_at),
        "date_updated": rfc2822(number.created_at),
        "api_version": VERSION,
        "uri": f"{_account(carrier)}/IncomingPhoneNumbers/{number.sid}.json",
    }


def recording(carrier: "Carrier", recording: Recording) -> Json:
    return {
        "sid": recording.sid,
        "account_sid": carrier.account_sid,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "status": recording.status,
        "duration": str(recording.seconds),
        "channels": 1,
        "source": "RecordVerb",
        "start_time": rfc2822(recording.created_at),
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.created_at),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "media_url": recording.url,
        "api_version": VERSION,
        "uri": f"{_account(carrier)}/Recordings/{recording.sid}.json",
    }


def page(key: str, items: list[Json]) -> Json:
    """One page of a list, with the addresses of its neighbours."""
    size = min(max(int(request.args.get("PageSize", 50)), 1), 1000)
    index = int(request.args.get("Page", 0))
    shown = items[index * size : (index + 1) * size]
    last = max((len(items) - 1) // size, 0)

    def uri(number: int) -> str:
        kept = [f"{name}={value}" for name, value in request.args.items() if name not in ("Page", "PageSize")]
        return f"{request.path}?{'&'.join([*kept, f'PageSize={size}', f'Page={number}'])}"

    return {
        key: shown,
        "page": index,
        "page_size": size,
        "start": index * size,
        "end": index * size + max(len(shown) - 1, 0),
        "uri": uri(index),
        "first_page_uri": uri(0),
        "next_page_uri": uri(index + 1) if index < last else None,
        "previous_page_uri": uri(index - 1) if index else None,
    }


def _account(carrier: "Carrier") -> str:
    return f"/{VERSION}/Accounts/{carrier.account_sid}"


def _number_sid(carrier: "Carrier", call: "Call") -> str | None:
    number = carrier.numbers.get(call.to if call.direction == "inbound" else call.from_)
    return number.sid if number else None
