"""Carries out what is ordered of calls and conferences.

Moves and ends are simply repeated. A call is never created twice: it is looked for, and what is not found has failed.
"""

from ivr.adapters.store import contacts, legs
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.dispatcher.failures import NotYet
from ivr.dispatcher.unclaimed import unclaimed_call
from ivr.domain.conversation.legs import Goal, LegStatus
from ivr.domain.orders import CallCitizen, EndCall, EndConference, HoldLeg, MoveCall, RingAgent, SetAnchor
from ivr.operations import conversation, lines
from ivr.operations.work import Work


def ring(parts: Parts, claimed: ClaimedOrder, order: RingAgent | CallCitizen) -> None:
    """Call the device or the citizen, once: whoever has tried before only looks for the call."""
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


def move(parts: Parts, claimed: ClaimedOrder, order: MoveCall) -> None:
    """Have the carrier ask for the leg's next document now."""
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None or _is_there(leg):
        return
    parts.carrier.move(_call_id(leg), leg.id)


def _is_there(leg: Leg) -> bool:
    """Whether the leg has found its goal by itself, by a request that crossed the order.

    Out of a conference only news is worth a move: once it has been given out, a move would cut off what the leg hears.
    """
    return leg.in_room if leg.goal is Goal.CONFERENCE else leg.due_answer is None


def end(parts: Parts, claimed: ClaimedOrder, order: EndCall) -> None:
    """End the leg's call."""
    leg = _leg(parts, order.leg)
    if leg is not None and leg.ended_at is None:
        parts.carrier.end(_call_id(leg))


def _call_id(leg: Leg) -> str:
    """The carrier's id of the leg's call, which may still be on its way to us."""
    if leg.call_id is None:
        raise NotYet
    return leg.call_id


def end_conference(parts: Parts, claimed: ClaimedOrder, order: EndConference) -> None:
    """End the contact's conference."""
    parts.carrier.end_conference(order.contact)


def hold(parts: Parts, claimed: ClaimedOrder, order: HoldLeg) -> None:
    """Hold the leg in the conference, or take it back."""
    leg = _leg(parts, order.leg)
    if leg is None or leg.ended_at is not None:
        return
    if not parts.carrier.hold(order.contact, order.leg, order.held):
        raise NotYet
    parts.operations.run(conversation.held, order.contact, order.leg, order.held)


def anchor(parts: Parts, claimed: ClaimedOrder, order: SetAnchor) -> None:
    """Say whether the conference ends with the leg."""
    if not parts.carrier.anchor(order.contact, order.leg, order.anchor):
        raise NotYet


def _leg(parts: Parts, leg_id: str) -> Leg | None:
    with parts.engine.connect() as db:
        return legs.get(db, leg_id)
