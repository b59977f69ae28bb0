"""The compiled call flow: what `routes.yaml` says, as values that name each other by id.

The places of a call (`state.Place`) are the same in every installation; what differs is here: numbers, menus, topics,
languages and words. A text is never looked up by its wording: `Flow.words` holds the prompt for an occasion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ivr.domain.flow.vocabulary import Vocabulary
from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy


class TopicKind(StrEnum):
    """How a topic is helped: what the engine does once it knows what the call is about."""

    LINK = "link"  # a short answer, a link by SMS, then "did it help?"
    ANSWER = "answer"  # a short answer, then "did it help?"
    ROUTE = "route"  # straight to the group
    CASE = "case"  # to the group, with the caller's cases on the agent's screen
    URGENT = "urgent"  # a person at once, ahead of everybody; no link, no notices
    DIRECTORY = "directory"  # a named employee or department


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A matter that people call about.

    `skill` and `required_level` (1 to 5) say who may answer; no skill means anyone in the group. With
    `preferred_seconds` the skill is insisted on for so long only, from the entry into the line. `anonymous` topics
    leave no trace of the caller's number. `fallback` is where the caller is put through when nobody of the group can
    be reached; urgent topics must have one.
    """

    id: str
    kind: TopicKind
    group: str
    title: Text
    answer: Text = field(default_factory=dict)
    link: Text = field(default_factory=dict)
    skill: str | None = None
    required_level: int = 1
    preferred_seconds: int | None = None
    anonymous: bool = False
    fallback: PhoneNumber | None = None

    def skills_in(self, group: str) -> tuple[tuple[str, int], ...]:
        """The skills that an agent of `group` needs for it, with their levels. Other groups than its own need none."""
        return ((self.skill, self.required_level),) if self.skill is not None and group == self.group else ()


class TargetKind(StrEnum):
    """Where an option of a menu leads."""

    MENU = "menu"
    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One key of a menu: "For pas og kørekort: tast 1". `label` is the part before the key."""

    key: str
    label: Text
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    id: str
    options: tuple[Option, ...]
    title: Text = field(default_factory=dict)


class Recogniser(StrEnum):
    """Who writes down what callers say."""

    CARRIER = "carrier"
    VOSK = "vosk"  # ourselves, by `ivr listen`


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """How a language is spoken and heard at the carrier: its own name, carrier code (`da-DK`) and voice.

    `called` is what callers say who want it, in any language, besides its own name. `skill` is what an agent needs to
    help callers in it; None where everybody speaks it.
    """

    language: Language
    name: str
    carrier_code: str
    voice: str | None = None
    recogniser: Recogniser = Recogniser.CARRIER
    called: tuple[str, ...] = ()
    skill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number that citizens call. `fallback` answers when the engine cannot; `person_group` is whom `0` reaches."""

    id: str
    number: PhoneNumber
    name: Text
    greeting: Text
    languages: tuple[Language, ...]
    menu: str
    person_group: str
    fallback: PhoneNumber
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A broadcast message. Without topics every caller hears it; with topics only those who call about them.

    `first_day` and `last_day` are inclusive, in the municipality's time zone.
    """

    id: str
    text: Text
    topics: frozenset[str] = frozenset()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A part of the municipality that callers ask for by name; its calls go to `group`."""

    id: str
    name: Text
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """How callers wait in a group's line.

    `messages` are said one after the other while they wait. When `longest_line` wait already, the next caller is told so
    (None: as many as come). After `longest_wait` a caller is asked, once, whether to go on waiting. With `callback` a long
    wait is spared whoever wants to be rung.
    """

    messages: tuple[Text, ...] = ()
    longest_line: int | None = None
    longest_wait: timedelta = timedelta(minutes=30)
    callback: CallbackPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """The confidence bands, from 0 to 1, and how often to fail before a person takes over.

    At `sure` the engine goes on; from `likely` it asks "Drejer det sig om …?"; two topics less than `margin` apart are
    both offered; below `likely` it has not understood. `failures` counts silence and misunderstanding together.
    """

    sure: float = 0.70
    likely: float = 0.40
    margin: float = 0.12
    failures: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """All that a call needs to know of the installation. `words` maps an occasion to its prompt in every language.

    `hints` are phrases that help the carrier's recogniser, per language; `vocabularies` are what we listen for ourselves,
    in those languages in which we do.
    """

    municipality: Text
    sms_sender: str
    lines: Mapping[PhoneNumber, Line]
    menus: Mapping[str, Menu]
    topics: Mapping[str, Topic]
    departments: Mapping[str, Department]
    speakers: Mapping[Language, Speaker]
    notices: tuple[Notice, ...]
    words: Mapping[str, Text]
    group_names: Mapping[str, Text]
    holds: Mapping[str, Hold] = field(default_factory=dict)
    understanding: Understanding = field(default_factory=Understanding)
    hints: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    vocabularies: Mapping[Language, Vocabulary] = field(default_factory=dict)
    first_silence: timedelta = timedelta(seconds=7)
