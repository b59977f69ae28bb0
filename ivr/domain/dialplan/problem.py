"""What `ivr check` says: a problem with its place, and the nearest right word.

Problems are collected, never raised one at a time: an operator who mends a file wants the whole list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process

# Below this likeness (0 to 100) a proposal is noise: "affald" is no help to somebody who wrote "valg".
_LIKE_ENOUGH = 60


class Severity(StrEnum):
    ERROR = "error"  # the plan is refused
    WARNING = "warning"  # the plan is taken; somebody should look


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1, as editors do."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a file, and what to do next. `str` gives the form that people read."""

    file: str
    line: int
    column: int
    text: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}  "
        word = "warning: " if self.severity is Severity.WARNING else ""
        hint = f"\n{' ' * len(place)}{self.hint}" if self.hint else ""
        return f"{place}{word}{self.text}{hint}"


@dataclass(slots=True)
class Report:
    """The problems found so far.

    `unresolved` holds the sections in which a name was looked for in vain: what looks unused there may only be misspelt.
    """

    unresolved: set[str] = field(default_factory=set)
    _problems: list[Problem] = field(default_factory=list)

    def error(self, mark: Mark, text: str, hint: str = "") -> None:
        self._add(mark, text, hint, Severity.ERROR)

    def warning(self, mark: Mark, text: str, hint: str = "") -> None:
        self._add(mark, text, hint, Severity.WARNING)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self._problems)

    def problems(self) -> tuple[Problem, ...]:
        """All of them once, in the order of their places."""
        return tuple(sorted(set(self._problems), key=lambda p: (p.file, p.line, p.column, p.text)))

    def _add(self, mark: Mark, text: str, hint: str, severity: Severity) -> None:
        self._problems.append(
            Problem(file=mark.file, line=mark.line, column=mark.column, text=text, hint=hint, severity=severity)
        )


def nearest(word: str, known: Iterable[str], places: Mapping[str, Mark | None] | None = None) -> str:
    """The hint for a word that is not known: the likest known one, with its line in `places`, or else all of them."""
    words = list(known)
    best = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH)
    if best is None:
        return f"Known: {quoted(words)}." if words else ""
    mark = (places or {}).get(best[0])
    return f'Nearest: "{best[0]}" (line {mark.line}).' if mark else f'Nearest: "{best[0]}".'


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
