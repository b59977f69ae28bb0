"""`/Messages`: create, list, fetch. Source: twilio.com/docs/messaging/api/message-resource."""

from typing import TYPE_CHECKING

from flask import Blueprint

from ivr.simulator.rest import form, shapes
from ivr.simulator.rest.errors import RestError, not_found

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

LONGEST_BODY = 1600


def routes(carrier: "Carrier") -> Blueprint:
    bp = Blueprint("messages", __name__)

    @bp.post("/Messages.json")
    def create():
        to, from_, body = form.text("To").strip(), form.text("From").strip(), form.text("Body")
        _check(to, from_, body)
        message = carrier.messages.send(from_, to, body, form.url("StatusCallback"))
        return shapes.message(carrier, message), 201

    @bp.get("/Messages.json")
    def list_messages():
        found = [
            sms
            for sms in reversed(carrier.messages.all)
            if form.text("To", sms.to) == sms.to
            and form.text("From", sms.from_) == sms.from_
            and form.is_at("DateSent", sms.sent_at or sms.created_at)
        ]
        return shapes.page("messages", [shapes.message(carrier, sms) for sms in found])

    @bp.get("/Messages/<sid>.json")
    def fetch(sid: str):
        sms = next((sms for sms in carrier.messages.all if sms.sid == sid), None)
        if sms is None:
            raise not_found(f"/Messages/{sid}.json")
        return shapes.message(carrier, sms)

    def _check(to: str, from_: str, body: str) -> None:
        if not to:
            raise RestError(400, 21604, "A 'To' phone number is required.")
        if not form.ADDRESS.fullmatch(to) or not to.startswith("+"):
            raise RestError(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not from_ and not form.text("MessagingServiceSid"):
            raise RestError(400, 21603, "A 'From' phone number is required.")
        if from_ and from_ not in carrier.numbers and not form.SENDER.fullmatch(from_):
            raise RestError(400, 21606, f"The 'From' phone number {from_} is not a valid, SMS-capable number")
        if not body:
            raise RestError(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise RestError(400, 21617, f"The concatenated message body exceeds the {LONGEST_BODY} character limit")
        phone = carrier.phones.get(to)
        if phone is not None and phone.is_landline:
            raise RestError(400, 21635, f"'To' number {to} cannot be a landline")
        if (from_, to) in carrier.messages.blocked:
            raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")

    return bp
