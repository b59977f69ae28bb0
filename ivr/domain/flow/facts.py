"""What the machine must know from outside for one turn; loaded by the operation, never asked for by the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.directory import Employee
from ivr.domain.routing.hours import Opening


class Texting(StrEnum):
    """Whether the caller can be sent a text."""

    YES = "yes"  # the calling number takes texts
    ASK = "ask"  # a landline or a hidden number: ask for a mobile number
    NEVER = "never"  # exempt from digital post: never pushed to a web page


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A group's line: how many wait in it, as counted a second or two ago, and whether its last agent has left."""

    waiting: int = 0
    is_deserted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPlace:
    """A place in line that the calling number may have back: `entry` of the earlier `contact`, in the line of `group`.

    `topic` is what that contact was about. With `is_our_fault` the caller comes back ahead of ordinary ones.
    """

    entry: str
    contact: str
    group: str
    topic: str | None
    is_our_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A callback that the calling number waits for: `entry` in the line of `group`, rung `until` then, in `language`."""

    callback: str
    entry: str
    group: str
    topic: str | None
    language: Language
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A snapshot for one turn. `now` is local time of the municipality.

    `openings` tells every group's hours, opened or closed by hand included; `line` those of the number itself.
    `notices` are the broadcast messages for everybody, `topic_notices` those of single topics. `crowds` tells of the
    groups' lines, of those in which anything goes on. While the caller waits, `position`, `wait_minutes` (a range, None
    when data are thin), `able` (agents who may take the call, the busy ones too) and `waited` are known.
    `lost_place` is looked for where it may be offered or taken, and so are the callbacks `promised` to the calling number.
    `rings_back` is that number where it can be called.
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
    able: int | None = None
    waited: timedelta | None = None
    crowds: Mapping[str, Crowd] = field(default_factory=dict)
    lost_place: LostPlace | None = None
    promised: tuple[Promised, ...] = ()
    rings_back: PhoneNumber | None = None
