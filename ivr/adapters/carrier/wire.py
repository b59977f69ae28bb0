"""The way of a request to the carrier: where to, how long to wait, and what a failure means. Nothing is ever repeated here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, ContentDecodingError, ProxyError, SSLError
from requests.exceptions import ConnectionError as ConnectionLost
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import MaxRetryError, NewConnectionError

from ivr.adapters.carrier.outcomes import NotProcessed, Permanent, Unavailable, Unknown

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
CONNECTIONS = 16
NO_CONTENT = 204

log = logging.getLogger(__name__)


class Wire(HttpClient):  # type: ignore[misc]  # the library has no types
    """Carries the official client's requests to `base_url`, or to the carrier's own address where that is None.

    Raises `Unavailable` where no connection came about, `Unknown` where one was lost after sending.
    """

    def __init__(self, base_url: str | None = None) -> None:
        super().__init__(log, is_async=False)
        self._base_url = base_url.rstrip("/") if base_url else None
        self._session = requests.Session()
        self._session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))
        self._session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))

    def request(
        self,
        method: str,
        uri: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        try:
            answer = self._session.request(
                method.upper(),
                self._rewritten(uri),
                params=params,
                data=data,
                headers=headers,
                auth=auth,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise _outcome(error) from error
        if answer.ok and answer.status_code != NO_CONTENT and not _is_object(answer):
            # Such as a proxy's page under status 200: the carrier may well have acted.
            raise Unknown("The carrier's reply could not be read.")
        return Response(answer.status_code, answer.text, answer.headers)

    def _rewritten(self, uri: str) -> str:
        """The same path and query at another base: the library knows the carrier's own address only."""
        if self._base_url is None:
            return uri
        parts = urlsplit(uri)
        return self._base_url + parts.path + (f"?{parts.query}" if parts.query else "")


@contextmanager
def asking() -> Iterator[None]:
    """Turns what the library raises into our outcomes."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _refusal(int(error.status), error.code, _text(error)) from error


def known(value: Any) -> str:
    """An id from a reply; a reply without it is as good as lost."""
    if not isinstance(value, str) or not value:
        raise Unknown("The carrier's reply names nothing that we could refer to.")
    return value


def _is_object(answer: requests.Response) -> bool:
    try:
        return isinstance(answer.json(), dict)
    except ValueError:
        return False


def _refusal(status: int, code: int | None, text: str) -> NotProcessed | Permanent | Unknown:
    if status == 429:
        return NotProcessed("The carrier has too many requests (429).", hint="Repeat it after a pause.")
    if 400 <= status < 500:
        return Permanent(code or status, text)
    return Unknown(f"The carrier failed (HTTP {status}): {text}")


def _text(error: TwilioRestException | TwilioServiceException) -> str:
    if isinstance(error, TwilioServiceException):
        return str(error.detail or error.title)
    return str(error.msg).removeprefix("Unable to create record: ").removeprefix("Unable to update record: ")


def _outcome(error: requests.RequestException) -> Unavailable | Unknown:
    if isinstance(error, ConnectTimeout | SSLError | ProxyError) or _never_connected(error):
        return Unavailable("The carrier could not be reached.", hint="Check the network and TWILIO_API_URL.")
    if isinstance(error, ConnectionLost | requests.Timeout | ChunkedEncodingError | ContentDecodingError):
        return Unknown("The connection to the carrier was lost after the request was sent.")
    return Unavailable(f"The request to the carrier could not be made ({type(error).__name__}).")


def _never_connected(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)
