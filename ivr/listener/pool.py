"""Workers that decode many streams side by side: Vosk lets go of the interpreter lock while it does.

A stream is decoded by one worker at a time, in the order of its sound and a little of it at a time; then it goes to the end
of the line, so that all get their turn. How many there may be is limited: more than the machine can follow would make all
of them late.
"""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

import structlog

from ivr.adapters.recognition.stream import TELEPHONE_RATE, Ear, Utterance

LONGEST_BACKLOG_BYTES = 5 * TELEPHONE_RATE
"""Sound that nobody has got round to for five seconds: an answer to it would come too late."""

_AT_A_TIME_BYTES = TELEPHONE_RATE // 5
"""An end of speech is looked for after each piece, so pieces must be shorter than the pauses between utterances."""

log = structlog.get_logger()


class Hearer(Protocol):
    """Whom a stream tells what it hears, in a worker's thread: must not wait for anything."""

    def speaks(self) -> None:
        """Somebody has begun to speak."""

    def said(self, utterance: Utterance) -> None:
        """Somebody has come to an end, or the stream has."""

    def broke(self, reason: str) -> None:
        """The stream can no longer be listened to."""


class Stream:
    """A stream that the pool has taken on. Any thread may call it, and none waits for long."""

    def __init__(self, pool: "Pool", hearer: Hearer, make_ear: Callable[[], Ear]) -> None:
        self._pool, self._hearer, self._make_ear = pool, hearer, make_ear
        self._ear: Ear | None = None
        self._sound: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._has_ended = False
        self._is_in_line = False
        self._was_speaking = False
        self._lock = threading.Lock()
        self.is_deaf = False

    def feed(self, mulaw: bytes) -> None:
        """The next piece of sound. Nobody hears it once the stream is deaf."""
        with self._lock:
            if self.is_deaf or self._has_ended:
                return
            self._sound.append(mulaw)
            self._backlog_bytes += len(mulaw)
            is_late = self._backlog_bytes > LONGEST_BACKLOG_BYTES
            self._stand_in_line()
        if is_late:
            self._broke("overloaded")

    def finish(self) -> None:
        """No more sound will come: what was being said is told as far as it came."""
        with self._lock:
            if not self.is_deaf:
                self._has_ended = True
                self._stand_in_line()

    def fall_deaf(self) -> None:
        """From here on nothing is heard; sound that has not been decoded is dropped unread, and the place is free."""
        with self._lock:
            self.is_deaf = True
            self._sound.clear()
        self._pool.leave(self)

    def decode(self) -> None:
        """Decode a little of what has come in. Called by one worker at a time."""
        try:
            self._decode()
        except Exception as error:
            log.exception("decoding_failed", error=type(error).__name__)
            self._broke("error")
        with self._lock:
            self._is_in_line = False
            if not self.is_deaf and (self._sound or self._has_ended):
                self._stand_in_line()

    def _decode(self) -> None:
        if self._ear is None:
            self._ear = self._make_ear()
        sound, is_last = self._next_piece()
        said = self._ear.hear(sound) if sound else None
        if said is None and is_last:
            said = self._ear.finish()
        if self.is_deaf:
            return
        if said is not None:
            self._was_speaking = False
            self._hearer.said(said)
        elif self._ear.is_speaking and not self._was_speaking:
            self._was_speaking = True
            self._hearer.speaks()
        if is_last:
            self.fall_deaf()

    def _next_piece(self) -> tuple[bytes, bool]:
        with self._lock:
            piece = bytearray()
            while self._sound and len(piece) < _AT_A_TIME_BYTES:
                piece += self._sound.popleft()
            self._backlog_bytes -= len(piece)
            return bytes(piece), self._has_ended and not self._sound

    def _stand_in_line(self) -> None:
        """To be called under the lock: a stream stands in line once at most."""
        if not self._is_in_line:
            self._is_in_line = True
            self._pool.wait(self)

    def _broke(self, reason: str) -> None:
        self.fall_deaf()
        self._hearer.broke(reason)


class Pool:
    """The workers, and the streams that they have taken on."""

    def __init__(self, *, workers: int, most_streams: int) -> None:
        self._most_streams = most_streams
        self._ready: SimpleQueue[Stream | None] = SimpleQueue()
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        names = (f"decoder-{number}" for number in range(workers))
        self._workers = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]

    def start(self) -> None:
        """Let the workers begin."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Let the workers end after the work in hand."""
        for _ in self._workers:
            self._ready.put(None)
        for worker in self._workers:
            worker.join(timeout=5)

    def take_on(self, hearer: Hearer, make_ear: Callable[[], Ear]) -> Stream | None:
        """A place for one more stream; None where there is none left. Its ear is made by a worker, at the first sound."""
        stream = Stream(self, hearer, make_ear)
        with self._lock:
            if len(self._streams) >= self._most_streams:
                return None
            self._streams.add(stream)
        return stream

    @property
    def streams(self) -> int:
        """How many are being listened to."""
        return len(self._streams)

    def wait(self, stream: Stream) -> None:
        """The stream has something to decode."""
        self._ready.put(stream)

    def leave(self, stream: Stream) -> None:
        """The stream needs its place no longer."""
        with self._lock:
            self._streams.discard(stream)

    def _work(self) -> None:
        while (stream := self._ready.get()) is not None:
            stream.decode()
