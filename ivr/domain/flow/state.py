"""Where the caller stands: everything a call remembers between two turns, as a small JSON document."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from ivr.domain.heard import Candidate
from ivr.domain.language import Language


class Place(StrEnum):
    """What the caller was last asked, or what the caller is doing."""

    GREETING = "greeting"
    RETURNING = "returning"  # "Tast 1 for at få din plads i køen igen"
    QUESTION = "question"  # "Hvad drejer dit opkald sig om?"
    MENU = "menu"
    CONFIRM = "confirm"  # "Drejer det sig om pas?"
    CHOOSE = "choose"  # "A eller B?"
    LINK_OFFER = "link_offer"
    MOBILE_NUMBER = "mobile_number"
    MOBILE_CONFIRM = "mobile_confirm"
    HELPED = "helped"  # "Fik du hjælp?"
    DIRECTORY = "directory"  # "Sig navnet på personen eller afdelingen"
    DIRECTORY_MENU = "directory_menu"  # departments and employees by key
    DIRECTORY_CHOICE = "directory_choice"  # two of that name
    PERSON_AWAY = "person_away"  # the department, a message, or a person
    DIALLING = "dialling"
    CLOSED = "closed"  # hours; a link, a message
    MESSAGE = "message"
    WAITING = "waiting"
    LEAVE_LINE = "leave_line"  # "Vil du forlade køen?"
    STAY_OR_NOT = "stay_or_not"  # the wait is long, or nobody is there: a message, a link, or stay in line
    CALLBACK = "callback"  # "Vi ringer til 20 30 40 59. Er det rigtigt?"
    PROMISED = "promised"  # called in while a callback is open: keep it, wait instead, or cancel
    LINE_FULL = "line_full"  # too many wait already: a message, a link, or in line all the same
    AFTER_TALK = "after_talk"  # goodbye in which 0 leads back to the front
    OVER = "over"


WAYPOINTS = frozenset(
    {Place.MENU, Place.DIRECTORY, Place.DIRECTORY_MENU, Place.PERSON_AWAY, Place.CLOSED, Place.LINE_FULL}
)
"""Places where the caller chooses among several things, and to which `9` comes back. The open question is before all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A waypoint the caller has passed, with what tells it from others of its kind."""

    place: Place
    menu: str | None = None
    page: int = 0
    entry: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One call, between two turns.

    `failures` counts silence and misunderstanding since the caller was last understood; `misheard` counts failed
    speech over the whole call: the third turns speech off, as does `keys_only`, set when nobody could listen. `wrong_guesses` counts the noes to "Drejer det sig om …?",
    `unknown_names` those asked for who are in no directory.
    `group` is the group in whose line the caller is or was, or that was found closed or full. `in_line` is set from the moment
    the caller is put in line until the wait and the talk have ended. `menu` and `page` tell which list is read, and
    `choices` are the numbered things last offered. `mobile` and `dials` are numbers in E.164 form, kept only for as long
    as they are asked about or rung. `said_position` and `said_wait` (minutes) are what a waiting caller was last told,
    and `said_able` how many agents there were for it; `messages_heard` counts the group's messages, from its first again
    after its last; `was_asked_to_stay` since the wait has grown too long, `callback_offered` since it could be spared.
    `recalled`: the topic is that of an earlier call of the same number, so nothing may tell what it is.
    `trail` is the way back.
    """

    place: Place
    line: str
    language: Language
    menu: str | None = None
    page: int = 0
    topic: str | None = None
    candidates: tuple[Candidate, ...] = ()
    choices: tuple[str, ...] = ()
    entry: str | None = None
    mobile: str | None = None
    dials: str | None = None
    group: str | None = None
    in_line: bool = False
    failures: int = 0
    misheard: int = 0
    keys_only: bool = False
    wrong_guesses: int = 0
    unknown_names: int = 0
    refused: frozenset[str] = frozenset()
    links_sent: tuple[str, ...] = ()
    links_declined: tuple[str, ...] = ()
    said_position: int | None = None
    said_wait: tuple[int, int] | None = None
    said_able: int | None = None
    messages_heard: int = 0
    was_asked_to_stay: bool = False
    callback_offered: bool = False
    recalled: bool = False
    trail: tuple[Step, ...] = ()

    def to_json(self) -> bytes:
        """The state as it is stored."""
        return _STATE.dump_json(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> "State":
        """The state as it was stored."""
        return _STATE.validate_json(text)


_STATE: TypeAdapter[State] = TypeAdapter(State)
