"""What callers left after the beep. The sound is a quiet tone of the right length; the words are kept beside it for
the tests."""

import io
import math
import struct
import wave
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ivr.simulator.stamps import rfc2822

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.carrier import Carrier

RATE = 8000


@dataclass(kw_only=True)
class Recording:
    sid: str
    call_sid: str
    url: str
    seconds: int
    text: str
    created_at: datetime
    status: str = "completed"


class Recordings:
    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self.all: list[Recording] = []

    def keep(
        self, call: "Call", *, seconds: int, text: str, callback: str, callback_method: str, callback_events: list[str]
    ) -> Recording:
        """The recording, whose callback follows a second later, when it can be fetched."""
        sid = self._carrier.identifiers.new("RE")
        now = self._carrier.clock.now()
        url = f"{self._carrier.rest_url}/2010-04-01/Accounts/{self._carrier.account_sid}/Recordings/{sid}"
        recording = Recording(sid=sid, call_sid=call.sid, url=url, seconds=seconds, text=text, created_at=now)
        self.all.append(recording)
        if callback and "completed" in callback_events:
            fields = {
                "AccountSid": self._carrier.account_sid,
                "CallSid": call.sid,
                "RecordingSid": sid,
                "RecordingUrl": url,
                "RecordingStatus": "completed",
                "RecordingDuration": str(seconds),
                "RecordingChannels": "1",
                "RecordingStartTime": rfc2822(now) or "",
                "RecordingSource": "RecordVerb",
                "RecordingTrack": "inbound",
                "ErrorCode": "0",
            }
            self._carrier.clock.after(1, lambda: self._carrier.webhooks.tell(callback, callback_method, fields))
        return recording

    def find(self, sid: str) -> Recording | None:
        return next((recording for recording in self.all if recording.sid == sid), None)


def sound(seconds: int) -> bytes:
    """A WAV of that length."""
    second = b"".join(struct.pack("<h", int(1500 * math.sin(2 * math.pi * 220 * n / RATE))) for n in range(RATE))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(second * seconds)
    return file.getvalue()
