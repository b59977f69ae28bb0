"""A product's ear in a test: a real WebSocket server that keeps what the carrier says on each stream."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from twilio.request_validator import RequestValidator
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve


@dataclass
class Heard:
    """One stream, as it arrived. `ended` is set when the socket is closed."""

    headers: Headers
    wire: ServerConnection
    messages: list[dict[str, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def events(self) -> list[str]:
        """The kinds of messages in order, each run of media as one."""
        kinds = [message["event"] for message in self.messages]
        return [kind for n, kind in enumerate(kinds) if n == 0 or kind != kinds[n - 1]]

    @property
    def start(self) -> dict[str, Any]:
        return self.messages[1]["start"]

    @property
    def media(self) -> list[dict[str, Any]]:
        return [message["media"] for message in self.messages if message["event"] == "media"]

    def sound(self, track: str = "inbound") -> bytes:
        return b"".join(base64.b64decode(media["payload"]) for media in self.media if media["track"] == track)


@dataclass
class Listener:
    """The server. `refuses` is the HTTP status of the handshake when it turns streams away."""

    url: str
    auth_token: str
    streams: list[Heard] = field(default_factory=list)
    refuses: HTTPStatus | None = None
    unsigned: list[str] = field(default_factory=list)

    def answer(self, wire: ServerConnection, request: Request) -> Response | None:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(self.auth_token).validate(self.url + request.path, {}, signature):
            self.unsigned.append(request.path)
        return wire.respond(self.refuses, "") if self.refuses else None

    def hear(self, wire: ServerConnection) -> None:
        assert wire.request is not None
        heard = Heard(headers=wire.request.headers, wire=wire)
        self.streams.append(heard)
        try:
            for text in wire:
                heard.messages.append(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            heard.ended.set()


@contextmanager
def open_listener(auth_token: str) -> Iterator[Listener]:
    """A listener on a loopback port for as long as the context lasts."""
    listener = Listener(url="", auth_token=auth_token)
    with serve(listener.hear, "127.0.0.1", 0, process_request=listener.answer, ping_interval=None) as server:
        listener.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever, name="listener", daemon=True)
        thread.start()
        yield listener
        for heard in listener.streams:
            heard.wire.close()
        server.shutdown()
        thread.join(timeout=5)
