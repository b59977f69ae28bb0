"""What came in from the caller's line. Each event is a past fact and checks itself when it is made."""

from dataclasses import dataclass

from ivr.domain.heard import Heard

_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Arrived:
    """The call has begun."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys were pressed: one, or several where digits were asked for."""

    keys: str

    def __post_init__(self) -> None:
        if not self.keys or not set(self.keys) <= _KEYS:
            raise ValueError("Pressed takes one or more of 0-9, * and #.")


@dataclass(frozen=True, slots=True)
class Spoke:
    """Something was said in answer to a question."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nobody could listen: whatever the caller said is lost, and that is no silence of theirs. `reason` is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The time for an answer ran out, or a document that asked nothing came to its end."""


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """A named employee took the call and the two have spoken; the employee's line has now closed."""


@dataclass(frozen=True, slots=True)
class PersonUnreached:
    """A named employee's telephone was busy, not answered, or failed."""


@dataclass(frozen=True, slots=True)
class MessageRecorded:
    """The caller left a message; `recording` is the carrier's address of it, `seconds` its length."""

    recording: str
    seconds: int


@dataclass(frozen=True, slots=True)
class LineLost:
    """The agent's line dropped in the conversation; the caller is first in line again."""


@dataclass(frozen=True, slots=True)
class NobodyIn:
    """The last agent who could have helped has left while the caller waits."""


@dataclass(frozen=True, slots=True)
class AgentFinished:
    """The agent's telephone was hung up after the talk; the caller is still there to hear a goodbye."""


@dataclass(frozen=True, slots=True)
class CalledBack:
    """A citizen who was promised a callback has been rung and has answered by key."""


@dataclass(frozen=True, slots=True)
class Broke:
    """Something failed inside the engine; a person takes over."""


Event = (
    Arrived
    | Pressed
    | Spoke
    | Unheard
    | Silence
    | PersonAnswered
    | PersonUnreached
    | MessageRecorded
    | LineLost
    | NobodyIn
    | AgentFinished
    | CalledBack
    | Broke
)
