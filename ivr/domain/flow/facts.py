"""What the machine must know from outside for one turn; loaded by the operation, never asked for by the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.language import Text
from ivr.domain.routing.directory import Employee
from ivr.domain.routing.hours import Opening


class Texting(StrEnum):
    """Whether the caller can be sent a text."""

    YES = "yes"  # the calling number takes texts
    ASK = "ask"  # a landline or a hidden number: ask for a mobile number
    NEVER = "never"  # exempt from digital post: never pushed to a web page


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A snapshot for one turn. `now` is local time of the municipality.

    `openings` tells every group's hours, opened or closed by hand included; `line` those of the number itself.
    `notices` are the broadcast messages for everybody, `topic_notices` those of single topics. `position` and
    `wait_minutes` (a range) are known while the caller waits; the range is None when data are thin.
    """

    now: datetime
    line: Opening
    openings: Mapping[str, Opening]
    texting: Texting = Texting.YES
    notices: tuple[Text, ...] = ()
    topic_notices: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    employees: Mapping[str, Employee] = field(default_factory=dict)
    position: int | None = None
    wait_minutes: tuple[int, int] | None = None
