"""The carrier's end of a media stream: the messages that it documents, over a real socket, as slow or as broken as told."""

import base64
import json
import threading
from dataclasses import dataclass, field
from itertools import count

from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.kit.town import ACCOUNT, TOKEN
from tests.kit.voice import Sound

FRAMES_AT_ONCE = 5
"""Sent together, before the wall's clock has a tenth of their time: ten times as fast as in life."""


def signature(address: str, token: str = TOKEN) -> str:
    """What the carrier writes beside a handshake: the address alone is signed, there is no form."""
    return RequestValidator(token).compute_signature(address, {})


@dataclass
class MediaStream:
    """One stream to the socket at `door`, signed for `address`, which is what the document named."""

    door: str
    address: str
    call_sid: str
    parameters: dict[str, str]
    signed: str | None = None
    pace: float = 10.0
    socket: ClientConnection = field(init=False)

    def __post_init__(self) -> None:
        header = signature(self.address) if self.signed is None else self.signed
        self._numbers, self._chunks = count(1), count(1)
        self.socket = connect(
            self.door,
            additional_headers={"X-Twilio-Signature": header},
            proxy=None,
            compression=None,
            close_timeout=1,
            legacy=True,
        )

    def start(self) -> "MediaStream":
        self.socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        self.tells(
            "start",
            {
                "streamSid": "MZ" + "1" * 32,
                "accountSid": ACCOUNT,
                "callSid": self.call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": self.parameters,
            },
        )
        return self

    def says(self, sound: Sound) -> "MediaStream":
        """Frames of 20 ms."""
        wall = threading.Event()
        for number, frame in enumerate(sound.frames(), start=1):
            chunk = next(self._chunks)
            self.tells(
                "media",
                {
                    "track": "inbound",
                    "chunk": str(chunk),
                    "timestamp": str((chunk - 1) * 20),
                    "payload": base64.b64encode(frame).decode(),
                },
            )
            if number % FRAMES_AT_ONCE == 0:
                wall.wait(FRAMES_AT_ONCE * 0.02 / self.pace)
        return self

    def stops(self) -> None:
        """As a document tells it, or the end of the call."""
        self.tells("stop", {"accountSid": ACCOUNT, "callSid": self.call_sid})
        self.is_closed(within=5)

    def breaks(self) -> None:
        """The connection is lost, and nobody says so."""
        self.socket.socket.close()

    def is_closed(self, within: float) -> int | None:
        """The code with which the other end has closed the socket; fails where it does not."""
        try:
            self.socket.recv(timeout=within)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else None
        raise AssertionError("something was sent to the carrier, which a one-way stream must never do")

    def tells(self, event: str, what: dict[str, object]) -> None:
        told = {"event": event, "sequenceNumber": str(next(self._numbers)), "streamSid": "MZ" + "1" * 32, event: what}
        self.socket.send(json.dumps(told))
