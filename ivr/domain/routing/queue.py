"""The order of the queue: class before everything, then `rank_at`, the time of entry minus bonuses."""

from enum import IntEnum, StrEnum


class EntryState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTED = "connected"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    MESSAGE = "message"
    DEFLECTED = "deflected"
    CLOSED = "closed"


LINE = frozenset({EntryState.WAITING, EntryState.CALLBACK})
"""In line: on the telephone, or to be rung when the turn comes."""

LIVE = LINE | {EntryState.OFFERED, EntryState.CONNECTED}
"""An entry is live until the conversation is over or the caller has gone."""


class QueueClass(IntEnum):
    """Lower goes first."""

    URGENT = 0
    RETURNED = 1  # came back by our fault
    ORDINARY = 2
