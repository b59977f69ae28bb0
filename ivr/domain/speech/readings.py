"""What of an utterance is meant: callers correct themselves, and say what it is not before what it is.

"pas nej vent kørekort" is about a driving licence and "det er ikke regningen det er rykkeren" about the reminder. Nothing
is decided here: each way to read the words is offered, and whoever knows topics takes the last one that makes sense.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How a language turns in a sentence, as whole words or groups of them.

    `leads` come before the matter and say nothing of it ("jeg ringer angående …").
    After one of `corrections` comes what was meant all along. After one of `denials` comes what it is not, until one of
    `openings` begins what it is. After one of `contrasts` comes what matters, whatever was before.
    """

    leads: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read an utterance; `corrects` where the caller took back what came before."""

    text: str
    corrects: bool = False


_FIRST_WORDS = 3  # "det er ikke …", "jeg skal ikke …"


class Reader:
    """Reads utterances of one language. Immutable."""

    def __init__(self, turns: Turns) -> None:
        self._leads = _any(turns.leads)
        self._corrections = _any(turns.corrections)
        self._denials = _any(turns.denials)
        self._openings = _any(turns.openings)
        self._contrasts = _any(turns.contrasts)

    def matter(self, text: str) -> str:
        """The text from where it comes to the matter. Whoever says no more than the lead has said that."""
        rest = text
        while self._leads is not None and (lead := self._leads.match(rest)) is not None:
            rest = rest[lead.end() :].strip()
        return rest or text

    def readings(self, text: str) -> tuple[Reading, ...]:
        """The whole text first, then ever less of it: what comes after the last contrast, denial or correction."""
        found = [Reading(text)]
        parts = (
            Reading(_after_last(self._contrasts, text)),
            self._after_denial(text),
            Reading(_after_last(self._corrections, text), corrects=True),
        )
        return (*found, *(part for part in parts if part.text and part.text != text))

    def _after_denial(self, text: str) -> Reading:
        """What is left when every denial has been followed by an opening; one that stands first takes back all it denies."""
        rest, corrects = text, False
        while self._denials is not None and self._openings is not None:
            denied = self._denials.search(rest)
            opened = self._openings.search(rest, denied.end()) if denied is not None else None
            if denied is None or opened is None:
                break
            corrects = corrects or len(rest[: denied.start()].split()) < _FIRST_WORDS
            rest = rest[opened.start() :].strip()
        return Reading(rest, corrects=corrects)


def _any(words: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the groups of words, the longest where several fit."""
    groups = sorted(set(words), key=lambda group: (-len(group), group))
    return re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, groups)) + r")(?!\S)") if groups else None


def _after_last(pattern: re.Pattern[str] | None, text: str) -> str:
    """What follows the last match, of those that do not begin the text."""
    ends = [match.end() for match in pattern.finditer(text) if match.start() > 0] if pattern is not None else []
    return text[ends[-1] :].strip() if ends else ""
