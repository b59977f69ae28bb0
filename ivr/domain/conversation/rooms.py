"""Who is in the room and who is on hold, judged by reports that come twice, late and in any order.

A conference numbers its reports, and each tells how the participant stands from then on; so the one with the highest
number is right, and what was sent before it changes nothing when it comes later. A conference of the same name that
follows the first has an id of its own and counts from 1 again. Which of two ids is the later one no number tells:
therefore the rooms that are over for a leg are remembered with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a participant of `room` (the carrier's id) stands after report `sequence`. `held` is None where it is not told."""

    room: str
    sequence: int
    in_room: bool
    held: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What is known of a leg: the room it was last told to be in, the last report taken of it, and the rooms before it."""

    room: str | None = None
    room_sequence: int = 0
    left_rooms: tuple[str, ...] = ()
    in_room: bool = False
    held: bool = False


def is_news(stay: Stay, report: Report) -> bool:
    """Whether the report tells anything that was not told by a later one."""
    if report.room in stay.left_rooms:
        return False
    return report.room != stay.room or report.sequence > stay.room_sequence


def told(stay: Stay, report: Report) -> Stay:
    """The stay after a report; the same where that is late or comes again."""
    if not is_news(stay, report):
        return stay
    return Stay(
        room=report.room,
        room_sequence=report.sequence,
        left_rooms=stay.left_rooms if report.room == stay.room else _all_rooms(stay),
        in_room=report.in_room,
        held=stay.held if report.held is None else report.held,
    )


def over(stay: Stay) -> Stay:
    """Nobody's room, as before the first report; of the rooms so far nothing is news any more."""
    return Stay(left_rooms=_all_rooms(stay))


def have_met(one: Stay, other: Stay) -> bool:
    """Whether two legs are in one room, as far as reports have told."""
    return one.in_room and other.in_room and one.room is not None and one.room == other.room


def _all_rooms(stay: Stay) -> tuple[str, ...]:
    return stay.left_rooms if stay.room is None else (*stay.left_rooms, stay.room)
