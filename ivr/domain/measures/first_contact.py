"""Settled at first contact ("straksafklaring"), by the agent's word.

The agent marks the contact when wrapping up. Agents rate themselves higher than callers do, so the figure is named after
whose word it is. Definitions: `docs/field.md`, first contact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.measures.service_level import Share


class Mark(StrEnum):
    """What the agent said of the contact. A wrong number or another authority's matter is not applicable."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledContact:
    """A contact that a person has answered; `mark` is None until the agent has wrapped up."""

    contact: str
    mark: Mark | None


def agents_word(contacts: Iterable[HandledContact]) -> Share:
    """Yes ÷ contacts with a yes or a no. Unmarked and not applicable ones are in neither number."""
    marks = [contact.mark for contact in contacts if contact.mark in (Mark.YES, Mark.NO)]
    return Share(numerator=marks.count(Mark.YES), denominator=len(marks))
