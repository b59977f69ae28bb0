"""Carries orders out: claimed under a lease and committed, done without any lock, the result written afterwards.

What is done, and what a lost reply means, is decided by the kind of the order (`domain/orders`): `carry_calls`,
`carry_texts`, `carry_recordings`. What comes to nothing is left to `failures`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from ivr.adapters.carrier.outcomes import Permanent
from ivr.adapters.store import orders as queue
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.dispatcher import carry_calls, carry_recordings, carry_texts, failures
from ivr.dispatcher.leases import SHORTEST_LEASE, TakenOver, lease
from ivr.domain.orders import (
    ORDER,
    CallCitizen,
    DeleteRecording,
    EndCall,
    EndConference,
    FetchRecording,
    HoldLeg,
    MoveCall,
    Order,
    RingAgent,
    SendSms,
    SendText,
    SetAnchor,
)
from ivr.operations.work import Work

_PACE = "calls"

log = structlog.get_logger()


def carry_out_one(parts: Parts) -> bool:
    """Carry out the next order that is due. False when there is none."""
    claimed = parts.operations.run(claim)
    if claimed is None:
        return False
    order: Order | None = None
    try:
        order = ORDER.validate_json(claimed.order)
        _CARRY_OUT[type(order)](parts, claimed, order)
    except TakenOver:
        log.warning("order_taken_over", kind=claimed.kind, order=claimed.id)
    except Permanent as refusal:
        failures.refuse(parts, claimed, order, refusal)
    except Exception as problem:
        # Also what another version has ordered and this one cannot read: a dispatcher of that version will find it.
        failures.try_again(parts, claimed, order, problem)
    else:
        parts.operations.run(_finish, claimed.id)
    return True


def claim(work: Work) -> ClaimedOrder | None:
    """Unpaced orders first; a call is created only when the shared budget has a slot free."""
    claimed = queue.claim(work.db, work.now, SHORTEST_LEASE, lanes=(0,))
    if claimed is None and queue.pending_in(work.db, work.now, lanes=(1, 2, 3)):
        gap = timedelta(seconds=1 / work.plans.current(work.db).plan.calls_per_second)
        if queue.take_pace(work.db, _PACE, work.now, gap):
            claimed = queue.claim(work.db, work.now, SHORTEST_LEASE, lanes=(1, 2, 3))
    if claimed is not None and lease(claimed.kind) > SHORTEST_LEASE:
        queue.extend(work.db, claimed, work.now + lease(claimed.kind))
    return claimed


def _finish(work: Work, order_id: str) -> None:
    queue.finish(work.db, order_id, "done", "done", work.now)


_CARRY_OUT: Mapping[type[Any], Callable[[Parts, ClaimedOrder, Any], None]] = {
    RingAgent: carry_calls.ring,
    CallCitizen: carry_calls.ring,
    MoveCall: carry_calls.move,
    EndCall: carry_calls.end,
    EndConference: carry_calls.end_conference,
    HoldLeg: carry_calls.hold,
    SetAnchor: carry_calls.anchor,
    SendSms: carry_texts.send,
    SendText: carry_texts.text,
    FetchRecording: carry_recordings.fetch,
    DeleteRecording: carry_recordings.delete,
}
