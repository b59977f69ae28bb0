"""Waiting callers whom somebody must tell that the last agent has left: found in the lines' own table, by any process."""

from functools import partial

from ivr.adapters.store import speeds
from ivr.assembly import Parts
from ivr.dispatcher.setbacks import Setbacks
from ivr.operations import holding

_AT_A_TIME = 100

_setbacks = Setbacks()


def run_due(parts: Parts) -> int:
    """Tell those who do not know. Returns how many it was tried for."""
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        alone = speeds.left_alone(db, now, _AT_A_TIME + _setbacks.resting(now))
    return sum(_setbacks.deal_with(contact, contact, now, partial(_tell, parts, contact)) for contact in alone)


def _tell(parts: Parts, contact: str) -> None:
    parts.operations.run(holding.tell_nobody_in, contact)
