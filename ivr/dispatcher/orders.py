"""Carries orders out: claimed under a lease and committed, done without any lock, the result written afterwards.

What a lost reply means is decided by the kind of the order (`domain/orders`): moves and ends are simply repeated, an SMS
is looked for before it is sent once more, and a call is looked for and never created twice. What comes to nothing is left
to `failures`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from ivr.adapters.carrier.outcomes import Permanent
from ivr.adapters.carrier.recordings import LONGEST_SECONDS, MOST_REDIRECTS, RecordingGone
from ivr.adapters.carrier.rest import LONGEST_REQUEST
from ivr.adapters.store import contacts, legs, links
from ivr.adapters.store import orders as queue
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.links import Link
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.dispatcher import failures
from ivr.dispatcher.failures import NotYet
from ivr.dispatcher.unclaimed import unclaimed_call
from ivr.domain.conversation.legs import Goal, LegStatus
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
from ivr.operations import conversation, lines, messages
from ivr.operations import links as texts
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

_CLOCKS_DIFFER = timedelta(seconds=5)
_PACE = "calls"

log = structlog.get_logger()


class TakenOver(Exception):
    """The lease has run out and somebody else has the order: it is no longer our affair."""


def lease(kind: str) -> timedelta:
    """For how long an order of this kind is claimed."""
    if kind == "fetch_recording":
        return _SOUND + _BESIDE_REQUESTS
    return _MOST_REQUESTS.get(kind, 1) * LONGEST_REQUEST + _BESIDE_REQUESTS


SHORTEST_LEASE = LONGEST_REQUEST + _BESIDE_REQUESTS


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


def _ring(parts: Parts, claimed: ClaimedOrder, order: RingAgent | CallCitizen) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.goal is Goal.GONE or leg.ended_at is not None or leg.call_id is not None:
        return
    if claimed.attempts > 1:
        _adopt(parts, claimed, order)
        return
    with parts.engine.connect() as db:
        contact = contacts.get(db, leg.contact_id)
        flow = parts.plans.version(db, contact.plan_version).plan.flow if contact is not None else None
    if contact is None or flow is None:
        return
    number = next(line.number for line in flow.lines.values() if line.id == contact.line)
    call_id = parts.carrier.ring(leg.id, order.to, number, order.ring_seconds)
    parts.operations.run(lines.progress, leg.id, call_id, LegStatus.QUEUED, None)


def _adopt(parts: Parts, claimed: ClaimedOrder, order: RingAgent | CallCitizen) -> None:
    """The reply was lost: the call may ring. It is looked for; where it is not found the line has failed."""
    call = unclaimed_call(parts, order.to, claimed.created_at)
    if call is None:
        parts.operations.run(_never_rang, order.leg)
    else:
        parts.operations.run(lines.progress, order.leg, call.call_id, call.status, None)


def _never_rang(work: Work, leg_id: str) -> None:
    lines.closed(work, leg_id, LegStatus.FAILED)


def _move(parts: Parts, claimed: ClaimedOrder, order: MoveCall) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None or _is_there(leg):
        return
    parts.carrier.move(_call_id(leg), leg.id)


def _is_there(leg: Leg) -> bool:
    """Whether the leg has found its goal by itself, by a request that crossed the order.

    Out of a conference only news is worth a move: once it has been given out, a move would cut off what the leg hears.
    """
    return leg.in_room if leg.goal is Goal.CONFERENCE else leg.due_answer is None


def _end(parts: Parts, claimed: ClaimedOrder, order: EndCall) -> None:
    leg = _leg(parts, order.leg)
    if leg is not None and leg.ended_at is None:
        parts.carrier.end(_call_id(leg))


def _call_id(leg: Leg) -> str:
    """The carrier's id of the leg's call, which may still be on its way to us."""
    if leg.call_id is None:
        raise NotYet
    return leg.call_id


def _end_conference(parts: Parts, claimed: ClaimedOrder, order: EndConference) -> None:
    parts.carrier.end_conference(order.contact)


def _hold(parts: Parts, claimed: ClaimedOrder, order: HoldLeg) -> None:
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None:
        return
    if not parts.carrier.hold(order.contact, order.leg, order.held):
        raise NotYet
    parts.operations.run(conversation.held, order.contact, order.leg, order.held)


def _anchor(parts: Parts, claimed: ClaimedOrder, order: SetAnchor) -> None:
    if not parts.carrier.anchor(order.contact, order.leg, order.anchor):
        raise NotYet


def _send(parts: Parts, claimed: ClaimedOrder, order: SendSms) -> None:
    link, sender = _letter(parts, order)
    if link is None or link.message_id is not None:
        return
    if claimed.attempts > 1:
        message_id = _found(parts, claimed, order, link)
        if message_id is not None:
            parts.operations.run(texts.sent, link.id, message_id)
            return
        parts.operations.run(_still_ours, claimed)
    message_id = parts.carrier.send_text(order.to, sender, order.text, link.id)
    parts.operations.run(texts.sent, link.id, message_id)


def _letter(parts: Parts, order: SendSms) -> tuple[Link | None, str]:
    """The link to be sent, and in whose name; None where there is no trace of the contact any more."""
    with parts.engine.connect() as db:
        link = links.get(db, order.link)
        contact = contacts.get(db, link.contact_id) if link is not None else None
        if contact is None:
            return None, ""
        return link, parts.plans.version(db, contact.plan_version).plan.flow.sms_sender


def _found(parts: Parts, claimed: ClaimedOrder, order: SendSms, link: Link) -> str | None:
    """The id of the message in the carrier's list, where an earlier try has reached the carrier."""
    earlier = parts.carrier.texts_to(order.to, claimed.created_at - _CLOCKS_DIFFER)
    return next((seen.message_id for seen in earlier if link.code in seen.body), None)


def _still_ours(work: Work, claimed: ClaimedOrder) -> None:
    """From here the whole lease anew, or nothing: however long the look took, nobody else sends what we send now."""
    if not queue.extend(work.db, claimed, work.now + lease(claimed.kind)):
        raise TakenOver


def _text(parts: Parts, claimed: ClaimedOrder, order: SendText) -> None:
    if claimed.attempts > 1:
        earlier = parts.carrier.texts_to(order.to, claimed.created_at - _CLOCKS_DIFFER)
        if any(order.reference in seen.body for seen in earlier):
            return
        parts.operations.run(_still_ours, claimed)
    parts.carrier.send_text(order.to, order.sender.e164, order.text, order.callback)


def _fetch(parts: Parts, claimed: ClaimedOrder, order: FetchRecording) -> None:
    try:
        sound = parts.recordings.fetch(order.recording)
    except RecordingGone:
        if not parts.operations.run(messages.sound_missing, order.message):
            raise NotYet from None
        return
    parts.operations.run(messages.keep_sound, order.message, sound)


def _delete(parts: Parts, claimed: ClaimedOrder, order: DeleteRecording) -> None:
    parts.carrier.delete_recording(order.recording)
    if order.message is not None:
        parts.operations.run(messages.deleted_at_carrier, order.message)


def _leg(parts: Parts, leg_id: str) -> Leg | None:
    with parts.engine.connect() as db:
        return legs.get(db, leg_id)


_CARRY_OUT: Mapping[type[Any], Callable[[Parts, ClaimedOrder, Any], None]] = {
    RingAgent: _ring,
    CallCitizen: _ring,
    MoveCall: _move,
    EndCall: _end,
    EndConference: _end_conference,
    HoldLeg: _hold,
    SetAnchor: _anchor,
    SendSms: _send,
    SendText: _text,
    FetchRecording: _fetch,
    DeleteRecording: _delete,
}
