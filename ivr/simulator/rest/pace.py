"""How many calls REST may create: so many a second for the account, the rest is refused with 429 and was not
processed."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ivr.simulator.rest.errors import too_many

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier


class Pace:
    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._free_at: datetime | None = None

    def take(self) -> None:
        """One call's turn; raises the refusal when it is too early."""
        if self._carrier.calls_per_second <= 0:
            return
        now = self._carrier.clock.now()
        if self._free_at is not None and now < self._free_at:
            raise too_many()
        self._free_at = now + timedelta(seconds=1 / self._carrier.calls_per_second)
