"""The whole of `routes.yaml`, compiled: what one version of the dial plan means."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.domain.flow.graph import Flow
from ivr.domain.routing.groups import Group
from ivr.domain.routing.hours import Calendar
from ivr.domain.speech.confidence import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """One version of the plan. Calls finish on the version that they began with.

    `version` is the first twelve hexadecimal digits of the SHA-256 of everything the plan was compiled from.
    """

    version: str
    flow: Flow
    groups: Mapping[str, Group]
    calendar: Calendar
    calls_per_second: float = 1.0
    thresholds: Thresholds = Thresholds()  # noqa: RUF009 -- a value that nobody can change
