"""A load balancer reduced to what matters to a measurement: every request goes to the backend that has the fewest.

A backend that refuses the connection is passed over, since nothing was sent yet. One that dies with a request in hand is
answered for with 502, as proxies do with a POST: what it has done already cannot be known, so only whoever sent the
request may repeat it.
"""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

_LARGEST_PIECE = 65536
_CLOSES = b"Connection: close\r\n"
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\n" + _CLOSES + b"Content-Length: 0\r\n\r\n"
_UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\n" + _CLOSES + b"Content-Length: 0\r\n\r\n"


class Spreader:
    """Passes requests on, one per connection. Backends are ports of this machine."""

    def __init__(self, backends: Sequence[int]) -> None:
        self._under_way = dict.fromkeys(backends, 0)
        # The loop itself remembers a task weakly, and would let one go that waits for a backend.
        self._serving: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        self._serving.add(asyncio.current_task())
        try:
            # The client may go at any moment.
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._pass_on(await _request(reader), client)
                await client.drain()
        finally:
            client.close()
            self._serving.discard(asyncio.current_task())

    async def _pass_on(self, request: bytes, client: asyncio.StreamWriter) -> None:
        for port in sorted(self._under_way, key=self._under_way.__getitem__):
            try:
                reader, backend = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            # To the end of the order as well, so that equals take turns.
            self._under_way[port] = self._under_way.pop(port) + 1
            try:
                if not await _answered(request, reader, backend, client):
                    client.write(_BAD_GATEWAY)
            finally:
                self._under_way[port] -= 1
                backend.close()
            return
        client.write(_UNAVAILABLE)


async def _request(reader: asyncio.StreamReader) -> bytes:
    """A whole request, asking for the connection to be closed after it."""
    head = await reader.readuntil(b"\r\n\r\n")
    length, lines = 0, []
    for line in head.rstrip().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if name.lower() != b"connection":
            lines.append(line)
    body = await reader.readexactly(length)
    return b"\r\n".join([*lines, _CLOSES, body])


async def _answered(
    request: bytes, reader: asyncio.StreamReader, backend: asyncio.StreamWriter, client: asyncio.StreamWriter
) -> bool:
    """Whether anything came back; it has been given to the client as it came."""
    status = b""
    # A backend that is killed has said all there is.
    with suppress(OSError):
        backend.write(request)
        if status := await reader.readline():
            client.write(status + _CLOSES)
        while piece := await reader.read(_LARGEST_PIECE):
            client.write(piece)
    return bool(status)


@contextmanager
def spreading(port: int, backends: Sequence[int]) -> Iterator[None]:
    """A spreader on that port of this machine, in a thread, for as long as the context lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="spreader", daemon=True)
    thread.start()
    listening = asyncio.start_server(Spreader(backends).serve, "127.0.0.1", port)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
