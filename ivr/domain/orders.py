"""What we may ask of a carrier: one order is one thing to be done once, written beside the state that causes it.

A reply can be lost after the carrier has acted, and then the order's kind decides (`docs/field.md`, orders):

- *repeat*: the end state is the same however often it is asked for;
- *look first*: the carrier's own list says whether it happened; only if it did not, once more;
- *never*: creating a call is not idempotent. The leg is in the call's address, so the call makes itself known; where it
  does not, the carrier's list is asked, and else the lease runs out and the next agent is tried.

`MAY_REPEAT` is true for the first rule alone. An order that comes to nothing is tried again after pauses that grow, and
given up after a time that its kind decides (`PATIENCE`). Calls that we create are limited per second: `lane` says in which
order they take from the shared budget; orders without a lane are not paced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ivr.domain.phone import PhoneNumber


class Lane(IntEnum):
    """Who goes first where calls are paced: the lower number."""

    AGENTS = 1
    CONSULTS = 2
    CALLBACKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgent:
    """Call an agent's device, `+45…`, `sip:…` or `client:…`, as `leg`, for `ring_seconds`. Never repeated."""

    leg: str
    to: str
    ring_seconds: int
    purpose: Literal["offer", "consult"] = "offer"
    kind: Literal["ring_agent"] = "ring_agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCitizen:
    """Call a citizen back as `leg`, for `ring_seconds`, in the name of the number that the citizen called. Never repeated."""

    leg: str
    to: str
    ring_seconds: int
    kind: Literal["call_citizen"] = "call_citizen"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCall:
    """Let `leg` ask at once what its goal is. Repeatable; an unanswered call cannot be moved (21220)."""

    leg: str
    kind: Literal["move_call"] = "move_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """Close the line of `leg`, ringing or talking. Repeatable."""

    leg: str
    kind: Literal["end_call"] = "end_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConference:
    """End the conference of `contact`; its legs go on with their goals. Repeatable."""

    contact: str
    kind: Literal["end_conference"] = "end_conference"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLeg:
    """Put `leg` on hold in the conference of `contact`, or take it off. Repeated until it is read back."""

    leg: str
    contact: str
    held: bool
    kind: Literal["hold_leg"] = "hold_leg"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnchor:
    """Let the conference of `contact` end when `leg` leaves, or not. Repeated until it is read back."""

    leg: str
    contact: str
    anchor: bool
    kind: Literal["set_anchor"] = "set_anchor"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSms:
    """Send `text` to `to`; `link` is the stored link whose code is in the text and nowhere else. Look first."""

    link: str
    to: PhoneNumber
    text: str
    kind: Literal["send_sms"] = "send_sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """Send `text` about `callback` to `to`, from a number, so that it may be answered. Look first.

    `reference` stands in the text and in no other.
    """

    callback: str
    reference: str
    to: PhoneNumber
    sender: PhoneNumber
    text: str
    kind: Literal["send_text"] = "send_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRecording:
    """Fetch the sound of `message` from the carrier; `recording` is its address or its id. Repeatable."""

    message: str
    recording: str
    kind: Literal["fetch_recording"] = "fetch_recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRecording:
    """Delete a recording at the carrier; `recording` is its address or its id. Repeatable: gone is gone.

    `message` is the one that it belonged to; None where that has been purged.
    """

    recording: str
    message: str | None = None
    kind: Literal["delete_recording"] = "delete_recording"


Order = (
    RingAgent
    | CallCitizen
    | MoveCall
    | EndCall
    | EndConference
    | HoldLeg
    | SetAnchor
    | SendSms
    | SendText
    | FetchRecording
    | DeleteRecording
)

ORDER: TypeAdapter[Order] = TypeAdapter(Annotated[Order, Field(discriminator="kind")])

MAY_REPEAT: Mapping[str, bool] = {
    "ring_agent": False,
    "call_citizen": False,
    "move_call": True,
    "end_call": True,
    "end_conference": True,
    "hold_leg": True,
    "set_anchor": True,
    "send_sms": False,
    "send_text": False,
    "fetch_recording": True,
    "delete_recording": True,
}

_SHORTEST_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an order that comes to nothing is worth trying, and how long the pauses between the tries may grow.

    `unclear_pause` follows a lost reply: before it is over the carrier may still be acting, and its lists tell nothing.
    """

    give_up_after: timedelta
    longest_pause: timedelta
    unclear_pause: timedelta = _SHORTEST_PAUSE


