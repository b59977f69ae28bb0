"""What the engine believes was said."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A topic that the words may have meant; `confidence` is from 0 to 1."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a recogniser wrote down. Its confidence, from 0 to 1, may be missing and is no probability."""

    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance: the words as recognised and what they may mean, the most probable topic first.

    `entries` are the directory entries that the words name, best first; `unknown_name` is set when somebody was asked
    for by a name that nobody there has. `danger` is set when somebody's life may be at stake, whatever the topic.
    `two_sided` is set when the first two candidates may both be meant.
    `affirms` is True for a yes, False for a no, None when neither was said.
    """

    words: str
    candidates: tuple[Candidate, ...] = ()
    entries: tuple[str, ...] = ()
    unknown_name: bool = False
    danger: bool = False
    two_sided: bool = False
    affirms: bool | None = None
    wants_person: bool = False


def plain(words: str) -> str:
    """The words as two utterances are compared by a reader: small letters, single spaces, no punctuation."""
    return " ".join(re.findall(r"\w+(?:['’-]\w+)*", unicodedata.normalize("NFC", words).lower()))
