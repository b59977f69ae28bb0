"""`ivr simulate`: a plan and a roster tried on a day of calls, and files that are refused with the place."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert

from ivr.adapters.store import agents, events
from ivr.cli.simulate import command
from ivr.domain.contacts.facts import Fact
from tests.adapters.store.rows import a_contact, an_agent, an_engagement, an_entry, at
from tests.kit.database import environment
from tests.kit.town import ROOT

ROUTES, ROSTER, ARRIVALS = (str(ROOT / name) for name in ("routes.yaml", "demo/roster.csv", "demo/arrivals.csv"))
Run = Callable[..., Result]
Write = Callable[..., str]

CALLS = ("from,to,group,topic,calls", "09:00,12:00,borgerservice,,60", "09:00,12:00,,pas,30")
ALI = ("agent,groups,skills,from,to", "ali,borgerservice,pas:3,09:00,12:00")
BOTH = (*ALI, "birgit,borgerservice,pas:5,09:00,10:30", "birgit,borgerservice,pas:5,11:00,12:00")


@pytest.fixture
def run() -> Run:
    return lambda *words: CliRunner().invoke(command, ["--routes", ROUTES, *words])


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file into the present folder."""
    monkeypatch.chdir(tmp_path)

    def written(name: str, *lines: str) -> str:
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return name

    return written


def test_the_demos_files_are_simulated_and_told_group_by_group(run: Run) -> None:
    told = run("--arrivals", ARRIVALS, "--roster", ROSTER)

    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0] == "A  routes.yaml with roster.csv"
    assert lines[2].split("  ")[0] == "group"
    assert [line.split()[0] for line in lines[3:14]] == [
        "borgerservice",
        "ydelse",
        "arbejdsmarked",
        "familie",
        "pleje",
        "natur-miljoe",
        "byg",
        "opkraevning",
        "omstilling",
        "digital-hjaelp",
        "all",
    ]
    assert lines[15].startswith('Service level "ours": answered within the target ÷')


def test_two_rosters_get_the_very_same_calls_and_the_larger_one_answers_more(run: Run, write: Write) -> None:
    few, more, calls = write("few.csv", *ALI), write("more.csv", *BOTH), write("calls.csv", *CALLS)

    told = run("--arrivals", calls, "--roster", few, "--against", more, "--json")

    found = json.loads(told.stdout)
    assert (found["variant"], found["seed"], found["days"]) == ("ours", 1, 1)
    assert [one["name"] for one in found["tried"]] == ["routes.yaml with few.csv", "routes.yaml with more.csv"]
    alone, together = (one["groups"]["borgerservice"] for one in found["tried"])
    assert alone["calls"] == together["calls"]
    assert alone["service_level"]["value"] < together["service_level"]["value"]
    assert alone["abandoned"]["value"] > together["abandoned"]["value"]
    assert alone["occupancy"] > together["occupancy"]


def test_two_plans_are_compared(run: Run, write: Write) -> None:
    text = Path(ROUTES).read_text(encoding="utf-8")
    quicker = write("quicker.yaml", text.replace("wrap_up_seconds: 90", "wrap_up_seconds: 10"))
    calls, roster = write("calls.csv", *CALLS), write("roster.csv", *BOTH)

    told = run("--arrivals", calls, "--roster", roster, "--against", quicker, "--json")

    now, then = json.loads(told.stdout)["tried"]
    assert then["name"] == "quicker.yaml with roster.csv"
    assert then["all"]["service_level"]["value"] > now["all"]["service_level"]["value"]


def test_the_same_seed_gives_the_same_answer_and_another_another(run: Run) -> None:
    first, again, other = (
        run("--arrivals", ARRIVALS, "--roster", ROSTER, "--seed", seed).stdout for seed in ("7", "7", "8")
    )

    assert first == again != other