# Of a move, a hold and an anchor nobody waits longer: the leg asks by itself within 25 s, or the reconciler asks.
_WHILE_SOMEBODY_LISTENS = Patience(give_up_after=timedelta(seconds=60), longest_pause=timedelta(seconds=8))
# A line or a room left open keeps a telephone busy and is paid for.
_UNTIL_IT_IS_CLOSED = Patience(give_up_after=timedelta(minutes=10), longest_pause=timedelta(seconds=30))

_NEW_CALL = Patience(
    give_up_after=timedelta(seconds=60),
    longest_pause=timedelta(seconds=2),
    unclear_pause=timedelta(seconds=5),
)

PATIENCE: Mapping[str, Patience] = {
    # Longer than an offer waits for its ring: that a carrier turned it away for so long is not the agent's fault.
    "ring_agent": _NEW_CALL,
    # An agent waits in the room meanwhile.
    "call_citizen": _NEW_CALL,
    "move_call": _WHILE_SOMEBODY_LISTENS,
    "end_call": _UNTIL_IT_IS_CLOSED,
    "end_conference": _UNTIL_IT_IS_CLOSED,
    "hold_leg": _WHILE_SOMEBODY_LISTENS,
    "set_anchor": _WHILE_SOMEBODY_LISTENS,
    # Later than an hour after the call a link surprises more than it helps.
    "send_sms": Patience(
        give_up_after=timedelta(hours=1),
        longest_pause=timedelta(minutes=5),
        unclear_pause=timedelta(seconds=10),
    ),
    # The promise was told on the telephone; later than this it may be past.
    "send_text": Patience(
        give_up_after=timedelta(minutes=15),
        longest_pause=timedelta(minutes=2),
        unclear_pause=timedelta(seconds=10),
    ),
    # Somebody waits to hear it, and may press play at any moment.
    "fetch_recording": Patience(give_up_after=timedelta(days=1), longest_pause=timedelta(minutes=5)),
    # A voice that should be forgotten: tried until somebody must have read of it in the log.
    "delete_recording": Patience(give_up_after=timedelta(days=7), longest_pause=timedelta(hours=1)),
}


def next_try(kind: str, ordered: datetime, now: datetime, *, is_unclear: bool) -> datetime | None:
    """When an order that has come to nothing is tried again; None when it is given up.

    The pause is half the order's age, so that pauses grow without being counted; `is_unclear` says that the reply was
    lost. A kind that is not known here was ordered by another version, which shall find it soon and not for ever.
    """
    patience = PATIENCE.get(kind, _WHILE_SOMEBODY_LISTENS)
    age = now - ordered
    if age >= patience.give_up_after:
        return None
    shortest = patience.unclear_pause if is_unclear else _SHORTEST_PAUSE
    return now + max(shortest, min(age / 2, patience.longest_pause))


PACED: Mapping[str, Lane] = {
    "offer": Lane.AGENTS,
    "consult": Lane.CONSULTS,
}
"""The lane of a `RingAgent`, by its purpose. Incoming calls and <Dial> are not limited by the carrier."""


def lane(order: Order) -> Lane | None:
    """Where the order stands in line for the carrier's budget of new calls; None where it needs none of it."""
    if isinstance(order, CallCitizen):
        return Lane.CALLBACKS
    return PACED[order.purpose] if isinstance(order, RingAgent) else None
