"""Asks the carrier, and the rows themselves: what a lost report left wrong is found here and put right, without a person.

Each kind of doubt is a module: `reconcile_lines`, `…_offers`, `…_talks`, `…_rooms`, `…_agents`, `…_entries`, `…_contacts`,
`…_recordings`. A kind looks for its suspects in one query, asks the carrier where it is the carrier's to tell, and mends
in one operation that looks again under locks. Within how long each is found stands in `docs/operations.md`. A carrier that
answers slowly holds up nothing else: no one but this waits for it (`loop`).
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ivr.assembly import Parts
from ivr.dispatcher import (
    reconcile_agents,
    reconcile_contacts,
    reconcile_entries,
    reconcile_lines,
    reconcile_offers,
    reconcile_recordings,
    reconcile_rooms,
    reconcile_talks,
)
from ivr.dispatcher.repairs import Doubt
from ivr.dispatcher.setbacks import Setbacks

_AT_A_TIME = 50


class Kind(Protocol):
    """One kind of doubt."""

    def doubts_of(self, parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
        """What is in doubt now, at most `limit` of each sort, the oldest first where there is an order."""
        ...


# Talks before lines: the look into a talk asks about its lines as well.
_KINDS: tuple[Kind, ...] = (
    reconcile_talks,
    reconcile_offers,
    reconcile_lines,
    reconcile_rooms,
    reconcile_agents,
    reconcile_entries,
    reconcile_contacts,
    reconcile_recordings,
)

_setbacks = Setbacks()


def run_due(parts: Parts) -> int:
    """Look into everything that is in doubt now. Returns how much it was."""
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        limit = _AT_A_TIME + _setbacks.resting(now)
        found = [doubt for kind in _KINDS for doubt in kind.doubts_of(parts, db, now, limit)]
    return sum(_setbacks.deal_with(doubt.row, doubt.contact, now, doubt.look) for doubt in found)
