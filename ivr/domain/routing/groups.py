"""Agent groups and their policies, as `routes.yaml` gives them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ivr.domain.language import Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy
from ivr.domain.routing.patience import Step


class Strategy(StrEnum):
    """Which of a group's agents who can take a call gets it."""

    BEST_FIT = "best_fit"  # the lowest level that will do, so that specialists are spared; then the longest idle
    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"  # who has spent the smallest share of the last two hours on calls
    ROUND_ROBIN = "round_robin"  # whose last offer is longest ago


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTarget:
    """`share` (0 to 1) of contacts answered within `within`, for example 0.8 in 60 s."""

    share: float = 0.8
    within: timedelta = timedelta(seconds=60)
    short_abandon: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Agents who can take the same topics, and the policy of their queue.

    `strategy` chooses among them. `steps` are what waiting changes (`patience`). For `caseworker_first` a caller waits
    for the caseworker of the own case alone, for `last_agent_first` for whom the caller spoke to last.
    `weight` scales how fast a wait grows urgent against other groups. `ring` is how long a device rings before the
    offer counts as not answered. `finished_after`: a phone hung up by the agent after that much talk means that the
    conversation is over; earlier it is a lost line.
    `callback` says how citizens are rung back, None where they are not.
    With `trusts_sip` an agent at a `sip:` address has taken the call by picking up, without a key.
    A message should be dealt with within `messages_within`, counted in the group's opening hours.
    Who calls again within `return_within` of being cut off may have the place back; zero is never.
    """

    id: str
    name: Text
    hours: str
    target: ServiceTarget = ServiceTarget()
    strategy: Strategy = Strategy.BEST_FIT
    steps: tuple[Step, ...] = ()
    caseworker_first: timedelta = timedelta(0)
    last_agent_first: timedelta = timedelta(0)
    weight: float = 1.0
    ring: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=120)
    finished_after: timedelta = timedelta(seconds=20)
    return_within: timedelta = timedelta(seconds=120)
    callback: CallbackPolicy | None = None
    trusts_sip: bool = False
    takes_messages: bool = True
    messages_within: timedelta = timedelta(hours=8)
    fallback: PhoneNumber | None = None
