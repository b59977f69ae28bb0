"""Carries orders out: claimed under a lease and committed, done without any lock, the result written afterwards.

What a lost reply means is decided by the kind of the order (`domain/orders`): moves and ends are simply repeated, an SMS
is looked for before it is sent once more, and a call is looked for and never created twice.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from ivr.adapters.carrier.outcomes import NotProcessed, Permanent, Unavailable, Unknown
from ivr.adapters.store import contacts, legs, links
from ivr.adapters.store import orders as queue
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus
from ivr.domain.orders import (
    ORDER,
    DeleteRecording,
    EndCall,
    EndConference,
    HoldLeg,
    MoveCall,
    Order,
    RingAgent,
    SendSms,
    SetAnchor,
)
from ivr.operations import conversation, lines
from ivr.operations import links as texts
from ivr.operations.work import Work

LEASE = timedelta(seconds=10)
_TRY_AGAIN = timedelta(seconds=1)
_UNKNOWN_CALL_AFTER = timedelta(seconds=5)
_CLOCKS_DIFFER = timedelta(seconds=5)
_GIVE_UP_AFTER = timedelta(seconds=60)
_NOT_IN_PROGRESS = 21220
_PACE = "calls"

log = structlog.get_logger()


class Postponed(Exception):
    """The order cannot be carried out yet; `until` is when to try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def carry_out_one(parts: Parts) -> bool:
    """Carry out the next order that is due. False when there is none."""
    now, claimed = parts.operations.run(_claim)
    if claimed is None:
        return False
    order = ORDER.validate_json(claimed.order)
    state, result = "done", "done"
    try:
        _CARRY_OUT[type(order)](parts, claimed, order, now)
    except Postponed as later:
        parts.operations.run(_postpone, claimed, later.until)
        return True
    except (Unavailable, NotProcessed):
        parts.operations.run(_postpone, claimed, now + _TRY_AGAIN, was_sent=False)
        return True
    except Unknown:
        # The lease runs out and the order is claimed again, with `attempts` telling that a reply was lost.
        return True
    except Permanent as refusal:
        state, result = "failed", f"{refusal.carrier_code} {refusal.text}"
        log.warning("order_refused", kind=claimed.kind, code=refusal.carrier_code)
        parts.operations.run(_refused, claimed, order, refusal.carrier_code)
    parts.operations.run(_finish, claimed.id, state, result)
    return True


def _claim(work: Work) -> tuple[datetime, ClaimedOrder | None]:
    """Unpaced orders first; a call is created only when the shared budget has a slot free."""
    claimed = queue.claim(work.db, work.now, LEASE, lanes=(0,))
    if claimed is None and queue.pending_in(work.db, work.now, lanes=(1, 2, 3)):
        gap = timedelta(seconds=1 / work.plans.current(work.db).plan.calls_per_second)
        if queue.take_pace(work.db, _PACE, work.now, gap):
            claimed = queue.claim(work.db, work.now, LEASE, lanes=(1, 2, 3))
    return work.now, claimed


def _postpone(work: Work, claimed: ClaimedOrder, until: datetime, *, was_sent: bool = True) -> None:
    queue.postpone(work.db, claimed, until, was_sent=was_sent)


def _finish(work: Work, order_id: str, state: str, result: str) -> None:
    queue.finish(work.db, order_id, state, result, work.now)


def _ring(parts: Parts, claimed: ClaimedOrder, order: RingAgent, now: datetime) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.goal is Goal.GONE or leg.ended_at is not None or leg.call_id is not None:
        return
    if claimed.attempts > 1:
        _adopt(parts, claimed, order, now)
        return
    with parts.engine.connect() as db:
        contact = contacts.get(db, leg.contact_id)
        flow = parts.plans.version(db, contact.plan_version).plan.flow if contact is not None else None
    if contact is None or flow is None:
        return
    number = next(line.number for line in flow.lines.values() if line.id == contact.line)
    call_id = parts.carrier.ring(leg.id, order.to, number, order.ring_seconds)
    parts.operations.run(lines.progress, leg.id, call_id, LegStatus.QUEUED, None)


def _adopt(parts: Parts, claimed: ClaimedOrder, order: RingAgent, now: datetime) -> None:
    """The reply was lost: the call may ring. It is looked for, and where it is not found the next agent is tried."""
    since = claimed.created_at - _CLOCKS_DIFFER
    seen = parts.carrier.calls_to(order.to, since)
    with parts.engine.connect() as db:
        unknown = [call for call in seen if legs.by_call(db, call.call_id) is None]
    if unknown:
        call = min(unknown, key=lambda call: call.created)
        parts.operations.run(lines.progress, order.leg, call.call_id, call.status, None)
    elif now - claimed.created_at < _UNKNOWN_CALL_AFTER:
        raise Postponed(claimed.created_at + _UNKNOWN_CALL_AFTER)
    else:
        parts.operations.run(_never_rang, order.leg)


def _never_rang(work: Work, leg_id: str) -> None:
    lines.closed(work, leg_id, LegStatus.FAILED)


