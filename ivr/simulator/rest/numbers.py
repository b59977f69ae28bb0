"""`/IncomingPhoneNumbers`: list, fetch, update. Source:
twilio.com/docs/phone-numbers/api/incomingphonenumber-resource."""

from typing import TYPE_CHECKING

from flask import Blueprint, request

from ivr.simulator.rest import form, shapes
from ivr.simulator.rest.errors import not_found

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier, Number

FIELDS = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "FriendlyName": "friendly_name",
}


def routes(carrier: "Carrier") -> Blueprint:
    bp = Blueprint("numbers", __name__)

    def find(sid: str) -> "Number":
        number = next((number for number in carrier.numbers.values() if number.sid == sid), None)
        if number is None:
            raise not_found(f"/IncomingPhoneNumbers/{sid}.json")
        return number

    @bp.get("/IncomingPhoneNumbers.json")
    def list_numbers():
        pattern = form.text("PhoneNumber").strip("*")
        found = [number for number in carrier.numbers.values() if pattern in number.number]
        return shapes.page("incoming_phone_numbers", [shapes.number(carrier, number) for number in found])

    @bp.get("/IncomingPhoneNumbers/<sid>.json")
    def fetch(sid: str):
        return shapes.number(carrier, find(sid))

    @bp.post("/IncomingPhoneNumbers/<sid>.json")
    def update(sid: str):
        number = find(sid)
        given = {
            ours: form.url(name) if name.endswith(("Url", "back")) else form.text(name)
            for name, ours in FIELDS.items()
            if name in request.values
        }
        return shapes.number(carrier, carrier.number(number.number, **given))

    return bp
