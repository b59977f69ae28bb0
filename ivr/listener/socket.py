"""The door for streams of sound: only the carrier's own come in, by signature, and then by the token of a question.

One thread reads all sockets and never waits for anything else; whatever asks the store is done by a desk. Source:
twilio.com/docs/voice/media-streams, docs/usage/webhooks/webhooks-security.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from itertools import cycle
from urllib.parse import urlsplit

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from ivr.adapters.carrier import media
from ivr.adapters.carrier.fields import MalformedRequest
from ivr.adapters.carrier.media import Sound, StreamStarted, StreamStopped
from ivr.adapters.carrier.signature import signed
from ivr.listener.hearing import Hearing, Room

_START_SECONDS = 5
_QUIET_SECONDS = 5
"""A line has sound even where nobody speaks: without any, the stream is broken."""
_LINGER_SECONDS = 5
_POLICY_VIOLATION = 1008

log = structlog.get_logger()

# It tells every connection that was no WebSocket after all, with a stack; what fails behind the door is told here.
logging.getLogger("websockets.server").setLevel(logging.CRITICAL)

Inside = Callable[[], tuple[int, str]]
"""What is told to whoever looks after this process: a status and a text."""


class Door:
    """Lets streams in and reads them; `hearings` are those under way, with the sockets that they come by."""

    def __init__(self, room: Room, desks: list[Executor], inside: dict[str, Inside]) -> None:
        settings = room.parts.settings
        self._room = room
        self._desks = cycle(desks)
        self._inside = inside
        self._address, self._auth_token = settings.listen_url, settings.twilio_auth_token
        self._path = urlsplit(settings.listen_url).path
        self.hearings: dict[Hearing, ServerConnection] = {}

    async def greet(self, connection: ServerConnection, request: Request) -> Response | None:
        """The answer to a request that is no stream of the carrier's; None for one that may come in."""
        tell = self._inside.get(request.path)
        if tell is not None:
            status, text = await asyncio.to_thread(tell)
            return connection.respond(status, text)
        if request.path != self._path:
            return connection.respond(404, "There is nothing here.\n")
        if not signed(self._address, {}, request.headers.get("X-Twilio-Signature", ""), self._auth_token):
            log.warning("stream_refused")
            return connection.respond(403, "Not signed by the carrier.\n")
        return None

    async def read(self, connection: ServerConnection) -> None:
        """One stream, for as long as its socket is open."""
        try:
            await self._read(connection)
        except Exception as error:
            log.exception("stream_failed", error=type(error).__name__)

    async def _read(self, connection: ServerConnection) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                started = await _start(connection)
        except (ConnectionClosed, TimeoutError):
            return
        except MalformedRequest as problem:
            log.warning("stream_malformed", problem=problem.text)
            await connection.close(_POLICY_VIOLATION)
            return
        hearing = Hearing(self._room, next(self._desks), started)
        self.hearings[hearing] = connection
        try:
            await asyncio.wrap_future(hearing.begin())
            await _hear(connection, hearing)
        finally:
            del self.hearings[hearing]


async def _start(connection: ServerConnection) -> StreamStarted:
    while True:
        told = media.read(await connection.recv(decode=True))
        if isinstance(told, StreamStarted):
            return told
        if told is not None:
            raise MalformedRequest("event", "is sound before the start")


async def _hear(connection: ServerConnection, hearing: Hearing) -> None:
    """Take in the sound until the carrier stops it or the question is over."""
    try:
        while not hearing.is_over:
            async with asyncio.timeout(_QUIET_SECONDS):
                told = media.read(await connection.recv(decode=True))
            if isinstance(told, Sound):
                hearing.feed(told.mulaw)
            elif isinstance(told, StreamStopped):
                hearing.stop()
                return
        await _let_go(connection)
    except MalformedRequest as problem:
        log.warning("stream_malformed", problem=problem.text)
        hearing.cut_off()
    except (ConnectionClosed, TimeoutError):
        hearing.cut_off()


async def _let_go(connection: ServerConnection) -> None:
    """The carrier is about to stop the stream. What still comes is dropped unread, and after a while the socket is closed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            async for _ in connection:
                pass
