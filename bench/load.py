"""Requests at a steady rate, whatever the answers take: latency counts from the moment a request was due.

A process of its own, so that it can be told apart from what it measures:
`python -m bench.load PORT RATE < requests.json > result.json`.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

_CONNECTIONS = 64


@dataclass(frozen=True)
class Shot:
    """One request, ready to be sent, and words that a right answer holds."""

    request: str
    expected: str


@dataclass(frozen=True)
class Volley:
    """What came of many requests: seconds each, and what went wrong."""

    seconds: list[float]
    errors: list[str]
    took: float


class _Connection:
    """One connection that is kept open; a request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + len(b"content-length:")
        body = await self._reader.readexactly(int(lower[at : lower.index(b"\r", at)]))
        if b"connection: close" in lower:
            self._writer.close()
            self._reader = self._writer = None
        return int(head[9:12]), body


async def fire(port: int, rate: float, shots: list[Shot]) -> Volley:
    """Send all of `shots`, `rate` of them per second."""
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(_Connection(port))
    seconds: list[float] = []
    errors: list[str] = []

    async def one(shot: Shot, due: float) -> None:
        connection = await free.get()
        try:
            status, body = await connection.send(shot.request.encode())
            if status != 200 or shot.expected.encode() not in body:
                errors.append(f"{status} {body[:300].decode(errors='replace')}")
        except (OSError, asyncio.IncompleteReadError) as error:
            errors.append(repr(error))
            connection = _Connection(port)
        finally:
            free.put_nowait(connection)
        seconds.append(time.perf_counter() - due)

    began = time.perf_counter() + 0.05
    under_way = []
    for number, shot in enumerate(shots):
        due = began + number / rate
        pause = due - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        under_way.append(asyncio.create_task(one(shot, due)))
    await asyncio.gather(*under_way)
    return Volley(seconds=seconds, errors=errors, took=time.perf_counter() - began)


def main() -> None:
    """Read the requests, fire them, write what came of it."""
    port, rate = int(sys.argv[1]), float(sys.argv[2])
    shots = [Shot(*pair) for pair in json.load(sys.stdin)]
    json.dump(asdict(asyncio.run(fire(port, rate, shots))), sys.stdout)


if __name__ == "__main__":
    main()
