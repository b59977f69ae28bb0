"""The shared snapshot of the queues: however many look at it, it is read once a second in each process.

The first to ask after a second reads it anew; whoever asks meanwhile gets the old one, and nobody waits in line for the
database. When reading fails, the old one goes on being shown: its stamp tells how old it is.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Generic[T]):
    """Values as of a moment. The version changes exactly when the values do."""

    values: T
    as_of: datetime
    version: str


def version_of(*values: object) -> str:
    """A short name for these values; equal values have the same one in every process."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


class Live(Generic[T]):
    """A snapshot that is at most `seconds` old when somebody asks and the database answers."""

    def __init__(
        self,
        read: Callable[[], tuple[T, datetime]],
        *,
        seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._reading = threading.Lock()
        self._last: tuple[float, Snapshot[T]] | None = None

    def now(self) -> Snapshot[T]:
        """The snapshot. Raises what reading raised only while there is none at all."""
        last = self._last
        if last is not None and self._clock() - last[0] < self._seconds:
            return last[1]
        if last is None:
            with self._reading:
                return self._last[1] if self._last is not None else self._anew()
        if not self._reading.acquire(blocking=False):
            return last[1]
        try:
            return self._anew()
        except SQLAlchemyError as error:
            log.warning("snapshot_kept", error=type(error).__name__)
            return last[1]
        finally:
            self._reading.release()

    def forget(self) -> None:
        """Read anew for the next who asks: somebody has just changed what is shown."""
        self._last = None

    def _anew(self) -> Snapshot[T]:
        values, as_of = self._read()
        snapshot = Snapshot(values=values, as_of=as_of, version=version_of(values))
        self._last = (self._clock(), snapshot)
        return snapshot
