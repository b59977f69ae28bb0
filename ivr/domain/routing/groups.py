"""Agent groups and their policies, as `routes.yaml` gives them."""

from dataclasses import dataclass
from datetime import timedelta

from ivr.domain.language import Text
from ivr.domain.phone import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTarget:
    """`share` (0 to 1) of contacts answered within `within`, for example 0.8 in 60 s."""

    share: float = 0.8
    within: timedelta = timedelta(seconds=60)
    short_abandon: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Agents who can take the same topics, and the policy of their queue.

    `weight` scales how fast a wait grows urgent against other groups. `ring` is how long a device rings before the
    offer counts as not answered. `finished_after`: a phone hung up by the agent after that much talk means that the
    conversation is over; earlier it is a lost line. `longest_wait` limits nothing yet but is shown when passed.
    """

    id: str
    name: Text
    hours: str
    target: ServiceTarget = ServiceTarget()
    weight: float = 1.0
    ring: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=120)
    finished_after: timedelta = timedelta(seconds=20)
    longest_wait: timedelta = timedelta(minutes=30)
    takes_messages: bool = True
    fallback: PhoneNumber | None = None
