"""For how long an order is claimed, and what becomes of whoever has taken longer."""

from collections.abc import Mapping
from datetime import timedelta

from ivr.adapters.carrier.recordings import LONGEST_SECONDS, MOST_REDIRECTS
from ivr.adapters.carrier.rest import LONGEST_REQUEST
from ivr.adapters.store import orders as queue
from ivr.adapters.store.orders import ClaimedOrder
from ivr.operations.work import Work

# A lease is longer than carrying the order out can take, so that nobody begins it anew while the first is still at it.
# Beside its requests that is looking up the carrier's address, and our own transactions.
_BESIDE_REQUESTS = timedelta(seconds=3)
_MOST_REQUESTS: Mapping[str, int] = {
    "end_call": 3,
    "end_conference": 3,
    "hold_leg": 4,
    "set_anchor": 4,
    "send_sms": 2,
    "send_text": 2,
}
"""The requests of a kind that needs more than one. A contact has one conference, or for a moment two."""

_SOUND = (1 + MOST_REDIRECTS) * LONGEST_REQUEST + timedelta(seconds=LONGEST_SECONDS) + LONGEST_REQUEST
"""A sound comes in pieces: the last one may begin just in time and be waited for as long as a request."""


class TakenOver(Exception):
    """The lease has run out and somebody else has the order: it is no longer our affair."""


def lease(kind: str) -> timedelta:
    """For how long an order of this kind is claimed."""
    if kind == "fetch_recording":
        return _SOUND + _BESIDE_REQUESTS
    return _MOST_REQUESTS.get(kind, 1) * LONGEST_REQUEST + _BESIDE_REQUESTS


SHORTEST_LEASE = LONGEST_REQUEST + _BESIDE_REQUESTS


def still_ours(work: Work, claimed: ClaimedOrder) -> None:
    """From here the whole lease anew, or nothing: however long the look took, nobody else sends what we send now."""
    if not queue.extend(work.db, claimed, work.now + lease(claimed.kind)):
        raise TakenOver
