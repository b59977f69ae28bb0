"""A small town as plain values, and a caller who walks through it without any carrier."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from ivr.domain.flow import machine
from ivr.domain.flow.actions import SPOKEN, Ask, Say, Spoken, Wait
from ivr.domain.flow.events import Arrived, Event, Pressed, Silence, Spoke
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.graph import (
    Department,
    Flow,
    Line,
    Menu,
    Option,
    Speaker,
    Target,
    TargetKind,
    Topic,
    TopicKind,
)
from ivr.domain.flow.state import State
from ivr.domain.heard import Candidate, Heard
from ivr.domain.language import Language
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.directory import Employee, Presence
from ivr.domain.routing.hours import Opening

PROMPTS = Path(__file__).parents[3] / "ivr" / "prompts"
DA, EN = Language("da"), Language("en")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))  # a Monday
OPEN = Opening(is_open=True)
CLOSED = Opening(is_open=False, opens_at=NOW.replace(hour=9) + timedelta(days=1))
DUTY = PhoneNumber("+4572001288")
FALLBACK = PhoneNumber("+4572001299")


def both(danish: str, english: str) -> dict[Language, str]:
    return {DA: danish, EN: english}


def words() -> dict[str, dict[Language, str]]:
    files = {language: yaml.safe_load((PROMPTS / f"{language}.yaml").read_text("utf-8")) for language in (DA, EN)}
    return {key: {language: str(files[language][key]) for language in files} for key in files[DA]}


def topic(id: str, kind: TopicKind, group: str, danish: str, english: str, **more) -> Topic:
    return Topic(id=id, kind=kind, group=group, title=both(danish, english), **more)


def link(path: str) -> dict[Language, str]:
    return both(f"https://by.example/{path}", f"https://by.example/en/{path}")


TOPICS = (
    topic(
        "pas",
        TopicKind.LINK,
        "borgerservice",
        "pas",
        "passport",
        answer=both("Du bestiller tid på nettet.", "You book a time online."),
        link=link("pas"),
        skill="pas",
        required_level=2,
    ),
    topic(
        "koerekort",
        TopicKind.LINK,
        "borgerservice",
        "kørekort",
        "driving licence",
        answer=both("Du fornyer dit kørekort på nettet.", "You renew it online."),
        link=link("koerekort"),
    ),
    topic(
        "affald",
        TopicKind.ANSWER,
        "omstilling",
        "affald",
        "refuse",
        answer=both("Vi tømmer om tirsdagen.", "We collect on Tuesdays."),
    ),
    topic("hjemmehjaelp", TopicKind.ROUTE, "borgerservice", "hjemmehjælp", "home care", link=link("hjemmehjaelp")),
    topic("boligstoette", TopicKind.CASE, "borgerservice", "boligstøtte", "housing benefit"),
    topic(
        "bekymring",
        TopicKind.URGENT,
        "vagt",
        "bekymring for et barn",
        "concern for a child",
        link=link("bekymring"),
        anonymous=True,
        fallback=DUTY,
    ),
    topic("misbrug", TopicKind.ROUTE, "borgerservice", "misbrug", "addiction", link=link("misbrug"), anonymous=True),
    topic("medarbejder", TopicKind.DIRECTORY, "omstilling", "en bestemt medarbejder", "a named employee"),
    topic("menneske", TopicKind.ROUTE, "omstilling", "at tale med en medarbejder", "speaking to a person"),
)


def option(key: str, danish: str, english: str, kind: TargetKind, id: str) -> Option:
    return Option(key=key, label=both(danish, english), target=Target(kind=kind, id=id))


MENUS = (
    Menu(
        id="main",
        options=(
            option("1", "For en medarbejder", "For an employee", TargetKind.TOPIC, "medarbejder"),
            option("2", "For borgerservice", "For citizen service", TargetKind.MENU, "borgerservice"),
            option("3", "For affald", "For refuse", TargetKind.TOPIC, "affald"),
            option("4", "For omstillingen", "For the switchboard", TargetKind.GROUP, "omstilling"),
            option("5", "For et barn", "For a child", TargetKind.TOPIC, "bekymring"),
        ),
    ),
    Menu(
        id="borgerservice",
        options=(
            option("1", "For pas", "For passport", TargetKind.TOPIC, "pas"),
            option("2", "For kørekort", "For driving licence", TargetKind.TOPIC, "koerekort"),
            option("3", "For hjemmehjælp", "For home care", TargetKind.TOPIC, "hjemmehjaelp"),
        ),
    ),
)

LINE = Line(
    id="main",
    number=PhoneNumber("+4572001234"),
    name=both("Hovednummeret", "Main number"),
    greeting=both("Velkommen.", "Welcome."),
    languages=(DA, EN),
    menu="main",
    person_group="omstilling",
    fallback=FALLBACK,
    hours="townhall",
)

GROUPS = {
    "omstilling": both("Omstillingen", "Switchboard"),
    "borgerservice": both("Borgerservice", "Citizen Service"),
    "vagt": both("Den sociale vagt", "Duty officer"),
}

FLOW = Flow(
    municipality=both("Lillebælt Kommune", "Lillebaelt Municipality"),
    sms_sender="Lillebaelt",
    lines={LINE.number: LINE},
    menus={menu.id: menu for menu in MENUS},
    topics={topic.id: topic for topic in TOPICS},
    departments={
        "byg": Department(id="byg", name=both("Byg og Plan", "Building"), group="borgerservice"),
        "stab": Department(id="stab", name=both("Staben", "Secretariat"), group="omstilling"),
    },
    speakers={
        DA: Speaker(language=DA, name="Dansk", carrier_code="da-DK"),
        EN: Speaker(language=EN, name="English", carrier_code="en-GB", called=("engelsk", "speak english")),
    },
    notices=(),
    words=words(),
    group_names=GROUPS,
)


def employee(id: str, department: str, presence: Presence = Presence.IN, *, phone: str | None = "+4572001240", **more):
    number = PhoneNumber(phone) if phone else None
    return Employee(id=id, name=id.title(), department=department, phone=number, presence=presence, **more)


EMPLOYEES = {
    person.id: person
    for person in (
        employee("karen", "byg"),
        employee("mette", "byg", Presence.MEETING, until=NOW.replace(hour=11)),
        employee("mette-lund", "stab", phone="+4572001241"),
        employee("otto", "byg", Presence.HOLIDAY),
        employee("zofia", "byg", phone=None),
    )
}

DAYTIME = Facts(now=NOW, line=OPEN, openings=dict.fromkeys(GROUPS, OPEN), employees=EMPLOYEES)
NIGHT = replace(DAYTIME, line=CLOSED, openings=dict.fromkeys(GROUPS, CLOSED))


def but(facts: Facts = DAYTIME, *, closed: tuple[str, ...] = (), **changes) -> Facts:
    """The same facts with these groups closed and other changes."""
    return replace(facts, openings={**facts.openings, **dict.fromkeys(closed, CLOSED)}, **changes)


def heard(words: str = "", *topics: str | tuple[str, float], **more) -> Heard:
    """An utterance; a topic without a confidence is beyond doubt."""
    pairs = [(t, 0.9) if isinstance(t, str) else t for t in topics]
    return Heard(words=words, candidates=tuple(Candidate(topic=t, confidence=c) for t, c in pairs), **more)


def texts(spoken: tuple[Spoken, ...]) -> list[Say]:
    said = []
    for action in spoken:
        said += [action] if isinstance(action, Say) else getattr(action, "say", ())
    return said


@dataclass
class Caller:
    """Somebody on the line. Each act takes one turn and gives what was done besides speaking."""

    facts: Facts = DAYTIME
    flow: Flow = FLOW
    state: State = field(init=False)
    spoken: tuple[Spoken, ...] = ()
    deeds: tuple = ()

    def __post_init__(self) -> None:
        self.state = machine.begin(LINE)
        self.does(Arrived())

    def does(self, event: Event, facts: Facts | None = None) -> tuple:
        self.facts = facts or self.facts
        self.state, actions = machine.advance(self.flow, self.state, event, self.facts)
        spoken = tuple(action for action in actions if isinstance(action, Spoken))
        self.spoken = SPOKEN.validate_json(SPOKEN.dump_json(spoken))
        self.deeds = tuple(action for action in actions if not isinstance(action, Spoken))
        return self.deeds

    def press(self, *keys: str) -> tuple:
        for key in keys:
            self.does(Pressed(key))
        return self.deeds

    def say(self, words: str = "", *topics, **more) -> tuple:
        return self.does(Spoke(heard(words, *topics, **more)))

    def is_silent(self, times: int = 1) -> tuple:
        for _ in range(times):
            self.does(Silence())
        return self.deeds

    @property
    def hears(self) -> str:
        return " ".join(say.text for say in texts(self.spoken))

    @property
    def asked(self) -> Spoken:
        return self.spoken[-1]

    @property
    def listens(self) -> bool:
        return isinstance(self.asked, Ask) and self.asked.speech

    @property
    def waits(self) -> bool:
        return isinstance(self.asked, Wait)

    def done(self, kind: type) -> list:
        return [deed for deed in self.deeds if isinstance(deed, kind)]

    @property
    def noted(self) -> list[str]:
        return [deed.kind for deed in self.deeds if hasattr(deed, "kind")]
