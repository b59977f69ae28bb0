"""What to do next: what the caller hears (`Spoken`, in order) and what the engine does (`Deed`).

Spoken actions carry finished text in one language, so that an adapter only has to format them; they go to and from JSON
because the answer to a turn is kept until the turn is surely over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from ivr.domain.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Words to the caller. `text` may be of any length; the adapter cuts it to what the carrier can say at once."""

    text: str
    language: Language
    kind: Literal["say"] = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question; the words are said and may be interrupted by an answer.

    One key, unless `digits` asks for up to that many, ended by `#` or a pause. `speech` listens for words as well.
    `seconds` is how long to wait for the beginning of an answer.
    """

    say: tuple[Say, ...]
    language: Language
    seconds: int
    digits: int = 1
    speech: bool = False
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A stretch of waiting in line, 20 to 25 s: words, then music; one key may interrupt it."""

    say: tuple[Say, ...]
    language: Language
    kind: Literal["wait"] = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """Into the conference of `contact`, as the participant `leg`; `anchor` ends the room when it leaves."""

    contact: str
    leg: str
    anchor: bool
    say: tuple[Say, ...] = ()
    kind: Literal["meet"] = "meet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPerson:
    """Ring a named employee (or a fallback number) from the caller's own line; 1 accepts after the whisper."""

    number: str
    seconds: int
    whisper: bool = True
    kind: Literal["dial_person"] = "dial_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Let the caller leave a message, up to `seconds`, ended by `#` or a pause."""

    seconds: int
    kind: Literal["record"] = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the line."""

    kind: Literal["hang_up"] = "hang_up"


Spoken = Say | Ask | Wait | Meet | DialPerson | Record | HangUp
"""A document is a sequence of these. Nothing after an Ask, Wait, Meet, DialPerson or Record but what follows it in time."""

SPOKEN: TypeAdapter[tuple[Spoken, ...]] = TypeAdapter(tuple[Spoken, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Put the caller in line for a person. `urgent` goes before everybody, `returned` right after them.

    With `from_start` the waiting time counts from the beginning of the call and not from now; with `place_of` it goes on
    where that entry of an earlier call has left it, and no one else can take that up again. `skills` are what the agent
    needs, each with the lowest level that will do; those in `preferred` are let go after `preferred_seconds`.
    """

    group: str
    topic: str | None
    urgent: bool = False
    returned: bool = False
    from_start: bool = False
    place_of: str | None = None
    skills: tuple[tuple[str, int], ...] = ()
    preferred: frozenset[str] = frozenset()
    preferred_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLine:
    """Take the caller out of the line; `with_message` because a message is left instead."""

    with_message: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCallback:
    """Ring the calling number when its turn comes, `until` at the latest; told as `when`. The place in line is kept."""

    until: datetime
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCallback:
    """Ring nobody: the caller no longer wants the callback."""

    callback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink:
    """Send the link of `topic` by SMS, to `to` (E.164) or, where that is None, to the number that calls."""

    topic: str
    language: Language
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMessage:
    """Keep a recorded message for `group`, or for the employee `entry` of it who was asked for."""

    group: str
    recording: str
    seconds: int
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetCaller:
    """Leave no trace of the caller: no number shown, stored or matched with cases, and none of the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fact for the log; `kind` is one of `contacts.facts.Fact`."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


Deed = Enqueue | LeaveLine | PromiseCallback | CancelCallback | SendLink | KeepMessage | ForgetCaller | Note
Action = Spoken | Deed
