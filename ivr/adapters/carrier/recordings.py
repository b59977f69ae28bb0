"""What callers said after the beep, fetched from the carrier to be kept by us.

A recording is asked for by its id at our own account, never by the address that the carrier told: the account's name and
token go to the carrier's API alone. Where the carrier sends us on to its storage they do not go along.
Source: twilio.com/docs/voice/api/recording (a `.wav` needs the account's Basic authentication).
"""

import re
import time

import requests

from ivr.adapters.carrier.outcomes import CarrierProblem, Unavailable, Unknown
from ivr.adapters.carrier.wire import CONNECT_SECONDS, READ_SECONDS

CARRIER_URL = "https://api.twilio.com"

LARGEST_BYTES = 8 * 1024 * 1024
"""Two minutes, the longest message, are 2 MB of WAV."""

LONGEST_SECONDS = 30.0
"""How long a sound may take to come in."""

MOST_REDIRECTS = 2

_PIECE_BYTES = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_GONE = frozenset([404, 410])


class RecordingGone(CarrierProblem):
    """The carrier has no such recording: it has been deleted, or is not ready yet."""

    code = "recording_gone"


class Recordings:
    """The recordings of our account. Safe to share between threads."""

    def __init__(
        self, *, account_sid: str, auth_token: str, api_url: str | None = None, largest_bytes: int = LARGEST_BYTES
    ) -> None:
        self._base = f"{(api_url or CARRIER_URL).rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._account = (account_sid, auth_token)
        self._largest_bytes = largest_bytes

    def fetch(self, recording: str) -> bytes:
        """The whole WAV of a recording, named by its address or its id.

        Raises `RecordingGone`; `Unavailable` where nobody answers; `Unknown` for whatever else is no whole sound.
        """
        name = recording.rstrip("/").rsplit("/", 1)[-1].split("?")[0].split(".")[0]
        if not _ID.fullmatch(name):
            raise RecordingGone("The message names no recording.")
        # A session for each: a connection is not kept, since it may be left in the middle of a sound.
        with requests.Session() as session:
            session.max_redirects = MOST_REDIRECTS
            try:
                with session.get(
                    f"{self._base}/{name}.wav",
                    auth=self._account,
                    headers={"Accept": "audio/*", "Accept-Encoding": "identity"},
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    stream=True,
                ) as answer:
                    return self._sound(answer)
            # Their texts may hold an address; the kind is enough.
            except requests.ConnectionError as error:
                raise Unavailable(
                    f"The carrier could not be reached ({type(error).__name__}).",
                    hint="Check the network and TWILIO_API_URL.",
                ) from None
            except requests.RequestException as error:
                raise Unknown(f"The recording did not come whole ({type(error).__name__}).") from None

    def _sound(self, answer: requests.Response) -> bytes:
        if answer.status_code in _GONE:
            raise RecordingGone("The carrier does not have the recording.")
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200 or not kind.startswith("audio/"):
            raise Unknown(f"The carrier sent no sound (HTTP {answer.status_code}, {kind or 'no type'}).")
        until, sound = time.monotonic() + LONGEST_SECONDS, bytearray()
        for piece in answer.iter_content(_PIECE_BYTES):
            sound += piece
            if len(sound) > self._largest_bytes:
                raise Unknown(f"The recording is larger than {self._largest_bytes} bytes.")
            if time.monotonic() > until:
                raise Unknown(f"The recording took longer than {LONGEST_SECONDS:g} s.")
        length = answer.headers.get("Content-Length", "")
        if length.isdigit() and int(length) != len(sound):
            raise Unknown(f"The recording broke off after {len(sound)} of {length} bytes.")
        return bytes(sound)
