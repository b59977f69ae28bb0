"""The states of an agent and the moves between them.

A person's last wish (`wanted`) wins when the present business ends; nothing an agent asks for interrupts a caller. Only
whoever missed a call or lost the line is not ready again by an earlier wish: the telephone must be seen to first.
"""

from enum import StrEnum

from ivr.domain.errors import Refused


class AgentState(StrEnum):
    OFFLINE = "offline"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    CONSULTING = "consulting"
    WRAP_UP = "wrap_up"
    BREAK = "break"


class AgentMove(StrEnum):
    """What happens to an agent."""

    BECAME_READY = "became_ready"
    WENT_ON_BREAK = "went_on_break"
    SIGNED_OUT = "signed_out"
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_MISSED = "offer_missed"
    OFFER_WITHDRAWN = "offer_withdrawn"
    TALK_ENDED = "talk_ended"
    LINE_LOST = "line_lost"
    WRAP_UP_DONE = "wrap_up_done"


_S, _M = AgentState, AgentMove

MOVES: dict[tuple[AgentState, AgentMove], AgentState] = {
    (_S.OFFLINE, _M.BECAME_READY): _S.READY,
    (_S.OFFLINE, _M.WENT_ON_BREAK): _S.BREAK,
    (_S.OFFLINE, _M.SIGNED_OUT): _S.OFFLINE,
    (_S.BREAK, _M.BECAME_READY): _S.READY,
    (_S.BREAK, _M.WENT_ON_BREAK): _S.BREAK,
    (_S.BREAK, _M.SIGNED_OUT): _S.OFFLINE,
    (_S.READY, _M.BECAME_READY): _S.READY,
    (_S.READY, _M.WENT_ON_BREAK): _S.BREAK,
    (_S.READY, _M.SIGNED_OUT): _S.OFFLINE,
    (_S.READY, _M.OFFER_MADE): _S.OFFERED,
    (_S.OFFERED, _M.OFFER_ACCEPTED): _S.TALKING,
    (_S.OFFERED, _M.OFFER_MISSED): _S.BREAK,
    (_S.OFFERED, _M.OFFER_WITHDRAWN): _S.READY,
    (_S.TALKING, _M.TALK_ENDED): _S.WRAP_UP,
    (_S.TALKING, _M.LINE_LOST): _S.BREAK,
    (_S.TALKING, _M.OFFER_WITHDRAWN): _S.READY,
    (_S.TALKING, _M.OFFER_MISSED): _S.BREAK,
    (_S.WRAP_UP, _M.WRAP_UP_DONE): _S.READY,
}

HUMAN_MOVES = {
    AgentState.READY: AgentMove.BECAME_READY,
    AgentState.BREAK: AgentMove.WENT_ON_BREAK,
    AgentState.OFFLINE: AgentMove.SIGNED_OUT,
}
"""What an agent may ask for. While busy the wish is kept and granted when the business ends."""

ENDS_BUSINESS = frozenset({_M.OFFER_WITHDRAWN, _M.OFFER_MISSED, _M.LINE_LOST, _M.WRAP_UP_DONE})
"""Moves after which the agent goes where the person last asked to be, unless the move leads farther away from callers."""

_FROM_NEAR_TO_FAR = (_S.READY, _S.BREAK, _S.OFFLINE)

AT_WORK = frozenset({_S.READY, _S.OFFERED, _S.TALKING, _S.CONSULTING, _S.WRAP_UP})
"""Who takes calls, now or next."""

BUSY = frozenset({_S.OFFERED, _S.TALKING, _S.CONSULTING, _S.WRAP_UP})


def move(state: AgentState, what: AgentMove, *, wanted: AgentState | None = None) -> AgentState:
    """The state after `what`. Raises `Refused` for a move that the table does not have; nothing has changed."""
    after = MOVES.get((state, what))
    if after is None:
        raise Refused(f"An agent who is {state} cannot have {what}.", hint="Load the page again to see the state now.")
    if what in ENDS_BUSINESS and wanted in _FROM_NEAR_TO_FAR:
        return max(after, wanted, key=_FROM_NEAR_TO_FAR.index)
    return after
