"""Requests from the carrier to the product: signed, timed, retried as their address asks, and misbehaving when told to.

Source: twilio.com/docs/usage/webhooks, …/security (signature), …/webhooks-connection-overrides (retries, which keep the
idempotency token of the first attempt).
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import requests

from ivr.simulator.connection import Connection, split
from ivr.simulator.problems import (
    CONNECTION_FAILED,
    HTTP_ERROR_STATUS,
    TOTAL_TIME_OUT,
    Problem,
    UnusableError,
)

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier
    from ivr.simulator.mischief import Mischief


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back; `error_code` is 0 when it is usable. A `failure` has the name that a retry policy gives it."""

    url: str
    body: bytes = b""
    content_type: str = ""
    error_code: int = 0
    error_text: str = ""
    failure: str = ""
    seconds: float = 0.0
    """How long the attempt took."""


Then = Callable[[Reply], None]


def signature(auth_token: str, url: str, fields: dict[str, str]) -> str:
    """The X-Twilio-Signature: HMAC-SHA1 over the URL and, for a form, every name and value in order of name."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; all its attempts carry the same signature and the same idempotency token."""

    url: str
    method: str
    fields: dict[str, str]
    headers: dict[str, str]
    connection: Connection

    def send(self, session: requests.Session, seconds: float) -> Reply:
        """One attempt, which may take so many seconds."""
        limits = (min(self.connection.connect_seconds, seconds), seconds)
        began = time.monotonic()
        try:
            response = session.request(
                self.method, self.url, data=self.fields or None, headers=self.headers, timeout=limits
            )
        except requests.ReadTimeout:
            return self.unanswered(seconds)
        except requests.RequestException as error:
            reply = self._failed("ct", CONNECTION_FAILED, f"connection failed: {type(error).__name__}")
        else:
            reply = self._read(response)
        return replace(reply, seconds=time.monotonic() - began)

    def unanswered(self, seconds: float) -> Reply:
        """The attempt that was given up after so many seconds without an answer."""
        return replace(self._failed("rt", CONNECTION_FAILED, f"no answer within {seconds:g} s"), seconds=seconds)

    def _read(self, response: requests.Response) -> Reply:
        if response.status_code >= 400:
            kind = "5xx" if response.status_code >= 500 else "4xx"
            return self._failed(kind, HTTP_ERROR_STATUS, f"HTTP {response.status_code}")
        return Reply(url=self.url, body=response.content, content_type=response.headers.get("Content-Type", ""))

    def _failed(self, failure: str, code: int, text: str) -> Reply:
        return Reply(url=self.url, failure=failure, error_code=code, error_text=text)


class Webhooks:
    """Sends the carrier's requests. Documents are waited for; callbacks are sent and forgotten."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine has no business between two loopback ports

    @property
    def _mischief(self) -> "Mischief":
        """The carrier's own, asked for each time: a day may turn bad while calls go on."""
        return self._carrier.mischief

    def ask(self, url: str, method: str, fields: dict[str, str], then: Then) -> None:
        """Request a document; `then` gets the reply, late or empty if mischief strikes."""
        try:
            request = self._request(url, method, fields)
        except UnusableError as bad:
            reply = Reply(url=bad.url, error_code=bad.code, error_text=bad.text)
            self._carrier.clock.after(0, lambda: then(reply))
        else:
            self._deliver(request, self._attempt_on_a_bad_day, then)

    def tell(self, url: str, method: str, fields: dict[str, str]) -> None:
        """Send a callback. When its last attempt has failed, that is noted in the debugger."""
        if not url or self._mischief.strikes("drop_callback", f"{url} {_name(fields)}"):
            return
        try:
            request = self._request(url, method, fields)
        except UnusableError as bad:
            self._carrier.report(Problem(code=bad.code, text=bad.text, url=bad.url))
            return
        times = 2 if self._mischief.strikes("double_callback", f"{url} {_name(fields)}") else 1
        for _ in range(times):
            late = (
                self._mischief.seconds("delay_callback")
                if self._mischief.strikes("delay_callback", f"{url} {_name(fields)}")
                else 0.0
            )
            if late:
                self._carrier.clock.after(late, lambda: self._deliver(request, self._attempt, self._note_failure))
            else:
                self._deliver(request, self._attempt, self._note_failure)

    def _request(self, address: str, method: str, fields: dict[str, str]) -> Request:
        url, connection = split(address)
        method = method.upper()
        if method == "GET" and fields:
            url, fields = url + ("&" if "?" in url else "?") + urlencode(fields), {}
        headers = {
            "X-Twilio-Signature": signature(self._carrier.auth_token, url, fields),
            "I-Twilio-Idempotency-Token": self._carrier.identifiers.new(""),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        return Request(url=url, method=method, fields=fields, headers=headers, connection=connection)

    def _deliver(
        self,
        request: Request,
        attempt: Callable[[Request, float, Then], None],
        then: Then,
        retries: int = 0,
        spent: float = 0.0,
    ) -> None:
        """Try until the request is answered, the retries are used up, or the time for all attempts is."""
        how = request.connection
        seconds = min(how.read_seconds, how.total_seconds - spent)

        def judge(reply: Reply) -> None:
            passed = spent + reply.seconds
            if reply.failure not in how.retried or retries == how.retries:
                then(reply)
            elif passed < how.total_seconds:
                self._deliver(request, attempt, then, retries + 1, passed)
            else:
                text = f"{retries + 1} attempts in {how.total_seconds:g} s, the last one: {reply.error_text}"
                then(replace(reply, error_code=TOTAL_TIME_OUT, error_text=text))

        attempt(request, seconds, judge)

    def _attempt(self, request: Request, seconds: float, then: Then) -> None:
        self._carrier.clock.outside(lambda: request.send(self._session, seconds), then)

    def _attempt_on_a_bad_day(self, request: Request, seconds: float, then: Then) -> None:
        """An attempt whose answer may be lost or late, or which may be made twice."""
        unanswered = self._mischief.strikes("unanswered_document", request.url)
        late = (
            0.0
            if unanswered or not self._mischief.strikes("late_document", request.url)
            else self._mischief.seconds("late_document")
        )
        if self._mischief.strikes("double_document", request.url):
            self._attempt(request, seconds, lambda reply: None)

        def deliver(reply: Reply) -> None:
            if unanswered or late > seconds:
                self._carrier.clock.after(seconds, lambda: then(request.unanswered(seconds)))
            elif late:
                self._carrier.clock.after(late, lambda: then(reply))
            else:
                then(reply)

        self._attempt(request, seconds, deliver)

    def _note_failure(self, reply: Reply) -> None:
        if reply.error_code:
            self._carrier.report(Problem(code=reply.error_code, text=reply.error_text, url=reply.url))


def _name(fields: dict[str, str]) -> str:
    named = ("StatusCallbackEvent", "StreamEvent", "CallStatus", "MessageStatus")
    return next((fields[name] for name in named if fields.get(name)), "")
