"""What can become of a request to the carrier, told apart by one question: may it have been carried out?

| outcome        | carried out? | next |
| -------------- | ------------ | --- |
| a value        | yes          | write the result |
| `Unavailable`  | no           | again later, the same request |
| `NotProcessed` | no           | again after a pause |
| `Unknown`      | perhaps      | what the order's kind says (`domain/orders.py`) |
| `Permanent`    | no, and never will be | the order ends; for some codes that is an event |
"""

from collections.abc import Mapping

from ivr.domain.errors import IvrError


class CarrierProblem(IvrError):
    """A request to the carrier did not simply succeed."""

    code = "carrier_problem"


class Unavailable(CarrierProblem):
    """No connection: the request was not sent."""

    code = "carrier_unavailable"


class NotProcessed(CarrierProblem):
    """The carrier turned the request away unread (429), because there were too many."""

    code = "carrier_busy"


class Unknown(CarrierProblem):
    """The request was sent and the reply is lost or is no reply: it may have been carried out."""

    code = "carrier_reply_lost"


class Permanent(CarrierProblem):
    """The carrier refuses, and will refuse again. `carrier_code` is its number, a key of `MEANINGS` where we know it."""

    code = "carrier_refused"

    def __init__(self, carrier_code: int, text: str) -> None:
        super().__init__(f"The carrier refused ({carrier_code}): {text}", hint=MEANINGS.get(carrier_code, ""))
        self.carrier_code = carrier_code


CREDENTIALS_WRONG = 20003
NOT_FOUND = 20404
CALL_NOT_IN_PROGRESS = 21220
NOT_A_NUMBER = 21211
LANDLINE = 21635
LABEL_TAKEN = 16025

MEANINGS: Mapping[int, str] = {
    13214: "The number that we show as caller is neither ours nor verified.",
    13223: "The number to be dialled is no telephone number.",
    13240: "The call to be coached is not in the conference.",
    LABEL_TAKEN: "A participant with this label is still in the conference.",
    20001: "A parameter of the request is wrong.",
    CREDENTIALS_WRONG: "The account or its token is wrong: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
    20005: "The account is not active.",
    20008: "Test credentials were used for a real request.",
    NOT_FOUND: "There is no such call, conference, participant, number, message or recording.",
    21201: "No number to call was given.",
    21210: "The number that we call from is not ours: buy or verify it at the carrier.",
    NOT_A_NUMBER: "The number is not one that can be called or texted.",
    21212: "The number that we send from is not a valid one.",
    21214: "The number cannot be reached.",
    21215: "Calls to this country are not allowed: geographic permissions of the account.",
    21217: "The number is not in international form.",
    CALL_NOT_IN_PROGRESS: "The call is not in progress: it has ended, or was never answered.",
    21408: "Text messages to this country are not allowed: geographic permissions of the account.",
    21602: "The text message has no body.",
    21606: "The number that we text from cannot send messages.",
    21608: "A trial account can text verified numbers only.",
    21610: "The receiver has refused messages from us (STOP).",
    21612: "The carrier has no way from this sender to this receiver.",
    21614: "The number is not a mobile number.",
    21617: "The text message is longer than 1,600 characters.",
    LANDLINE: "The number is a landline and cannot receive text messages.",
    30003: "The telephone is switched off or out of reach.",
    30004: "The receiver blocks messages.",
    30005: "The number does not exist.",
    30006: "The number is a landline, or its operator takes no messages.",
    30007: "The message was filtered as unwanted by an operator.",
    30008: "The message was not delivered, for a reason nobody told.",
}
"""Codes of refusals and of delivery reports. Source: twilio.com/docs/api/errors."""
