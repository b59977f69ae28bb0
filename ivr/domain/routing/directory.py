"""Named employees and departments, and who of them is in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.phone import PhoneNumber


class Presence(StrEnum):
    """Where an employee is. Anything but `IN` is said to the caller before anybody is disturbed."""

    IN = "in"
    MEETING = "meeting"
    OUT = "out"
    HOLIDAY = "holiday"
    ILL = "ill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A person whom callers may ask for by name. `until` is when the presence ends, where that is known."""

    id: str
    name: str
    department: str
    phone: PhoneNumber | None
    email: str = ""
    presence: Presence = Presence.IN
    until: datetime | None = None
