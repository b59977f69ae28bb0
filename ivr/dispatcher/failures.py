"""What becomes of an order that has come to nothing: tried again after a pause, or failed, with what follows from that.

No order blocks its leg for ever. How long each kind is worth trying stands in `domain/orders`; here it is acted on.
"""

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from ivr.adapters.carrier.outcomes import CALL_NOT_IN_PROGRESS, CarrierProblem, NotProcessed, Permanent, Unavailable
from ivr.adapters.store import contacts, legs
from ivr.adapters.store import orders as queue
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.orders import EndCall, MoveCall, Order, SendSms, next_try
from ivr.operations import lines
from ivr.operations import links as texts
from ivr.operations.work import Work

log = structlog.get_logger()


class NotYet(Exception):
    """The order cannot be carried out yet, or the carrier does not show it as done: it is tried again."""


def try_again(parts: Parts, claimed: ClaimedOrder, order: Order | None, problem: Exception) -> None:
    """Give the order back for later; one that is too old for that has failed. `order` is None where it is unreadable."""
    name = problem.code if isinstance(problem, CarrierProblem) else type(problem).__name__
    if isinstance(problem, CarrierProblem):
        log.warning("order_put_off", kind=claimed.kind, order=claimed.id, error=name)
    elif not isinstance(problem, NotYet):
        log.error("order_failed_inside", kind=claimed.kind, order=claimed.id, error=name, exc_info=problem)
    if not parts.operations.run(_postpone, claimed, problem):
        log.error("order_given_up", kind=claimed.kind, order=claimed.id, error=name)
        _fail(parts, claimed, order, name, None)


def refuse(parts: Parts, claimed: ClaimedOrder, order: Order | None, refusal: Permanent) -> None:
    """The carrier will never do it."""
    if isinstance(order, MoveCall | EndCall) and refusal.carrier_code == CALL_NOT_IN_PROGRESS:
        parts.operations.run(_crossed, claimed)
        return
    log.warning("order_refused", kind=claimed.kind, order=claimed.id, code=refusal.carrier_code)
    _fail(parts, claimed, order, f"{refusal.carrier_code} {refusal.text}", refusal.carrier_code)


def _postpone(work: Work, claimed: ClaimedOrder, problem: Exception) -> bool:
    is_unsent = isinstance(problem, Unavailable | NotProcessed)
    is_unclear = not is_unsent and not isinstance(problem, NotYet)
    until = next_try(claimed.kind, claimed.created_at, work.now, is_unclear=is_unclear)
    if until is not None:
        queue.postpone(work.db, claimed, until, was_sent=not is_unsent)
    return until is not None


def _fail(parts: Parts, claimed: ClaimedOrder, order: Order | None, result: str, code: int | None) -> None:
    try:
        parts.operations.run(_failed, claimed, order, result, code)
    except (OperationalError, NoConnectionFree):
        # The store is away or busy: the lease runs out, and whoever has the order then draws the consequences.
        raise
    except Exception as error:
        # Such as for a contact that was purged. Nothing can follow any more, and the order ends all the same.
        log.exception("order_failed_in_vain", kind=claimed.kind, order=claimed.id, error=type(error).__name__)
        parts.operations.run(_failed_in_vain, claimed, result)


def _crossed(work: Work, claimed: ClaimedOrder) -> None:
    """Somebody has hung up while being fetched or let go, as people do: no failure. What became of the call, a look-up tells."""
    if queue.end(work.db, claimed, "dropped", "the call is over", work.now) and claimed.leg_id is not None:
        _line_failed(work, claimed.leg_id)


def _failed_in_vain(work: Work, claimed: ClaimedOrder, result: str) -> None:
    queue.end(work.db, claimed, "failed", result, work.now)


def _failed(work: Work, claimed: ClaimedOrder, order: Order | None, result: str, code: int | None) -> None:
    """An event, and whoever waited for the order goes on."""
    if claimed.contact_id is not None:
        # The first lock of everything that touches a call; the order's own row comes after it.
        contacts.locked(work.db, claimed.contact_id)
    if not queue.end(work.db, claimed, "failed", result, work.now):
        return
    data = {"kind": claimed.kind, "code": result if code is None else code}
    work.record(Fact.ORDER_FAILED, contact=claimed.contact_id, leg=claimed.leg_id, data=data)
    if isinstance(order, SendSms):
        texts.failed(work, order.link, code)
    elif claimed.leg_id is not None:
        _line_failed(work, claimed.leg_id)


def _line_failed(work: Work, leg_id: str) -> None:
    """A line whose call has not made itself known by now never was; of any other the carrier is asked how it stands."""
    leg = legs.get(work.db, leg_id)
    if leg is None or leg.ended_at is not None:
        return
    if leg.call_id is None:
        lines.closed(work, leg_id, LegStatus.FAILED)
    else:
        lines.ask_carrier_now(work, leg_id)
