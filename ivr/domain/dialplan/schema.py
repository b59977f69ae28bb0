"""What may stand where in `routes.yaml`, as data. `docs/routes.md` tells operators the same; keep both in step."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.domain.dialplan import document
from ivr.domain.dialplan.problem import Mark, Report
from ivr.domain.dialplan.shapes import (
    Item,
    Known,
    ListOf,
    Malformed,
    Part,
    Place,
    Plain,
    Record,
    Special,
    Table,
    named,
)
from ivr.domain.dialplan.values import (
    DAY,
    FLAG,
    PHONE,
    Name,
    Words,
    check_answer,
    check_link,
    choice,
    decimal,
    hours,
    minutes,
    parse_country,
    parse_phone,
    seconds,
    spelled,
    whole,
)
from ivr.domain.dialplan.week import DAYS, parse_clock, parse_spans
from ivr.domain.flow.graph import Recogniser, TopicKind
from ivr.domain.routing.groups import Strategy

ALWAYS = "always"

_NAME = r"[a-z0-9][a-z0-9_-]*"
_NAMED = named(_NAME, "Use small letters a-z, digits and hyphens: it stands in addresses and reports.")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed(f'is "{text}", which is not a time zone.', hint="Write Europe/Copenhagen.") from None
    return text


def _option_key(key: str) -> None:
    taken = {"0": "reaches a person", "9": "goes back", "*": "repeats"}
    if key in taken:
        hint = "Give the option a key from 1 to 8."
        raise Malformed(f"takes a key that belongs to the engine: {key} {taken[key]} everywhere.", hint=hint)
    if key not in "12345678" or len(key) != 1:
        raise Malformed("is on no key that an option can have.", hint="Give the option a key from 1 to 8.")


def _phone_key(key: str) -> None:
    parse_phone(key)


def _hours_key(key: str) -> None:
    if key == ALWAYS:
        raise Malformed("is a name of the engine's own.", hint=f"Name {ALWAYS} where it is wanted; remove it here.")
    _NAMED(key)


def _prompt_key(key: str) -> None:
    """Which prompts there are is known to the prompts files alone: `words.py` checks them."""


_ID = spelled(_NAME, "a name of small letters, digits and hyphens", "main")

_MUNICIPALITY = Record(
    required={
        "name": Words(),
        "sms_sender": spelled(
            "(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", "1 to 11 of A-Z, a-z, 0-9 and space, with a letter", "Lillebaelt"
        ),
        "time_zone": Plain(expected="a time zone", example="Europe/Copenhagen", convert=_zone),
    },
)

_LANGUAGE = Record(
    required={
        "name": spelled(r"\S.*", "the language's own name", "Dansk"),
        "carrier": spelled("[a-z]{2,3}-[A-Z]{2}", "a carrier's code of a language", "da-DK"),
    },
    optional={
        "voice": spelled(r"[A-Za-z0-9.-]+", "a voice of the carrier", "Google.da-DK-Wavenet-F"),
        "recogniser": choice(*Recogniser),
        "skill": _ID,
        "called": ListOf(
            noun="name",
            shape=spelled(r".*\w.*", "words that callers say who want the language", "speak english"),
            example="english, speak english",
        ),
    },
)

_NUMBER = Record(
    required={
        "id": _ID,
        "name": Words(),
        "greeting": Words(),
        "languages": ListOf(noun="language", shape=Name(section="languages", says="speaks"), example="da, en"),
        "menu": Name(section="menus", says="opens menu", example="main"),
        "hours": Name(section="hours", says="keeps hours", example="townhall"),
        "person": Name(section="groups", says="sends callers who press 0 to group", example="omstilling"),
        "fallback": PHONE,
    },
)

_WEEK = Record(
    optional=dict.fromkeys(DAYS, Plain(expected="opening hours", example="9-15", convert=parse_spans)),
)

_CLOSING_DAY = Record(
    required={"day": DAY},
    optional={
        "closes": Plain(expected="a time of day", example='"12:00"', convert=parse_clock),
        "reason": spelled(r"\S.*", "what callers are told", "Juleaftensdag"),
    },
)

_NOTICE = Record(
    required={"id": _ID, "text": Words()},
    optional={
        "topics": ListOf(noun="topic", shape=Name(section="topics", says="is for topic"), example="mitid"),
        "from": DAY,
        "until": DAY,
    },
)

_OPTION = Record(
    required={"label": Words()},
    optional={
        "menu": Name(section="menus", says="leads to menu"),
        "topic": Name(section="topics", says="leads to topic"),
        "group": Name(section="groups", says="leads to group"),
    },
)

_MENU = Record(
    required={"options": Table(noun="option", shape=_OPTION, key=_option_key, quote=False)},
    optional={"title": Words()},
)

_TOPIC = Record(
    required={
        "title": Words(),
        "kind": choice(*TopicKind),
        "group": Name(section="groups", says="sends callers to group", example="borgerservice"),
    },
    optional={
        "answer": Words(check=check_answer),
        "link": Words(example='{da: "https://…", en: "https://…"}', check=check_link),
        "skill": _ID,
        "level": whole(1, 5, 2),
        "preferred_seconds": whole(0, 3600, 30),
        "kle": spelled(r"(\d{2}(\.\d{2}){0,2})?", "a KLE number or empty", '"23.05.05"'),
        "anonymous": FLAG,
        "fallback": PHONE,
    },
)

_TARGET = Record(
    required={"share": decimal(0.01, 1, 0.8), "seconds": seconds(1, 3600, 60)},
    optional={"short_abandon_seconds": seconds(0, 60, 5)},
)

_AFTER_WAITING = Record(
    optional={
        "seconds": seconds(1, 7200, 60),
        "forecast_minutes": minutes(1, 240, 10),
        "groups": ListOf(noun="group", shape=Name(section="groups", says="asks group"), example="omstilling"),
        "without": ListOf(noun="skill", shape=_ID, example="pas"),
        "levels": Table(noun="skill", shape=whole(1, 5, 1), key=_NAMED),
        "bonus_seconds": seconds(1, 7200, 60),
    },
)

_HOLD = Record(
    optional={
        "messages": ListOf(noun="message", shape=Words(check=check_answer), example='{da: "…", en: "…"}'),
        "longest_line": whole(1, 10_000, 50),
    },
)

_CALLBACK = Record(
    required={"offered_from_minutes": minutes(1, 240, 3)},
    optional={"tries": whole(1, 3, 3), "pause_minutes": minutes(1, 120, 10)},
)

_GROUP = Record(
    required={"name": Words(), "hours": Name(section="hours", says="keeps hours", example="townhall")},
    optional={
        "target": Part(record=_TARGET),
        "strategy": choice(*Strategy),
        "after_waiting": ListOf(noun="step", shape=_AFTER_WAITING, example="{seconds: 60, groups: [omstilling]}"),
        "caseworker_first_seconds": seconds(0, 600, 20),
        "last_agent_first_seconds": seconds(0, 600, 20),
        "weight": decimal(0.1, 10, 1),
        "ring_seconds": seconds(5, 120, 20),
        "wrap_up_seconds": seconds(0, 1800, 120),
        "finished_after_seconds": seconds(0, 600, 20),
        "longest_wait_minutes": minutes(1, 480, 30),
        "hold": Part(record=_HOLD),
        "callback": Part(record=_CALLBACK),
        "return_within_seconds": seconds(0, 600, 120),
        "trusts_sip": FLAG,
        "takes_messages": FLAG,
        "messages_within_hours": hours(1, 80, 8),
        "fallback": PHONE,
    },
)

_DEPARTMENT = Record(
    required={"name": Words(), "group": Name(section="groups", says="sends callers to group", example="borgerservice")},
)

_UNDERSTANDING = Record(
    optional={
        "sure": decimal(0, 1, 0.7),
        "likely": decimal(0, 1, 0.4),
        "margin": decimal(0, 1, 0.12),
        "failures": whole(1, 9, 3),
        "ours": decimal(0, 1, 0.70),
        "either": decimal(0, 1, 0.12),
        "danger": decimal(0, 1, 0.2),
    },
)


PLAN = Record(
    required={
        "municipality": Part(record=_MUNICIPALITY),
        "languages": Table(noun="language", shape=_LANGUAGE, key=named("[a-z]{2}", "Use two letters, such as da.")),
        "numbers": Table(noun="number", shape=_NUMBER, key=_phone_key),
        "hours": Table(noun="hours", shape=Special(word=ALWAYS, value=ALWAYS, shape=_WEEK), key=_hours_key),
        "menus": Table(noun="menu", shape=_MENU, key=_NAMED),
        "topics": Table(noun="topic", shape=_TOPIC, key=_NAMED),
        "groups": Table(noun="group", shape=_GROUP, key=_NAMED),
    },
    optional={
        "holidays": Special(
            word=None,
            value=None,
            shape=Plain(expected="a country, or null", example="DK", convert=parse_country),
        ),
        "closing_days": ListOf(noun="closing day", shape=_CLOSING_DAY, name="day"),
        "notices": ListOf(noun="notice", shape=_NOTICE, name="id"),
        "departments": Table(noun="department", shape=_DEPARTMENT, key=_NAMED, may_be_empty=True),
        "understanding": Part(record=_UNDERSTANDING),
        "carrier": Part(record=Record(optional={"calls_per_second": decimal(0.1, 1000, 1)})),
        "prompts": Table(noun="prompt", shape=Words(), key=_prompt_key, may_be_empty=True),
    },
)


def known_in(root: document.Mapping) -> Known:
    """The names that `root` defines, sound or not: a broken topic is still a topic that others may name."""
    sections = ("languages", "hours", "menus", "topics", "groups")
    names: dict[str, dict[str, Mark | None]] = {section: dict(_places(root, section)) for section in sections}
    names["hours"].setdefault(ALWAYS, None)
    return Known(languages=_places(root, "languages"), names=names)


def read_plan(root: document.Mapping, report: Report) -> Item:
    """All that is sound in `root`; what is not is in `report`."""
    start = Mark(root.mark.file, 1, 1)
    place = Place(subject="", key="the plan", mark=start, known=known_in(root), report=report)
    return PLAN.read(root, place) or Item(value={}, mark=start, key_mark=start)


def _places(root: document.Mapping, section: str) -> dict[str, Mark]:
    node = root.get(section)
    return node.places() if isinstance(node, document.Mapping) else {}
