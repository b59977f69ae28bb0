"""Calls that we have made and do not know: the reply to their creation was lost, and no request of theirs has come yet."""

from datetime import datetime, timedelta

from ivr.adapters.carrier.rest import CallSeen
from ivr.adapters.store import legs
from ivr.assembly import Parts

_CLOCKS_DIFFER = timedelta(seconds=5)


def unclaimed_call(parts: Parts, device: str, since: datetime) -> CallSeen | None:
    """The first call to `device` since then that is no line's; None where there is none. Raises `CarrierProblem`."""
    seen = parts.carrier.calls_to(device, since - _CLOCKS_DIFFER)
    with parts.engine.connect() as db:
        unknown = [call for call in seen if legs.by_call(db, call.call_id) is None]
    return min(unknown, key=lambda call: call.created, default=None)
