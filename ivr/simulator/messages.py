"""SMS: sent by REST, delivered to phones, and from phones to the account's numbers.

Callbacks tell of sent, then delivered or undelivered; the first status, queued, is never told. STOP from a phone
blocks further texts (21610). Source: twilio.com/docs/messaging/api/message-resource,
…/guides/track-outbound-message-status.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ivr.simulator.phone import Phone, Text
from ivr.simulator.problems import PARSE_FAILURE, UNREACHABLE_CARRIER, Problem
from ivr.simulator.webhooks import Reply

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

SECONDS_TO_SENT, SECONDS_TO_DELIVERED = 0.5, 1.5
STOP_WORDS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit"}


@dataclass(kw_only=True)
class Message:
    sid: str
    from_: str
    to: str
    body: str
    created_at: datetime
    direction: str = "outbound-api"
    status: str = "queued"
    callback: str = ""
    error_code: int | None = None
    updated_at: datetime | None = None
    sent_at: datetime | None = None


class Messages:
    """All texts of the account."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self.all: list[Message] = []
        self.blocked: set[tuple[str, str]] = set()

    def send(self, from_: str, to: str, body: str, callback: str = "") -> Message:
        message = self._keep(from_, to, body, callback=callback)
        self._carrier.clock.after(SECONDS_TO_SENT, lambda: self._move(message, "sent"))
        self._carrier.clock.after(SECONDS_TO_DELIVERED, lambda: self._deliver(message))
        return message

    def receive(self, phone: Phone, to: str, body: str) -> Message:
        """A phone texts one of our numbers: its SMS URL is told, and may answer with <Message>."""
        message = self._keep(phone.number, to, body, direction="inbound", status="received")
        number = self._carrier.numbers.get(to)
        if body.strip().casefold() in STOP_WORDS:
            self.blocked.add((to, phone.number))
        if number is not None and number.sms_url:
            fields = self._fields(message) | {
                "Body": body,
                "NumMedia": "0",
                "NumSegments": str(segments(body)),
                "SmsStatus": "received",
            }
            del fields["MessageStatus"]
            self._carrier.webhooks.ask(number.sms_url, "POST", fields, lambda reply: self._answer(message, reply))
        return message

    def _answer(self, message: Message, reply: Reply) -> None:
        if reply.error_code or not reply.body.strip().startswith(b"<"):
            return
        try:
            document = ET.fromstring(reply.body)
        except ET.ParseError as error:
            self._carrier.report(Problem(code=PARSE_FAILURE, text=f"not well-formed XML: {error}", url=reply.url))
            return
        for answer in document.iter("Message"):
            self.send(message.to, message.from_, "".join(answer.itertext()).strip())

    def _keep(self, from_: str, to: str, body: str, **more: Any) -> Message:
        sid = self._carrier.identifiers.new("SM")
        message = Message(sid=sid, from_=from_, to=to, body=body, created_at=self._carrier.clock.now(), **more)
        self.all.append(message)
        return message

    def _move(self, message: Message, status: str) -> None:
        message.status, message.updated_at = status, self._carrier.clock.now()
        message.sent_at = message.sent_at or message.updated_at
        if message.callback:
            fields = self._fields(message)
            if message.error_code:
                fields["ErrorCode"] = str(message.error_code)
            self._carrier.webhooks.tell(message.callback, "POST", fields)

    def _deliver(self, message: Message) -> None:
        phone = self._carrier.phones.get(message.to)
        if phone is not None and (phone.is_out_of_reach_for_texts or phone.is_landline):
            message.error_code = UNREACHABLE_CARRIER
            self._move(message, "undelivered")
            return
        if phone is not None:
            at = self._carrier.clock.now()
            phone.inbox.append(Text(from_=message.from_, text=message.body, at=at, status="delivered", sid=message.sid))
        self._move(message, "delivered")

    def _fields(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self._carrier.account_sid,
            "From": message.from_,
            "To": message.to,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "ApiVersion": "2010-04-01",
        }


def segments(body: str) -> int:
    """How many texts are paid for: 160 letters of GSM 03.38 in one (153 in several), 70 (67) when another letter is
    in it."""
    gsm = set(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    )
    double = set("^{}\\[~]|€")
    if all(letter in gsm or letter in double for letter in body):
        length, one, each = sum(2 if letter in double else 1 for letter in body), 160, 153
    else:
        length, one, each = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
