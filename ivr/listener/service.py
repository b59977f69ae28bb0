"""The listener: sockets in one thread, decoding in a few, the store in a few more. Any number may run beside each other.

Once a second it tells the store which questions it listens to, and hears which of them are over. So a question that is no
longer asked is no longer listened to, even where the carrier goes on sending; and where this process is gone, others know.
"""

import asyncio
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress

import structlog
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from websockets.asyncio.server import Server, serve

from ivr.adapters.carrier.media import LARGEST_MESSAGE_BYTES
from ivr.adapters.recognition.vosk import Models
from ivr.assembly import Parts
from ivr.listener.hearing import Hearing, Room
from ivr.listener.pool import Pool
from ivr.listener.socket import Door
from ivr.operations import listening
from ivr.telemetry import ListenerCounters

_DESKS = 4
_DRAIN_SECONDS = 5.0

log = structlog.get_logger()


class Listener:
    """Listens from `start` to `stop`, in threads of its own. Port 0 is any free one; `port` is the one it has."""

    def __init__(
        self,
        parts: Parts,
        models: Models,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        workers: int = 2,
        most_streams: int = 100,
        heartbeat_seconds: float = 1.0,
    ) -> None:
        self._host, self.port = host, port
        self._heartbeat_seconds = heartbeat_seconds
        self._parts = parts
        self._pool = Pool(workers=workers, most_streams=most_streams)
        counters = ListenerCounters(lambda: self._pool.streams)
        self._room = Room(parts=parts, models=models, pool=self._pool, counters=counters)
        self._desks: list[Executor] = [ThreadPoolExecutor(1, f"desk-{number}") for number in range(_DESKS)]
        inside = {
            "/healthz": lambda: (200, "ok\n"),
            "/readyz": self._ready,
            "/metrics": lambda: (200, generate_latest(counters.registry).decode()),
        }
        self._door = Door(self._room, self._desks, inside)
        self._is_up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._live, name="sockets", daemon=True)

    def start(self) -> None:
        """Listen. Raises OSError where the port cannot be had."""
        self._pool.start()
        self._thread.start()
        self._is_up.wait()
        if self._failure is not None:
            raise self._failure

    @property
    def streams(self) -> int:
        """How many callers are being listened to."""
        return self._pool.streams

    def stop(self) -> None:
        """Take on no more; who is speaking may come to an end, for a few seconds, and for the rest the keys take over."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._pool.stop()
        for desk in self._desks:
            desk.shutdown()

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except OSError as error:
                self._failure = error
            finally:
                self._is_up.set()

    async def _serve(self) -> None:
        async with serve(
            self._door.read,
            self._host,
            self.port,
            process_request=self._door.greet,
            # Sound does not shrink, and comes every 20 ms anyway.
            compression=None,
            ping_interval=None,
            close_timeout=2,
            max_size=LARGEST_MESSAGE_BYTES,
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._is_up.set()
            attendance = asyncio.create_task(self._attend())
            await self._stopping.wait()
            await self._drain(server)
            attendance.cancel()

    async def _drain(self, server: Server) -> None:
        server.close(close_connections=False)
        over = time.monotonic() + _DRAIN_SECONDS
        while self._listening() and time.monotonic() < over:
            await asyncio.sleep(0.1)
        for hearing in self._listening():
            hearing.fail("stopping")
        await asyncio.gather(*(connection.close() for connection in list(self._door.hearings.values())))

    async def _attend(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            here = {hearing.token: hearing for hearing in self._listening()}
            if here:
                await self._tell(here)

    async def _tell(self, here: dict[str, Hearing]) -> None:
        try:
            still = await asyncio.to_thread(self._parts.operations.run, listening.attended, list(here))
        except SQLAlchemyError as error:
            log.warning("attendance_not_told", error=type(error).__name__)
            return
        for token, hearing in here.items():
            if token not in still:
                hearing.end()

    def _listening(self) -> list[Hearing]:
        return [hearing for hearing in self._door.hearings if not hearing.is_over]

    def _ready(self) -> tuple[int, str]:
        try:
            with self._parts.engine.connect() as db:
                db.execute(select(1))
        except SQLAlchemyError:
            return 503, "the database does not answer\n"
        return 200, "ok\n"
