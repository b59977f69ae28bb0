"""Who may have a place in line back by calling again: whoever gave it up, or was cut off, a moment ago."""

from dataclasses import dataclass
from datetime import datetime

from ivr.domain.routing.groups import Group
from ivr.domain.routing.queue import QueueClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A place in line that ended because its caller's line did, at `left_at`.

    `talk_began_at` is when the caller had come to talk to somebody, None where the line ended while waiting.
    """

    queue_class: QueueClass
    left_at: datetime
    talk_began_at: datetime | None


def class_of_return(lost: Lost, group: Group, called_at: datetime) -> QueueClass | None:
    """The class in which somebody who called again at `called_at` has the place back; None where it is lost for good.

    A talk as short as one that `finished_after` takes for a lost line was one: the caller comes back by our fault. An
    urgent matter is first in line without any of this.
    """
    is_in_time = bool(group.return_within) and called_at - lost.left_at <= group.return_within
    if not is_in_time or lost.queue_class is QueueClass.URGENT:
        return None
    if lost.talk_began_at is None:
        return lost.queue_class
    return QueueClass.RETURNED if lost.left_at - lost.talk_began_at < group.finished_after else None
