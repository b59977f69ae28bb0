"""A clock moved by hand: the engine's time is the simulated carrier's."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.simulator.clock import VirtualClock


class HandMovedClock:
    """The engine's clock, read from the carrier's virtual time."""

    def __init__(self, virtual: VirtualClock) -> None:
        self._virtual = virtual

    def given(self) -> datetime:
        return self._virtual.now()

    def now(self, db: Connection) -> datetime:
        return self._virtual.now()
