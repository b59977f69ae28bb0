"""Facts to exactly one outcome.

What counts is the last thing that was done for the caller: talk outranks what the machine gave, and a link taken in the
queue makes leaving the line a link, not an abandonment (`docs/field.md`, measures).
"""

from collections.abc import Collection
from enum import StrEnum

from ivr.domain.contacts.facts import Fact


class Outcome(StrEnum):
    ANSWERED_BY_MACHINE = "answered_by_machine"
    LINK_SENT = "link_sent"
    CASE_STATUS_GIVEN = "case_status_given"
    SETTLED_BY_AGENT = "settled_by_agent"
    NOT_SETTLED = "not_settled"
    TRANSFERRED_OUT = "transferred_out"
    CALLBACK_PROMISED = "callback_promised"
    MESSAGE_LEFT = "message_left"
    ABANDONED_IN_MENU = "abandoned_in_menu"
    ABANDONED_IN_QUEUE = "abandoned_in_queue"
    CLOSED = "closed"
    FAILED = "failed"


_IN_ORDER_OF_WEIGHT = (
    (Fact.MESSAGE_LEFT, Outcome.MESSAGE_LEFT),
    (Fact.PERSON_REACHED, Outcome.TRANSFERRED_OUT),
    (Fact.LINK_REQUESTED, Outcome.LINK_SENT),
    (Fact.ABANDONED, Outcome.ABANDONED_IN_QUEUE),
    (Fact.ANSWER_GIVEN, Outcome.ANSWERED_BY_MACHINE),
    (Fact.CLOSED_HEARD, Outcome.CLOSED),
    (Fact.FAILED_INSIDE, Outcome.FAILED),
)
_UNDONE_BY = {Fact.ANSWER_GIVEN: Fact.NOT_HELPED, Fact.LINK_REQUESTED: Fact.LINK_FAILED}
"""What makes a fact count for nothing: the caller's own word, and a link that could not be sent."""


def outcome_of(facts: Collection[str], *, resolved: str | None) -> Outcome:
    """The one outcome of a contact in which `facts` were logged; `resolved` is the agent's word at wrap-up.

    A talk settled by nobody's word counts as not settled; the agent's share is measured on marked contacts only.
    """
    if Fact.CONNECTED in facts:
        return Outcome.SETTLED_BY_AGENT if resolved == "yes" else Outcome.NOT_SETTLED
    for fact, outcome in _IN_ORDER_OF_WEIGHT:
        if fact in facts and _UNDONE_BY.get(fact) not in facts:
            return outcome
    return Outcome.ABANDONED_IN_MENU
