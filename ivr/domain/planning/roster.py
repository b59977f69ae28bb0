"""Who is at work when, and what they can take."""

from collections.abc import Mapping
from dataclasses import dataclass

Span = tuple[float, float]
"""From and until, in seconds since midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An agent, with the `spans` at work in order, none touching the next."""

    agent: str
    groups: frozenset[str]
    skills: Mapping[str, int]
    spans: tuple[Span, ...]
