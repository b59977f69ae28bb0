"""Facts to exactly one outcome.

What counts is the last thing that was done for the caller: talk outranks what the machine gave, and whoever gives up in
line was helped by nothing before. A link taken while in line makes leaving it a link, not an abandonment (`docs/field.md`,
measures).
"""

from collections.abc import Sequence
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
    (Fact.ABANDONED, Outcome.ABANDONED_IN_QUEUE),
    (Fact.CALLBACK_PROMISED, Outcome.CALLBACK_PROMISED),
    (Fact.LINK_REQUESTED, Outcome.LINK_SENT),
    (Fact.ANSWER_GIVEN, Outcome.ANSWERED_BY_MACHINE),
    (Fact.CLOSED_HEARD, Outcome.CLOSED),
    (Fact.LINE_FULL, Outcome.CLOSED),
    (Fact.FAILED_INSIDE, Outcome.FAILED),
)
_UNDONE_BY = {
    Fact.ANSWER_GIVEN: frozenset({Fact.NOT_HELPED}),
    Fact.LINK_REQUESTED: frozenset({Fact.NOT_HELPED, Fact.LINK_FAILED}),
}
"""What makes an earlier fact count for nothing: the caller's own word, and a link that could not be sent."""


def outcome_of(facts: Sequence[str], *, resolved: str | None) -> Outcome:
    """The one outcome of a contact in which `facts` were logged in this order; `resolved` is the agent's word at wrap-up.

    A talk settled by nobody's word counts as not settled; the agent's share is measured on marked contacts only.
    """
    if Fact.CONNECTED in facts:
        return Outcome.SETTLED_BY_AGENT if resolved == "yes" else Outcome.NOT_SETTLED
    for fact, outcome in _IN_ORDER_OF_WEIGHT:
        if _stands(fact, facts):
            return outcome
    return Outcome.ABANDONED_IN_MENU


def took_link_in_line(facts: Sequence[str]) -> bool:
    """Whether a caller in line has taken a link since joining it: then leaving the line is no giving up."""
    return _stands(Fact.LINK_REQUESTED, _since(Fact.QUEUED, facts))


def _stands(fact: Fact, facts: Sequence[str]) -> bool:
    """Whether it happened and nothing after its last time has undone it."""
    return fact in facts and not _UNDONE_BY.get(fact, frozenset()).intersection(_since(fact, facts))


def _since(fact: str, facts: Sequence[str]) -> Sequence[str]:
    """What came after the last time of `fact`; everything, if it never was."""
    return facts[len(facts) - facts[::-1].index(fact) :] if fact in facts else facts
