"""The example municipality: what is published must be whole, consistent and safe to ring."""

import csv
import re
from collections import Counter
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path

import pytest
import yaml

from ivr.domain.phone import NumberKind, PhoneNumber
from ivr.domain.routing.directory import Presence

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "routes.yaml").read_text("utf-8")
ROUTES = yaml.safe_load(TEXT)
TOPICS, GROUPS = ROUTES["topics"], ROUTES["groups"]
SKILLS = {topic["skill"] for topic in TOPICS.values() if "skill" in topic}
DEPARTMENTS = {department["name"]["da"] for department in ROUTES["departments"].values()}

# group: kind: topics
EXPECTED = {
    "borgerservice": {
        "link": "pas koerekort sundhedskort eu-sygesikring laegeskift flytning bopaelsattest mitid digital-post "
        "navneaendring valg",
        "route": "legitimationskort vielse",
    },
    "ydelse": {
        "link": "boligstoette folkepension boernetilskud ejendomsskat-laan",
        "case": "foertidspension kontanthjaelp enkeltydelse helbredstillaeg",
    },
    "arbejdsmarked": {"link": "ledig", "case": "sygedagpenge jobsamtale fleksjob"},
    "familie": {
        "link": "pladsanvisning skoleindskrivning sfo",
        "case": "friplads",
        "route": "sundhedspleje boernetandpleje",
        "urgent": "bekymring",
    },
    "pleje": {"case": "hjemmehjaelp hjaelpemidler plejebolig koersel genoptraening", "route": "madservice"},
    "natur-miljoe": {
        "link": "affald storskrald rotter vejskade parkering",
        "answer": "genbrugsplads",
        "route": "spildevand",
        "case": "olietank",
    },
    "byg": {"link": "carport bbr", "case": "byggesag"},
    "opkraevning": {"case": "regning betalingsaftale"},
    "omstilling": {
        "link": "tidsbestilling",
        "answer": "aabningstider",
        "route": "aktindsigt klage menneske",
        "directory": "medarbejder",
    },
}


