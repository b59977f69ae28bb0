"""Whatever occupies an agent is one engagement's life: offer, talk, wrap-up, later consult and callback."""

from collections.abc import Mapping
from enum import StrEnum

from ivr.domain.errors import Refused
from ivr.domain.routing.agents import AgentState


class EngagementState(StrEnum):
    RINGING = "ringing"
    ACCEPTED = "accepted"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    DONE = "done"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"


_E = EngagementState

LIVE = frozenset({_E.RINGING, _E.ACCEPTED, _E.CONNECTED, _E.WRAP_UP})
"""States that occupy an agent."""

HOLDS_ENTRY = frozenset({_E.RINGING, _E.ACCEPTED, _E.CONNECTED})
"""States that bind a queue entry: another agent may not be matched to it meanwhile."""

MOVES: dict[EngagementState, frozenset[EngagementState]] = {
    _E.RINGING: frozenset({_E.ACCEPTED, _E.DECLINED, _E.NO_ANSWER, _E.FAILED, _E.CANCELLED}),
    _E.ACCEPTED: frozenset({_E.CONNECTED, _E.DECLINED, _E.FAILED, _E.CANCELLED}),
    _E.CONNECTED: frozenset({_E.WRAP_UP, _E.FAILED}),
    _E.WRAP_UP: frozenset({_E.DONE}),
}

AGENT_STANDS: Mapping[EngagementState, frozenset[AgentState]] = {
    _E.RINGING: frozenset({AgentState.OFFERED}),
    _E.ACCEPTED: frozenset({AgentState.TALKING}),
    _E.CONNECTED: frozenset({AgentState.TALKING}),
    _E.WRAP_UP: frozenset({AgentState.WRAP_UP}),
}
"""What an agent is doing whose engagement is in that state."""


def check_move(before: EngagementState, after: EngagementState) -> None:
    """Raises `Refused` when an engagement cannot go from `before` to `after`."""
    if after not in MOVES.get(before, frozenset()):
        raise Refused(f"An engagement that is {before} cannot become {after}.")
