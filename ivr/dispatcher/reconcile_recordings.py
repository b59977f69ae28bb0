"""The sound of a message lies at the carrier, and no order to fetch or delete it is left: the last one was given up."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from ivr.adapters.store import messages
from ivr.assembly import Parts
from ivr.dispatcher.repairs import Doubt, mend
from ivr.operations import messages as message_operations


def doubts_of(parts: Parts, db: Connection, now: datetime, limit: int) -> list[Doubt]:
    """Sounds at the carrier that nobody has been about to fetch or delete for a day, the oldest first."""
    return [
        Doubt(
            row=message,
            contact=contact,
            look=partial(mend, parts, contact, message_operations.fetch_or_delete, message),
        )
        for message, contact in messages.left_at_carrier(db, now, message_operations.REST, limit)
    ]
