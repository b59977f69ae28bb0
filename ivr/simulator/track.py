"""The sound that a call brings to the carrier: G.711 µ-law at 8 kHz.

Sound has its place in time: what nobody listens to is gone, as on a line, and where nobody speaks there is silence.
"""

from collections import deque
from datetime import datetime, timedelta

RATE = 8000
SILENCE = b"\xff"
"""µ-law for no deflection."""
KEPT = timedelta(seconds=5)
"""How long sound is kept after it was said: longer than any listener is behind."""


def seconds_of(sound: bytes) -> float:
    return len(sound) / RATE


class Track:
    """What was said on the line, and what is still being said."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[datetime, bytes]] = deque()

    def say(self, sound: bytes, at: datetime, lead: float = 0.0) -> datetime:
        """Sound from `at` on, or as soon as what is being said has ended; the moment when it will end.

        `lead` seconds of silence go before sound that breaks a silence: whoever sends sound in pieces needs them, or
        each piece that comes late leaves a hole.
        """
        self._forget(at - KEPT)
        end = self._end
        begin = end if end is not None and end > at else at + timedelta(seconds=lead)
        self._pieces.append((begin, sound))
        return _end_of(begin, sound)

    def between(self, begin: datetime, end: datetime) -> bytes:
        """What the line carried in that time."""
        carried = bytearray(SILENCE * _samples(end - begin))
        for start, sound in self._pieces:
            offset = _samples(start - begin)
            first, last = max(offset, 0), min(offset + len(sound), len(carried))
            if first < last:
                carried[first:last] = sound[first - offset : last - offset]
        return bytes(carried)

    @property
    def _end(self) -> datetime | None:
        return _end_of(*self._pieces[-1]) if self._pieces else None

    def _forget(self, before: datetime) -> None:
        while self._pieces and _end_of(*self._pieces[0]) < before:
            self._pieces.popleft()


def _end_of(begin: datetime, sound: bytes) -> datetime:
    return begin + timedelta(seconds=seconds_of(sound))


def _samples(time: timedelta) -> int:
    return round(time.total_seconds() * RATE)
