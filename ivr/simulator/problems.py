"""What the carrier found wrong with the product: the entries of Twilio's debugger, with Twilio's codes.

The level is Twilio's own: after a *warning* the call goes on without the faulty part, an *error* goes to the fallback
URL or ends the call with the canned sentence. A test that wants a spotless product asserts that there are no problems
at all. Source: twilio.com/docs/api/errors.
"""

from dataclasses import dataclass
from datetime import datetime

INVALID_URL = 11100
HTTP_ERROR_STATUS = 11200
TOTAL_TIME_OUT = 11203
CONNECTION_FAILED = 11205
INVALID_RETRY_POLICY = 11243
BODY_TOO_LARGE = 11750
PARSE_FAILURE = 12100
ROOT_IS_NOT_RESPONSE = 12102
SCHEMA_WARNING = 12200
INVALID_CONTENT_TYPE = 12300
DIAL_IN_DIAL = 13201
DIAL_NESTED = 13215
CALLER_ID = 13214
PHONE_NUMBER = 13224
COACH_MISSING = 13240
WAIT_URL_VERB = 13238
GATHER_NESTED = 13320
PLAY_CONTENT_TYPE = 13420
SAY_TEXT = 13520
RELATIVE_WITHOUT_BASE = 15004
LABEL_TAKEN = 16025
UNREACHABLE_CARRIER = 30006
STREAM_TIME_OUT = 31901
STREAM_REFUSED = 31902
STREAM_HANDSHAKE = 31920
STREAM_CLOSED = 31921
STREAM_SCHEME = 31922
STREAM_URL = 31923
STREAM_TRACK = 31941

FATAL = {
    INVALID_URL, HTTP_ERROR_STATUS, TOTAL_TIME_OUT, CONNECTION_FAILED, INVALID_RETRY_POLICY, BODY_TOO_LARGE,
    PARSE_FAILURE, ROOT_IS_NOT_RESPONSE, INVALID_CONTENT_TYPE, DIAL_IN_DIAL, SAY_TEXT, PLAY_CONTENT_TYPE, RELATIVE_WITHOUT_BASE,
}  # fmt: skip
OF_STREAMS = range(31900, 32000)
"""Errors as well, but of the stream: the call goes on."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One entry of the debugger."""

    code: int
    text: str
    at: datetime | None = None
    call_sid: str = ""
    url: str = ""

    @property
    def level(self) -> str:
        return "error" if self.code in FATAL or self.code in OF_STREAMS else "warning"

    def __str__(self) -> str:
        return f"{self.level} {self.code} {self.text} {self.url} {self.call_sid}".strip()


class UnusableError(Exception):
    """A document, or one of its verbs, cannot be carried out."""

    def __init__(self, code: int, text: str, url: str = "") -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text, self.url = code, text, url