def rows(name):
    with open(ROOT / "demo" / f"{name}.csv", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = list(reader)
    assert all(None not in row and None not in row.values() for row in found), "a row has too many or too few fields"
    return reader.fieldnames, found


def options():
    return chain.from_iterable(menu["options"].values() for menu in ROUTES["menus"].values())


def menus_from(start):
    """Every menu with the keys it takes to hear it."""
    steps, left = {start: 0}, [start]
    while left:
        here = left.pop(0)
        for option in ROUTES["menus"][here]["options"].values():
            if option.get("menu") and option["menu"] not in steps:
                steps[option["menu"]] = steps[here] + 1
                left.append(option["menu"])
    return steps


def test_the_57_topics_have_their_groups_and_kinds():
    expected = {
        topic: (group, kind)
        for group, kinds in EXPECTED.items()
        for kind, ids in kinds.items()
        for topic in ids.split()
    }

    assert len(expected) == 57
    assert {topic: (said["group"], said["kind"]) for topic, said in TOPICS.items()} == expected


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_is_short_enough_to_hear(topic):
    for language, answer in TOPICS[topic].get("answer", {}).items():
        assert len(answer) <= 300, (language, len(answer))
        assert len(re.findall(r"[.!?](?:\s|$)", answer)) <= 2, language
        assert answer.endswith(".")
        assert not re.search(r"https?:|www\.|\b(kl|ca|evt|fx|mv|pga|tlf|nr)\.|\d:\d|[–—…’“”]", answer), answer


@pytest.mark.parametrize("topic", TOPICS)
def test_what_a_topic_needs_is_there_in_both_languages(topic):
    said = TOPICS[topic]
    needed = {"title"} | ({"answer"} if said["kind"] in ("link", "answer") else set())
    needed |= {"link"} if said["kind"] == "link" else set()

    assert needed <= set(said)
    for part in {"title", "answer", "link"} & set(said):
        assert set(said[part]) == {"da", "en"}
        assert all(said[part].values())


def test_links_lead_to_the_example_domain_and_each_topic_has_its_own():
    links = [link for topic in TOPICS.values() for link in topic.get("link", {}).values()]

    assert [link for link in links if not link.startswith("https://lillebaelt.example/")] == []
    assert [link for link, times in Counter(links).items() if times > 1] == []
    assert set(re.findall(r"https?://([^/\"]+)", TEXT)) == {"lillebaelt.example"}


def test_concern_for_a_child_has_no_link_and_no_notice_and_is_never_without_an_answer():
    bekymring = TOPICS["bekymring"]

    assert bekymring["fallback"] == "+4572001288"
    assert bekymring["anonymous"] is True
    assert not {"link", "answer"} & set(bekymring)
    assert all("bekymring" not in notice.get("topics", []) for notice in ROUTES["notices"])


def test_no_notice_plays_to_everybody_at_all_times():
    for notice in ROUTES["notices"]:
        assert notice["topics"]
        assert set(notice["topics"]) <= set(TOPICS)
        assert notice["from"] <= notice["until"]


def test_every_number_lies_in_the_series_that_rings_nobody():
    numbers = re.findall(r"\+\d+", TEXT) + [row["device"] for row in rows("staff")[1]]
    numbers += [row["phone"] for row in rows("directory")[1] if row["phone"]]

    assert [number for number in numbers if not re.fullmatch(r"\+45720012\d\d", number)] == []


def test_menus_are_short_and_every_topic_can_be_reached_by_key_within_three():
    steps = menus_from("main")

    assert set(steps) == set(ROUTES["menus"])
    assert max(steps.values()) <= 2
    assert {
        name for name, menu in ROUTES["menus"].items() if len(menu["options"]) > (8 if name == "main" else 5)
    } == set()
    assert {option["topic"] for option in options() if "topic" in option} == set(TOPICS)
    for menu in ROUTES["menus"].values():
        assert list(menu["options"]) == list(range(1, len(menu["options"]) + 1))
    concern = [
        name
        for name, menu in ROUTES["menus"].items()
        for o in menu["options"].values()
        if o.get("topic") == "bekymring"
    ]
    assert min(steps[name] + 1 for name in concern) <= 2


def test_groups_hours_and_departments_refer_to_each_other():
    assert len(GROUPS) == 10
    assert len(DEPARTMENTS) == 6
    assert {group["hours"] for group in GROUPS.values()} <= set(ROUTES["hours"])
    assert {topic["group"] for topic in TOPICS.values()} <= set(GROUPS)
    assert {department["group"] for department in ROUTES["departments"].values()} <= set(GROUPS)
    assert {option["group"] for option in options() if "group" in option} <= set(GROUPS)


def test_the_directory_can_be_read():
    header, people = rows("directory")

    assert header == ["name", "department", "phone", "email", "presence", "until"]
    assert len(people) == len({person["name"] for person in people}) == 20
    assert {person["department"] for person in people} == DEPARTMENTS
    assert any(times > 1 for times in Counter(person["name"].split()[0] for person in people).values())
    for person in people:
        Presence(person["presence"])
        until = person["until"]
        assert not until or (time.fromisoformat(until) if len(until) == 5 else datetime.fromisoformat(until))
        assert not person["phone"] or PhoneNumber.parse(person["phone"])
        assert person["email"].endswith("@lillebaelt.example")


def test_the_staff_covers_every_group_and_skill_and_level():
    header, staff = rows("staff")
    agents = [person for person in staff if person["role"] == "agent"]
    skills = {a["username"]: dict(part.split(":") for part in a["skills"].split(";") if part) for a in staff}

    assert header == ["username", "name", "role", "device", "groups", "skills", "password"]
    assert len(agents) == 14
    assert Counter(person["role"] for person in staff) == {"agent": 14, "supervisor": 1, "admin": 1}
    for column in ("username", "device", "name"):
        assert len({person[column] for person in staff}) == len(staff)
    assert set(chain.from_iterable(person["groups"].split(";") for person in agents)) == set(GROUPS)
    assert set(chain.from_iterable(skills.values())) == SKILLS
    assert all(level in "12345" for levels in skills.values() for level in levels.values())
    for name, topic in TOPICS.items():
        able = [
            agent["username"]
            for agent in agents
            if topic["group"] in agent["groups"].split(";")
            and int(skills[agent["username"]].get(topic.get("skill"), 0 if topic.get("skill") else 5))
            >= topic.get("level", 1)
        ]
        assert able, f"nobody can answer {name}"


def test_the_cases_are_as_awkward_as_real_ones():
    header, cases = rows("cases")
    phones = {}
    for case in cases:
        phones.setdefault(case["party_phone"], []).append(case["party_name"])

    assert header == [
        "case_number",
        "topic",
        "title",
        "status",
        "next_step",
        "expected_by",
        "caseworker",
        "party_name",
        "party_phone",
        "pin",
        "received_on",
        "updated_on",
    ]
    assert len(cases) == len({case["case_number"] for case in cases}) == 40
    for case in cases:
        assert TOPICS[case["topic"]]["kind"] in ("case", "route")
        assert re.fullmatch(r"\d{4}", case["pin"])
        assert not case["party_phone"] or PhoneNumber.parse(case["party_phone"]).kind is NumberKind.MOBILE
        assert not case["party_phone"] or re.fullmatch(r"\+452030\d{4}", case["party_phone"])
        assert date.fromisoformat(case["received_on"]) <= date.fromisoformat(case["updated_on"]) <= date(2026, 12, 31)
        assert not case["expected_by"] or date.fromisoformat(case["expected_by"]) >= date.fromisoformat(
            case["received_on"]
        )
    assert [case["topic"] for case in cases if case["party_phone"] == "+4520304050"] == ["olietank"]
    assert any(len(names) > len(set(names)) for names in phones.values()), "two cases of one person"
    assert any(len(set(names)) > 1 for phone, names in phones.items() if phone), "two people who share a phone"
    assert any(c["status"] == "under behandling" and c["expected_by"] < "2026-11-20" for c in cases), "overdue"
    assert any(case["status"] == "afsluttet" for case in cases)


def test_citizens_exempt_from_digital_post_are_mobiles():
    header, exempt = rows("exempt")

    assert header == ["phone"]
    assert len(exempt) == 3
    assert all(PhoneNumber.parse(row["phone"]).kind is NumberKind.MOBILE for row in exempt)
