"""Whom a contact may be put through to: the groups that it is open to, the skills it asks for, and one agent alone while
somebody is preferred.

All waiting contacts of a group and class with the same needs are one list: whoever can take one of them can take any, so
only the first of a list has to be looked at. The needs are therefore written as one short text that the store can index.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

_PARTS, _OF_ONE_KIND, _LEVEL = ";", "+", ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """`groups`: the contact's own first, then those that waiting has opened, in that order. `skills`: each with the
    lowest level that will do, 1 to 5, the one that the matter asks for first. `agent`: nobody else, while it is set.
    """

    groups: tuple[str, ...]
    skills: tuple[tuple[str, int], ...] = ()
    agent: str | None = None

    @property
    def key(self) -> str:
        """The needs as text: the same text for the same needs, and other text for others."""
        skills = _OF_ONE_KIND.join(f"{skill}{_LEVEL}{level}" for skill, level in self.skills)
        return _PARTS.join((_OF_ONE_KIND.join(self.groups), skills, self.agent or ""))

    @staticmethod
    def parse(key: str) -> "Needs":
        """The needs that `key` was written for. Raises ValueError for a text that is no key."""
        return _parsed(key)

    def released(self) -> "Needs":
        """The same, open to everybody who can and no longer to one agent alone."""
        return replace(self, agent=None) if self.agent is not None else self


@lru_cache(maxsize=4096)
def _parsed(key: str) -> Needs:
    groups, skills, agent = key.split(_PARTS)
    levels = (part.split(_LEVEL) for part in skills.split(_OF_ONE_KIND) if part)
    return Needs(
        groups=tuple(groups.split(_OF_ONE_KIND)),
        skills=tuple((skill, int(level)) for skill, level in levels),
        agent=agent or None,
    )
