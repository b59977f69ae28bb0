"""Somebody waits for the answer: after a while no further statement is begun.

A webhook must be answered within 3 s whatever is broken. Each statement is bounded by the session's time-outs, but a
turn of bad luck may bring several that wait, one after the other; so the last one that may begin does so early enough.
"""

import time
from contextvars import ContextVar, Token
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

_last_begin: ContextVar[float | None] = ContextVar("last_begin", default=None)


class OutOfTime(SQLAlchemyError):
    """There is no time left for another statement."""


def begin(seconds: float) -> Token[float | None]:
    """In this thread no statement is begun after `seconds` from now, and raises `OutOfTime` instead, until `end`."""
    return _last_begin.set(time.monotonic() + seconds)


def end(begun: Token[float | None]) -> None:
    """There is time again."""
    _last_begin.reset(begun)


def is_over() -> bool:
    """Whether the time in which statements may be begun has passed."""
    last = _last_begin.get()
    return last is not None and time.monotonic() > last


def watch(engine: Engine) -> None:
    """Let the engine refuse statements for which there is no time left."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(*_: Any) -> None:
        if is_over():
            raise OutOfTime("No statement is begun any more: somebody waits for the answer.")
