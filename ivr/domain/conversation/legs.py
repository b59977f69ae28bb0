"""The life of a leg: one telephone line in a call.

A carrier's reports come twice, late and in any order, so a status only ever moves a leg forward in rank, and a terminal
one is final. What a leg should hear is its goal; when it may act is its turn (`docs/decisions/003-turn-and-goal.md`).
"""

from enum import StrEnum


class Role(StrEnum):
    CITIZEN = "citizen"
    AGENT = "agent"
    PERSON = "person"  # a named employee, rung from the citizen's own line


class LegStatus(StrEnum):
    """As the carrier names them; `planned` is ours: the order to ring has not been carried out."""

    PLANNED = "planned"
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


_RANK = {
    LegStatus.PLANNED: 0,
    LegStatus.QUEUED: 1,
    LegStatus.INITIATED: 2,
    LegStatus.RINGING: 3,
    LegStatus.IN_PROGRESS: 4,
}
_TERMINAL = 9


def rank(status: LegStatus) -> int:
    """How far a leg with this status has come."""
    return _RANK.get(status, _TERMINAL)


def is_over(status: LegStatus) -> bool:
    """Whether the line is closed for good."""
    return rank(status) == _TERMINAL


def advances(old: LegStatus, new: LegStatus) -> bool:
    """Whether a report of `new` tells anything that `old` did not: later in rank, and `old` not final."""
    return not is_over(old) and rank(new) > rank(old)


class Goal(StrEnum):
    """What a leg hears next, rendered afresh whenever it asks."""

    FLOW = "flow"  # the citizen talks with the machine, waiting in line included
    WHISPER = "whisper"  # the agent hears who is there and presses 1
    CONFERENCE = "conference"  # in the contact's conference
    CALLED_BACK = "called_back"  # a citizen who is rung: asked for by key before anything else
    GONE = "gone"  # the agent's offer or talk is over: one sentence, then the end


class Turn(StrEnum):
    """How a request stands to the leg's turn."""

    CURRENT = "current"
    JUST_TAKEN = "just_taken"
    STALE = "stale"


def judge(leg_turn: int, asked: int | None, *, same_input: bool) -> Turn:
    """Whether a request may act, gets the answer already given, or only hears the goal afresh."""
    if asked == leg_turn:
        return Turn.CURRENT
    if asked is not None and asked == leg_turn - 1 and same_input:
        return Turn.JUST_TAKEN
    return Turn.STALE