def test_a_week_is_five_days(run: Run) -> None:
    day, week = (
        json.loads(run("--arrivals", ARRIVALS, "--roster", ROSTER, "--days", days, "--json").stdout)["tried"][0]["all"]
        for days in ("1", "5")
    )

    assert day["calls"] == pytest.approx(434, rel=0.15)
    assert week["calls"] == pytest.approx(5 * 434, rel=0.07)


def test_long_talks_mean_long_waits(run: Run, write: Write) -> None:
    calls, roster = write("calls.csv", *CALLS), write("roster.csv", *BOTH)
    head = "group,shape,talk_seconds,variation,wrap_up_seconds,patience_seconds"
    short = write("short.csv", head, "borgerservice,lognormal,30,0.8,5,none")
    long = write("long.csv", head, "borgerservice,exponential,600,1,30,none")

    waits = [
        json.loads(run("--arrivals", calls, "--roster", roster, "--times", times, "--json").stdout)["tried"][0]["all"]
        for times in (short, long)
    ]

    assert waits[0]["mean_wait_seconds"] < 60 < 600 < waits[1]["mean_wait_seconds"]


def test_whoever_waits_when_nobody_is_left_is_told_of(run: Run, write: Write) -> None:
    calls = write("calls.csv", CALLS[0], "13:00,14:00,borgerservice,,20")
    times = write(
        "times.csv",
        "group,shape,talk_seconds,variation,wrap_up_seconds,patience_seconds",
        "borgerservice,exponential,60,1,0,none",
    )

    told = run("--arrivals", calls, "--roster", write("roster.csv", *ALI), "--times", times)

    count = next(line for line in told.stdout.splitlines() if line.startswith("all")).split()[2]
    assert f"A: {count} still waited when nobody was at work any more. They count as given up." in told.stdout


def test_a_picture_is_drawn(run: Run, write: Write, tmp_path: Path) -> None:
    few, more, calls = write("few.csv", *ALI), write("more.csv", *BOTH), write("calls.csv", *CALLS)

    told = run("--arrivals", calls, "--roster", few, "--against", more, "--plot", "out.svg")

    assert told.exit_code == 0, told.output
    root = ElementTree.parse(tmp_path / "out.svg").getroot()
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A  routes.yaml with few.csv", "B  routes.yaml with more.csv", "borgerservice", "all"} <= set(words)


def test_every_problem_of_the_files_is_told_with_its_place(run: Run, write: Write) -> None:
    roster = write(
        "roster.csv",
        ALI[0],
        "ali,borgerservise,pas:9,09:00,12:00",
        "birgit,borgerservice,pass:2,12:00,09:00",
        "kim,borgerservice,,09:00,12:00",
        "kim,pleje,,11:00,25:00",
    )
    calls = write("calls.csv", CALLS[0], "09:00,12:00,borgerservise,,60", "9,12:00,,pass,many", "09:00,12:00,,,1")

    told = run("--arrivals", calls, "--roster", roster)

    assert told.exit_code == 1
    assert told.stderr.splitlines() == [
        'calls.csv:2:13  "borgerservise" is not a group.',
        '                Nearest: "borgerservice".',
        'calls.csv:3:1  "9" is not a time of day.',
        "               Write 08:30, or 24:00 for midnight at its end.",
        'calls.csv:3:10  "pass" is not a topic.',
        '                Nearest: "pas".',
        'calls.csv:3:15  "many" is not a number of 0 or more.',
        "                Write a number, such as 12.5.",
        "calls.csv:4:13  neither a group nor a topic is named.",
        "                Write one of them; a topic has its own group.",
        'roster.csv:2:5  "borgerservise" is not a group.',
        '                Nearest: "borgerservice".',
        'roster.csv:2:19  "pas:9" has no level from 1 to 5.',
        "                 Write pas:3.",
        'roster.csv:3:22  "pass" is not a skill.',
        '                 Nearest: "pas".',
        "roster.csv:3:35  09:00 is not after 12:00.",
        'roster.csv:5:1  "kim" has other groups or skills in another row.',
        "                Whoever is at work twice on a day can take the same calls.",
        'roster.csv:5:18  "25:00" is not a time of day.',
        "                 Write 08:30, or 24:00 for midnight at its end.",
        "Nothing was written.",
    ]


