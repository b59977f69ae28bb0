"""The line on which a citizen is called back: planned when an agent has accepted, called off when nobody waits for it."""

from ivr.adapters.store import callbacks, contacts, legs, orders
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import Goal, LegStatus, Role
from ivr.domain.orders import CallCitizen, EndCall
from ivr.operations.work import Work

RING_SECONDS = 25
"""Before most voicemails answer: whom the call does not suit should not find a message of silence."""


def is_to_be_rung(entry: Entry, citizen: Leg | None) -> bool:
    """Whether the entry is a callback whose citizen is not on the telephone."""
    if entry.callback_at is None:
        return False
    return citizen is None or citizen.ended_at is not None or citizen.goal is Goal.CALLED_BACK


def call(work: Work, contact: Contact, entry: Entry) -> None:
    """Plan the citizen's line and order the call. The contact is locked, and its earlier lines are closed."""
    promised = callbacks.of_entry(work.db, entry.id)
    if promised is None or contact.caller is None:
        return
    leg_id = work.new_id()
    legs.add(
        work.db,
        {
            "id": leg_id,
            "contact_id": contact.id,
            "role": Role.CITIZEN,
            "status": LegStatus.PLANNED,
            "goal": Goal.CALLED_BACK,
            "created_at": work.now,
        },
    )
    contacts.change(work.db, contact.id, line_ended_at=None)
    callbacks.change(work.db, promised.id, first_called_at=promised.first_called_at or work.now)
    order = CallCitizen(leg=leg_id, to=contact.caller, ring_seconds=RING_SECONDS)
    work.order(order, contact=contact.id, leg=leg_id)
    work.record(Fact.CALLBACK_CALLED, contact=contact.id, leg=leg_id, data={"try": promised.tries + 1})


def call_off(work: Work, citizen: Leg | None) -> bool:
    """Nobody waits for the citizen any more: the ring is dropped or ended. Whether the line is still open.

    Who has picked up already is told so when they answer (`callback_turns`).
    """
    if citizen is None or citizen.ended_at is not None or citizen.goal is not Goal.CALLED_BACK:
        return citizen is not None and citizen.ended_at is None
    if citizen.status is LegStatus.PLANNED and orders.drop_unsent(work.db, citizen.id, "call_citizen", work.now):
        legs.change(work.db, citizen.id, status=LegStatus.CANCELED, ended_at=work.now, goal=Goal.GONE)
        contacts.change(work.db, citizen.contact_id, line_ended_at=work.now)
        return False
    if citizen.status is not LegStatus.IN_PROGRESS:
        work.order(EndCall(leg=citizen.id), contact=citizen.contact_id, leg=citizen.id)
    return True
