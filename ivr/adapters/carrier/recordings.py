"""What callers said after the beep, fetched from the carrier for somebody who listens.

A message is asked for by its id at our own account, never by the address that is kept with it: the account's name and
token go to the carrier's API alone. Where the carrier sends us on to its storage they do not go along.
Source: twilio.com/docs/voice/api/recording (a `.wav` needs the account's Basic authentication).
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests
import structlog

from ivr.adapters.carrier.wire import CONNECT_SECONDS, READ_SECONDS
from ivr.domain.errors import IvrError

CARRIER_URL = "https://api.twilio.com"

LARGEST_BYTES = 8 * 1024 * 1024
"""Two minutes, the longest message, are 2 MB of WAV."""

LONGEST_SECONDS = 60.0
MOST_AT_ONCE = 4
"""Of the threads of a web process: callers are answered by the same ones, and they come first."""

_PIECE_BYTES = 64 * 1024
_MOST_REDIRECTS = 2
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_GONE = frozenset([404, 410])

log = structlog.get_logger()


class RecordingGone(IvrError):
    """The carrier has no such recording: it has been deleted."""

    code = "recording_gone"


class RecordingUnavailable(IvrError):
    """The recording cannot be fetched just now."""

    code = "recording_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A WAV on its way. `size` is in bytes, None where the carrier does not tell; whoever took it must `close` it."""

    size: int | None
    pieces: Iterator[bytes]
    close: Callable[[], None]


class Recordings:
    """The recordings of our account. Safe to share between threads."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        api_url: str | None = None,
        largest_bytes: int = LARGEST_BYTES,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._base = f"{(api_url or CARRIER_URL).rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._account = (account_sid, auth_token)
        self._largest_bytes = largest_bytes
        self._places = threading.BoundedSemaphore(most_at_once)

    def open(self, recording: str) -> Sound:
        """The sound of a recording, named by its address or its id, while it comes in.

        Raises `RecordingGone` and `RecordingUnavailable`; what fails after the first byte ends the sound early.
        """
        name = recording.rstrip("/").rsplit("/", 1)[-1].split("?")[0].split(".")[0]
        if not _ID.fullmatch(name):
            raise RecordingGone("The message names no recording.")
        if not self._places.acquire(blocking=False):
            raise RecordingUnavailable("Too many are listening at this moment.", hint="Try again in a moment.")
        answer = None
        try:
            answer = self._ask(f"{self._base}/{name}.wav")
            return self._sound(answer)
        except BaseException:
            if answer is not None:
                answer.close()
            self._places.release()
            raise

    def _ask(self, address: str) -> requests.Response:
        # A session for each: a connection to the carrier is not kept, since it may be left in the middle of a sound.
        with requests.Session() as session:
            session.max_redirects = _MOST_REDIRECTS
            try:
                return session.get(
                    address,
                    auth=self._account,
                    headers={"Accept": "audio/*", "Accept-Encoding": "identity"},
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    stream=True,
                )
            except requests.RequestException as error:
                # Its text may hold an address; its kind is enough.
                raise RecordingUnavailable(
                    f"The carrier could not be reached ({type(error).__name__}).",
                    hint="Check the network and TWILIO_API_URL.",
                ) from None

    def _sound(self, answer: requests.Response) -> Sound:
        if answer.status_code in _GONE:
            raise RecordingGone("The carrier does not have the recording any more.")
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200 or not kind.startswith("audio/"):
            raise RecordingUnavailable(f"The carrier sent no sound (HTTP {answer.status_code}, {kind or 'no type'}).")
        length = answer.headers.get("Content-Length", "")
        size = int(length) if length.isdigit() else None
        if size is not None and size > self._largest_bytes:
            raise RecordingUnavailable(f"The recording is too large ({size} bytes).")
        return Sound(size=size, pieces=self._pieces(answer), close=self._closing(answer))

    def _pieces(self, answer: requests.Response) -> Iterator[bytes]:
        until, left = time.monotonic() + LONGEST_SECONDS, self._largest_bytes
        try:
            for piece in answer.iter_content(_PIECE_BYTES):
                yield piece[:left]
                left -= len(piece)
                if left <= 0 or time.monotonic() > until:
                    log.warning("recording_cut", bytes=self._largest_bytes - left)
                    return
        except requests.RequestException as error:
            log.warning("recording_broke_off", error=type(error).__name__)

    def _closing(self, answer: requests.Response) -> Callable[[], None]:
        closed = threading.Lock()

        def close() -> None:
            """Gives the place back, once."""
            if closed.acquire(blocking=False):
                answer.close()
                self._places.release()

        return close