def test_times_that_are_none_are_refused(run: Run, write: Write) -> None:
    times = write(
        "times.csv",
        "group,shape,talk_seconds,variation,wrap_up_seconds,patience_seconds",
        "borgerservice,lognormal,0,1,5,soon",
        "borgerservice,gaussian,60,1,5,60",
    )

    told = run("--arrivals", ARRIVALS, "--roster", ROSTER, "--times", times)

    assert told.exit_code == 1
    assert told.stderr.splitlines() == [
        'times.csv:2:25  "0" is not a number of 1 or more.',
        "                Write a number, such as 12.5.",
        'times.csv:2:31  "soon" is not a number of 1 or more.',
        '                Write seconds, or "none".',
        'times.csv:3:15  "gaussian" is not a shape.',
        '                Known: "lognormal", "exponential".',
        "Nothing was written.",
    ]


def test_a_plan_that_is_refused_is_not_simulated(run: Run, write: Write) -> None:
    broken = write("broken.yaml", "groups: 3")

    told = run("--arrivals", ARRIVALS, "--roster", ROSTER, "--against", broken)

    assert told.exit_code == 1
    assert "broken.yaml:1:9" in told.stderr
    assert told.stderr.endswith("Nothing was simulated.\n")


def test_a_day_of_the_log_is_tried_on_the_staff_of_the_installation(engine: Engine, database_url: str) -> None:
    """From one of the day before to one of the day after, the calls between midnights in Denmark: three of four."""
    with engine.begin() as db:
        ali = an_agent(db, username="ali")
        db.execute(insert(agents.agent_groups).values(agent_id=ali, group_id="borgerservice"))
        an_agent(db, username="sofie", role="supervisor")
        for seconds in (-36_001, 0, 30, 60):
            contact = a_contact(db)
            needs = "borgerservice;pas:2;" if seconds == 60 else "borgerservice;;"
            data = {"group": "borgerservice", "class": "ordinary", "needs": needs}
            events.append(db, [{"at": at(seconds=seconds), "contact_id": contact, "kind": Fact.QUEUED, "data": data}])
        entry = an_entry(db, contact, state="closed", connected_at=at(seconds=70), left_at=at(seconds=80))
        an_engagement(
            db,
            agent=ali,
            entry=entry,
            contact=contact,
            state="done",
            connected_at=at(seconds=70),
            talk_ended_at=at(seconds=80),
            ended_at=at(seconds=81),
        )

    told = CliRunner().invoke(command, ["--from-log", "2026-11-23", "--json"], env=environment(database_url))

    assert told.exit_code == 0, told.output
    (found,) = json.loads(told.stdout)["tried"]
    assert found["name"] == "routes.yaml with the staff"
    assert (found["all"]["calls"], found["all"]["abandoned"]["numerator"]) == (3, 1)
    assert found["all"]["service_level"] == {"value": 2 / 3, "numerator": 2, "denominator": 3}


def test_a_day_on_which_nobody_called_is_told(engine: Engine, database_url: str) -> None:
    told = CliRunner().invoke(command, ["--from-log", "2026-11-22"], env=environment(database_url))

    assert (told.exit_code, told.stderr) == (1, "Nobody called.\nName another day, or give --arrivals FILE.\n")


def test_calls_come_from_a_file_or_from_the_log(run: Run) -> None:
    assert run().exit_code == run("--arrivals", ARRIVALS, "--from-log", "2026-11-23").exit_code == 2


def test_a_profile_of_no_calls_is_told(run: Run, write: Write) -> None:
    told = run("--arrivals", write("calls.csv", CALLS[0], "09:00,12:00,borgerservice,,0"), "--roster", ROSTER)

    assert (told.exit_code, told.stderr.splitlines()) == (
        1,
        ["Nobody calls.", "The column calls tells how many calls to expect."],
    )
