"""What the carrier says on the WebSocket of a stream: text messages in JSON, numbered from 1.

No socket in here. Keys are not among the messages: they are documented for two-way streams only. Source:
twilio.com/docs/voice/media-streams/websocket-messages.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ivr.simulator.track import RATE

FRAME_MILLISECONDS = 20
FRAME_BYTES = RATE * FRAME_MILLISECONDS // 1000


class Messages:
    """The messages of one stream in order."""

    def __init__(self, *, stream_sid: str, account_sid: str, call_sid: str) -> None:
        self._stream_sid, self._account_sid, self._call_sid = stream_sid, account_sid, call_sid
        self._sequence = 0
        self._chunks: Counter[str] = Counter()

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, tracks: tuple[str, ...], parameters: dict[str, str]) -> str:
        return self._numbered(
            "start",
            {
                "accountSid": self._account_sid,
                "streamSid": self._stream_sid,
                "callSid": self._call_sid,
                "tracks": list(tracks),
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1},
                "customParameters": parameters,
            },
        )

    def media(self, track: str, sound: bytes) -> Iterator[str]:
        """One message for each 20 ms. `timestamp` counts the milliseconds of the track since the stream began."""
        for begin in range(0, len(sound), FRAME_BYTES):
            self._chunks[track] += 1
            chunk = self._chunks[track]
            yield self._numbered(
                "media",
                {
                    "track": track,
                    "chunk": str(chunk),
                    "timestamp": str((chunk - 1) * FRAME_MILLISECONDS),
                    "payload": base64.b64encode(sound[begin : begin + FRAME_BYTES]).decode(),
                },
            )

    def stop(self) -> str:
        return self._numbered("stop", {"accountSid": self._account_sid, "callSid": self._call_sid})

    def _numbered(self, event: str, content: dict[str, Any]) -> str:
        self._sequence += 1
        return json.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                event: content,
                "streamSid": self._stream_sid,
            }
        )
