"""What can come of a message that a caller left."""

from enum import StrEnum


class MessageOutcome(StrEnum):
    SETTLED = "settled"
    NOT_REACHED = "not_reached"
    PASSED_ON = "passed_on"
    NOTHING_TO_DO = "nothing_to_do"
