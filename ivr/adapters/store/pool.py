"""The matchers' turn: one at a time looks at the queue and at who is ready."""

from datetime import datetime

from sqlalchemy import Connection, text

# One pool for the installation: agents may be in several groups, so the groups are one matter. Any number will do that
# nothing else locks.
_POOL = 7201

# With other statistics the planner would rather read every waiting row, or everybody who is ready, and sort; until the end
# of the transaction it is discouraged from that, so that it takes the indexes that have the order already.
_TAKEN = text(
    """
    SELECT pg_advisory_xact_lock(:pool), set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
           set_config('enable_bitmapscan', 'off', true), coalesce(:now, clock_timestamp()) AS now
    """
)


def take(db: Connection, now: datetime | None) -> datetime:
    """Wait for the turn, which lasts until the transaction ends. The time is `now`, or the database's where it is None."""
    moment: datetime = db.execute(_TAKEN, {"pool": _POOL, "now": now}).one().now
    return moment