def _move(parts: Parts, claimed: ClaimedOrder, order: MoveCall, now: datetime) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None or _is_there(leg):
        return
    parts.carrier.move(_call_id(leg, claimed, now), leg.id)


def _is_there(leg: Leg) -> bool:
    """Whether the leg has found its goal by itself, by a request that crossed the order.

    Out of a conference only news is worth a move: once it has been given out, a move would cut off what the leg hears.
    """
    return leg.in_room if leg.goal is Goal.CONFERENCE else leg.due_answer is None


def _end(parts: Parts, claimed: ClaimedOrder, order: EndCall, now: datetime) -> None:
    leg = _leg(parts, order.leg)
    if leg is not None and leg.ended_at is None:
        parts.carrier.end(_call_id(leg, claimed, now))


def _call_id(leg: Leg, claimed: ClaimedOrder, now: datetime) -> str:
    """The carrier's id of the leg's call, which may still be on its way to us."""
    if leg.call_id is not None:
        return leg.call_id
    if now - claimed.created_at > _GIVE_UP_AFTER:
        raise Permanent(_NOT_IN_PROGRESS, "The call never made itself known.")
    raise Postponed(now + _TRY_AGAIN)


def _end_conference(parts: Parts, claimed: ClaimedOrder, order: EndConference, now: datetime) -> None:
    parts.carrier.end_conference(order.contact)


def _hold(parts: Parts, claimed: ClaimedOrder, order: HoldLeg, now: datetime) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None:
        return
    if not parts.carrier.hold(order.contact, order.leg, order.held):
        _not_so_yet(claimed, now)
    parts.operations.run(conversation.held, order.contact, order.leg, order.held)


def _anchor(parts: Parts, claimed: ClaimedOrder, order: SetAnchor, now: datetime) -> None:
    if not parts.carrier.anchor(order.contact, order.leg, order.anchor):
        _not_so_yet(claimed, now)


def _not_so_yet(claimed: ClaimedOrder, now: datetime) -> None:
    if now - claimed.created_at > _GIVE_UP_AFTER:
        raise Permanent(_NOT_IN_PROGRESS, "The participant could not be changed.")
    raise Postponed(now + _TRY_AGAIN)


def _send(parts: Parts, claimed: ClaimedOrder, order: SendSms, now: datetime) -> None:
    with parts.engine.connect() as db:
        link = links.get(db, order.link)
        version = contacts.get(db, link.contact_id) if link is not None else None
        sender = parts.plans.version(db, version.plan_version).plan.flow.sms_sender if version is not None else None
    if link is None or sender is None or link.message_id is not None:
        return
    if claimed.attempts > 1:
        earlier = parts.carrier.texts_to(order.to, claimed.created_at - _CLOCKS_DIFFER)
        for seen in earlier:
            if link.code in seen.body:
                parts.operations.run(_sent, link.id, seen.message_id)
                return
    callback = f"{parts.settings.public_url}/sms/status"
    message_id = parts.carrier.send_text(order.to, sender, order.text, callback)
    parts.operations.run(_sent, link.id, message_id)


def _sent(work: Work, link_id: str, message_id: str) -> None:
    link = links.get(work.db, link_id)
    if link is None:
        return
    links.change(work.db, link_id, message_id=message_id, sent_at=work.now)
    if link.status == "ordered":
        links.change(work.db, link_id, status="sent")
    work.record(Fact.LINK_SENT, contact=link.contact_id, data={"topic": link.topic, "segments": link.segments})


def _delete(parts: Parts, claimed: ClaimedOrder, order: DeleteRecording, now: datetime) -> None:
    parts.carrier.delete_recording(order.recording)


def _leg(parts: Parts, leg_id: str) -> Leg | None:
    with parts.engine.connect() as db:
        return legs.get(db, leg_id)


def _refused(work: Work, claimed: ClaimedOrder, order: Order, code: int) -> None:
    """The carrier will never do it: an event, and whoever waited for it goes on."""
    work.record(
        Fact.ORDER_FAILED, contact=claimed.contact_id, leg=claimed.leg_id, data={"kind": claimed.kind, "code": code}
    )
    if isinstance(order, RingAgent):
        lines.closed(work, order.leg, LegStatus.FAILED)
    if isinstance(order, SendSms):
        link = links.get(work.db, order.link)
        if link is not None:
            links.change(work.db, link.id, status="failed", error_code=code)
            texts.remember_failure(work, link, code)
            work.record(Fact.LINK_FAILED, contact=link.contact_id, data={"topic": link.topic, "error": code})
    if isinstance(order, MoveCall) and code == _NOT_IN_PROGRESS:
        # The call is over, or not answered yet; which of them, the look-up tells.
        lines.ask_carrier_now(work, order.leg)


_CARRY_OUT: Mapping[type[Any], Callable[[Parts, ClaimedOrder, Any, datetime], None]] = {
    RingAgent: _ring,
    MoveCall: _move,
    EndCall: _end,
    EndConference: _end_conference,
    HoldLeg: _hold,
    SetAnchor: _anchor,
    SendSms: _send,
    DeleteRecording: _delete,
}
