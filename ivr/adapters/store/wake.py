"""LISTEN: a hint without payload that somebody should look into the database now."""

from types import TracebackType

import psycopg
from sqlalchemy import Engine


class Listener:
    """A connection of its own that hears one channel."""

    def __init__(self, engine: Engine, channel: str) -> None:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(f"LISTEN {channel}")

    def heard(self, *, timeout_seconds: float) -> bool:
        """Whether anything was notified within the time."""
        return any(True for _ in self._connection.notifies(timeout=timeout_seconds, stop_after=1))

    def __enter__(self) -> "Listener":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
