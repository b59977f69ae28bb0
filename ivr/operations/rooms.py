"""A leg's stay in the conferences of its contact, as reports and the carrier's own answers tell it."""

from dataclasses import asdict, replace

from ivr.adapters.store import contacts, legs
from ivr.adapters.store.legs import Leg
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation import rooms
from ivr.domain.conversation.rooms import Report, Stay
from ivr.operations.work import Work


def told(work: Work, leg: Leg, report: Report) -> None:
    """Take a report of a participant who is locked; one that is late or comes again changes nothing.

    Of hold it is news only while an order is under way: once an order was read back, that is surer.
    """
    before = stay_of(leg)
    after = rooms.told(before, report if leg.hold_asked else replace(report, held=None))
    if after != before:
        legs.change(work.db, leg.id, **asdict(after))
    if after.held != before.held:
        _note_hold(work, leg, after.held)


def is_there(work: Work, leg: Leg, is_present: bool) -> None:
    """The carrier, asked, has the participant in the room, and it need not be fetched again; or it has not."""
    legs.change(work.db, leg.id, in_room=is_present)


def hold_read_back(work: Work, leg: Leg, is_held: bool) -> None:
    """The carrier, asked, has the participant on hold or not."""
    legs.change(work.db, leg.id, held=is_held, hold_asked=False)
    if leg.held != is_held:
        _note_hold(work, leg, is_held)


def over(work: Work, leg: Leg) -> None:
    """No room is the leg's any more: what is still reported of those it was in comes late."""
    legs.change(work.db, leg.id, hold_asked=False, **asdict(rooms.over(stay_of(leg))))


def participant(work: Work, contact_id: str, leg_id: str | None) -> Leg | None:
    """The leg that a conference calls by this label, locked with its contact; None if it is not one of the contact's."""
    if leg_id is None or contacts.locked(work.db, contact_id) is None:
        return None
    leg = legs.locked(work.db, leg_id)
    return leg if leg is not None and leg.contact_id == contact_id else None


def stay_of(leg: Leg) -> Stay:
    """The stay as the leg's row has it."""
    return Stay(
        room=leg.room,
        room_sequence=leg.room_sequence,
        left_rooms=leg.left_rooms,
        in_room=leg.in_room,
        held=leg.held,
    )


def _note_hold(work: Work, leg: Leg, is_held: bool) -> None:
    work.record(Fact.HELD if is_held else Fact.RESUMED, contact=leg.contact_id, leg=leg.id)
