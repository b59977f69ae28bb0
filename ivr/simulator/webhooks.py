"""Requests from the carrier to the product: signed, timed, retried once, and misbehaving when told to.

Source: twilio.com/docs/usage/webhooks, …/security (signature), …/webhooks-connection-overrides (one retry, only when
the connection failed; fragments are neither sent nor signed).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlencode

import requests

from ivr.simulator.problems import CONNECTION_FAILED, HTTP_ERROR_STATUS, Problem

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier
    from ivr.simulator.mischief import Mischief

ANSWER_WITHIN_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back; `error_code` is 0 when it is usable."""

    url: str
    body: bytes = b""
    content_type: str = ""
    error_code: int = 0
    error_text: str = ""


def signature(auth_token: str, url: str, fields: dict[str, str]) -> str:
    """The X-Twilio-Signature: HMAC-SHA1 over the URL and, for a form, every name and value in order of name."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Webhooks:
    """Sends the carrier's requests. Documents are waited for; callbacks are sent and forgotten."""

    def __init__(self, carrier: "Carrier") -> None:
        self.answer_within_seconds: float = ANSWER_WITHIN_SECONDS
        self._carrier = carrier
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine has no business between two loopback ports

    @property
    def _mischief(self) -> "Mischief":
        """The carrier's own, asked for each time: a day may turn bad while calls go on."""
        return self._carrier.mischief

    def ask(self, url: str, method: str, fields: dict[str, str], then: Callable[[Reply], None]) -> None:
        """Request a document; `then` gets the reply, late or empty if mischief strikes."""
        send = self._sender(url, method, fields)
        unanswered = self._mischief.strikes("unanswered_document", url)
        late = (
            0.0
            if unanswered or not self._mischief.strikes("late_document", url)
            else self._mischief.seconds("late_document")
        )
        if self._mischief.strikes("double_document", url):
            self._carrier.clock.outside(send, lambda reply: None)

        def deliver(reply: Reply) -> None:
            if unanswered:
                silence = Reply(url=url, error_code=CONNECTION_FAILED, error_text="no answer within 15 s")
                self._carrier.clock.after(ANSWER_WITHIN_SECONDS, lambda: then(silence))
            elif late:
                self._carrier.clock.after(late, lambda: then(reply))
            else:
                then(reply)

        self._carrier.clock.outside(send, deliver)

    def tell(self, url: str, method: str, fields: dict[str, str]) -> None:
        """Send a callback. A failure is noted in the debugger and never repeated."""
        if not url or self._mischief.strikes("drop_callback", f"{url} {_name(fields)}"):
            return
        send = self._sender(url, method, fields)
        times = 2 if self._mischief.strikes("double_callback", f"{url} {_name(fields)}") else 1
        for _ in range(times):
            if self._mischief.strikes("delay_callback", f"{url} {_name(fields)}"):
                seconds = self._mischief.seconds("delay_callback")
                self._carrier.clock.after(seconds, lambda: self._carrier.clock.outside(send, self._note_failure))
            else:
                self._carrier.clock.outside(send, self._note_failure)

    def _note_failure(self, reply: Reply) -> None:
        if reply.error_code:
            self._carrier.report(Problem(code=reply.error_code, text=reply.error_text, url=reply.url))

    def _sender(self, url: str, method: str, fields: dict[str, str]) -> Callable[[], Reply]:
        token = self._carrier.identifiers.new("")
        return lambda: self._send(urldefrag(url).url, method.upper(), fields, token)

    def _send(self, url: str, method: str, fields: dict[str, str], token: str) -> Reply:
        if method == "GET" and fields:
            url, fields = url + ("&" if "?" in url else "?") + urlencode(fields), {}
        headers = {
            "X-Twilio-Signature": signature(self._carrier.auth_token, url, fields),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        for attempt in (1, 2):
            try:
                response = self._session.request(
                    method, url, data=fields or None, headers=headers, timeout=(5, self.answer_within_seconds)
                )
            except requests.ConnectionError as error:
                if attempt == 2:
                    return Reply(
                        url=url, error_code=CONNECTION_FAILED, error_text=f"connection failed: {type(error).__name__}"
                    )
            except requests.RequestException as error:
                return Reply(url=url, error_code=CONNECTION_FAILED, error_text=f"no answer: {type(error).__name__}")
            else:
                break
        if response.status_code >= 400:
            return Reply(url=url, error_code=HTTP_ERROR_STATUS, error_text=f"HTTP {response.status_code}")
        return Reply(url=url, body=response.content, content_type=response.headers.get("Content-Type", ""))


def _name(fields: dict[str, str]) -> str:
    return fields.get("StatusCallbackEvent") or fields.get("CallStatus") or fields.get("MessageStatus", "")
