"""`ivr hours` tells what is open at a moment, why, and what a caller then hears."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.adapters.store import notices
from ivr.cli.hours import command
from tests.kit.database import another_database, environment
from tests.kit.town import MAIN, ROOT

SET_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command where the environment names a dial plan and nothing else."""
    for name in environment("postgresql://nowhere"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IVR_ROUTES", str(ROOT / "routes.yaml"))
    return lambda *arguments: CliRunner().invoke(command, arguments)


@pytest.fixture
def run_on(database_url: str) -> Run:
    """The command of an installation with a database."""
    return lambda *arguments: CliRunner().invoke(command, arguments, env=environment(database_url))


def set_by_hand(engine: Engine, group: str, *, is_open: bool, until: str | None = None, reason: str = "") -> None:
    ends = datetime.fromisoformat(until) if until else None
    values = {"group_id": group, "is_open": is_open, "reason": reason, "until": ends}
    with engine.begin() as db:
        notices.set_override(db, {**values, "set_by": "sofie", "set_at": SET_AT})


def row(told: Result, what: str) -> str:
    """The row of a number or a group, its columns parted by a bar."""
    assert told.exit_code == 0, told.stderr
    line = next(line for line in told.stdout.splitlines() if line.startswith(f"{what} "))
    return re.sub(" {2,}", " | ", line)


def read(told: Result) -> Any:
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)


def test_on_christmas_eve_a_caller_is_told_that_it_is_and_when_the_house_opens(run: Run) -> None:
    told = run("2026-12-24T10:00", "--number", MAIN)

    assert told.stdout.startswith("Thursday 2026-12-24 10:00 (+01:00, Europe/Copenhagen)\n")
    assert row(told, MAIN) == f"{MAIN} | closed until Mon 2027-01-04 09:00 | closing day: Juleaftensdag"
    assert row(told, "familie") == "familie | closed until Mon 2027-01-04 08:00 | closing day: Juleaftensdag"
    assert (
        f"Whoever calls {MAIN} hears:\n"
        "  da  Velkommen til Lillebælt Kommune.\n"
        "      For English: press 2.\n"
        "      Vi holder lukket: Juleaftensdag. Vi åbner igen mandag den 4. januar klokken 9.\n"
    ) in told.stdout
    assert (
        "  en  Welcome to Lillebaelt Municipality.\n"
        "      For dansk: tast 2.\n"
        "      We are closed until Monday, 4 January at 9:00.\n"
    ) in told.stdout


@pytest.mark.parametrize(
    ("when", "group", "expected"),
    [
        ("2026-11-18T10:00", "byg", "open until 14:00 | weekly hours building"),
        ("2026-11-18T09:00", "byg", "closed until 10:00 | weekly hours building"),
        ("2026-11-18T14:00", "byg", "closed until Thu 2026-11-19 10:00 | weekly hours building"),
        ("2026-12-25T10:00", "byg", "closed until Mon 2027-01-04 10:00 | public holiday: Juledag"),
        ("2026-05-14T10:00", "byg", "closed until Mon 2026-05-18 10:00 | public holiday: Kristi himmelfartsdag"),
        ("2026-06-05T10:00", "byg", "closed until Mon 2026-06-08 10:00 | closing day: Grundlovsdag"),
        ("2026-05-01T10:00", "borgerservice", "open until 12:00 | closing day from 12:00: 1. maj"),
        ("2026-05-01T12:30", "borgerservice", "closed until Mon 2026-05-04 09:00 | closing day from 12:00: 1. maj"),
        ("2027-04-23T10:00", "borgerservice", "open until 13:00 | weekly hours townhall"),
    ],
    ids=["open", "early", "late", "holiday", "Ascension", "closing day", "until noon", "after noon", "Store Bededag"],
)
def test_a_group_is_open_or_closed_until_an_hour_for_a_cause(run: Run, when: str, group: str, expected: str) -> None:
    assert row(run(when, "--group", group), group) == f"{group} | {expected}"


def test_a_number_is_open_where_0_reaches_somebody(run: Run) -> None:
    told = run("2026-11-18T10:00", "--number", MAIN)

    assert row(told, MAIN) == f"{MAIN} | open until 15:00 | 0 reaches omstilling: weekly hours townhall"


def test_a_group_alone_is_told_without_the_numbers(run: Run) -> None:
    told = run("2026-11-18T10:00", "--group", "byg")

    assert told.stdout.endswith(
        "what  stands            why\n"
        "byg   open until 14:00  weekly hours building\n"
        "\n"
        "Whoever wants byg hears:\n"
        "  da  Jeg stiller dig i kø til Byg og Plan. Bliv i røret.\n"
        "  en  I am putting you in line for Building and Planning. Please stay on the line.\n"
    )


def test_who_calls_in_an_urgent_matter_out_of_hours_hears_of_the_officer_on_duty(run: Run) -> None:
    told = run("2026-12-24T22:00", "--group", "familie")

    assert (
        "Whoever calls about bekymring, which is urgent, hears:\n"
        "  da  Er nogen i livsfare, så læg på og ring 112.\n"
        "      Jeg ringer til vores vagt. Bliv i røret.\n"
    ) in told.stdout


def test_machines_get_one_document(run: Run) -> None:
    told = read(run("2026-06-05T11:00+02:00", "--number", "72 00 12 34", "--group", "borgerservice", "--json"))

    (number,), (group,) = told["numbers"], told["groups"]
    assert (told["at"], told["zone"], told["clock_change"]) == ("2026-06-05T11:00:00+02:00", "Europe/Copenhagen", "")
    assert (number["number"], number["id"], number["is_open"]) == (MAIN, "main", False)
    assert (group["id"], group["is_open"], group["closes_at"]) == ("borgerservice", False, None)
    assert group["opens_at"] == "2026-06-08T09:00+02:00"
    assert group["why"] == {
        "rule": "closing_day",
        "hours": "townhall",
        "reason": "Grundlovsdag",
        "from_hour": None,
        "until": None,
        "set_by": None,
        "group": None,
    }
    assert group["heard"]["en"][:2] == [
        "I am afraid Citizen Service is closed right now.",
        "We are closed until Monday at 9:00.",
    ]


def test_a_moment_with_another_offset_is_told_in_the_municipalitys_own_time(run: Run) -> None:
    assert run("2026-07-01T08:30Z").stdout.startswith("Wednesday 2026-07-01 10:30 (+02:00, Europe/Copenhagen)\n")


def test_without_a_moment_it_is_now(run: Run) -> None:
    before = datetime.now(UTC)

    told = read(run("--json"))

    assert before <= datetime.fromisoformat(told["at"]) <= datetime.now(UTC)


def test_an_hour_that_spring_skips_is_counted_from_before_it_and_that_is_said(run: Run) -> None:
    told = run("2026-03-29T02:30")

    assert told.stdout.splitlines()[:2] == [
        "Sunday 2026-03-29 03:30 (+02:00, Europe/Copenhagen)",
        "The clock never shows 02:30 on Sunday 29 March 2026, when it is put forward: 2026-03-29T03:30+02:00 is taken.",
    ]


def test_of_an_hour_that_comes_twice_in_autumn_the_first_is_taken_and_that_is_said(run: Run) -> None:
    first, second = run("2026-10-25T02:30"), run("2026-10-25T02:30+01:00")

    assert first.stdout.splitlines()[:2] == [
        "Sunday 2026-10-25 02:30 (+02:00, Europe/Copenhagen)",
        "The clock shows 02:30 twice on Sunday 25 October 2026: the first, 2026-10-25T02:30+02:00, is taken; "
        "the second is 2026-10-25T02:30+01:00.",
    ]
    assert second.stdout.startswith("Sunday 2026-10-25 02:30 (+01:00, Europe/Copenhagen)\n")
    assert "twice" not in second.stdout


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("2026-12-24", "2026-12-24T12:00"),
        ("2026-12-24T10", "2026-12-24T10:00"),
        ("2026-12-24T24:00", "2026-12-24T23:59"),
        ("2026-12-24T10:00+1", "2026-12-24T10:00"),
        ("2026-02-30T10:00", "2026-02-28T10:00"),
        ("2026-13-01T10:00", "2026-12-01T10:00"),
        ("24.12.2026 kl. 9.30", "2026-12-24T09:30"),
        ("1/5-2026 8:15", "2026-05-01T08:15"),
    ],
)
def test_a_moment_that_is_none_is_refused_with_the_nearest_that_is(run: Run, written: str, nearest: str) -> None:
    told = run(written)

    assert told.exit_code == 2
    hint = f"Nearest: {nearest}. An offset may follow, such as +01:00."
    assert told.stderr.splitlines()[-1] == f'Error: "{written}" is no moment. {hint}'


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--group", "borgerservise"], '"borgerservise" is not a group. Nearest: "borgerservice".'),
        (["--number", "+4572001235"], f'"+4572001235" is not a number of the dial plan. Nearest: "{MAIN}".'),
        (["--number", "main"], f"'main' is not a telephone number. Write it as {MAIN}."),
    ],
)
def test_a_group_or_a_number_that_is_not_there_is_refused_with_the_nearest(
    run: Run, arguments: list[str], error: str
) -> None:
    told = run(*arguments)

    assert (told.exit_code, told.stderr.splitlines()[-1]) == (2, f"Error: {error}")


def test_a_broken_plan_tells_no_hours(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("IVR_ROUTES", str(tmp_path / "nowhere.yaml"))

    told = run("2026-12-24T10:00")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "cannot be read: No such file or directory." in told.stderr


def test_a_group_closed_by_hand_says_why_until_when_and_by_whom(run_on: Run, engine: Engine) -> None:
    set_by_hand(engine, "byg", is_open=False, until="2030-11-20T12:30+01:00", reason="personalemøde")

    told = run_on("2030-11-20T11:00", "--group", "byg")

    assert "not known" not in told.stdout
    assert row(told, "byg") == "byg | closed until 12:30 | by hand, set by sofie: personalemøde, until 12:30"
    assert "      Vi holder lukket: personalemøde. Vi åbner igen klokken 12:30.\n" in told.stdout


def test_after_its_end_the_hours_decide_again(run_on: Run, engine: Engine) -> None:
    set_by_hand(engine, "byg", is_open=False, until="2030-11-20T12:30+01:00", reason="personalemøde")

    assert row(run_on("2030-11-20T12:30", "--group", "byg"), "byg") == "byg | open until 14:00 | weekly hours building"


def test_a_group_opened_by_hand_is_open_until_its_end_or_as_long_as_its_hours_go_on_then(
    run_on: Run, engine: Engine
) -> None:
    set_by_hand(engine, "byg", is_open=True, until="2030-11-20T18:00+01:00", reason="borgermøde")
    set_by_hand(engine, "pleje", is_open=True, until="2030-11-20T09:00+01:00")

    late, early = run_on("2030-11-20T17:00", "--group", "byg"), run_on("2030-11-20T07:00", "--group", "pleje")

    assert row(late, "byg") == "byg | open until 18:00 | by hand, set by sofie: borgermøde, until 18:00"
    assert row(early, "pleje") == "pleje | open until 15:00 | by hand, set by sofie, until 09:00"


def test_a_group_closed_until_somebody_changes_it_promises_no_hour_even_at_night(run_on: Run, engine: Engine) -> None:
    set_by_hand(engine, "byg", is_open=False, reason="vandskade")

    told = run_on("2030-11-20T22:00", "--group", "byg")

    expected = "byg | closed, no end known | by hand, set by sofie: vandskade, until somebody changes it"
    assert row(told, "byg") == expected
    assert "      Vi har lukket indtil videre: vandskade.\n" in told.stdout


def test_a_number_is_open_while_the_group_behind_0_is_opened_by_hand(run_on: Run, engine: Engine) -> None:
    set_by_hand(engine, "omstilling", is_open=True, until="2030-11-20T20:00+01:00", reason="valgaften")

    told = run_on("2030-11-20T19:00", "--number", MAIN)

    by_hand = "by hand, set by sofie: valgaften, until 20:00"
    assert row(told, MAIN) == f"{MAIN} | open until 20:00 | 0 reaches omstilling: {by_hand}"


def test_what_is_on_the_air_is_heard_too(run_on: Run, engine: Engine) -> None:
    text = {"da": "Vi har travlt.", "en": "We are busy."}
    with engine.begin() as db:
        notices.put(db, {"id": "busy", "text": text, "until": None, "set_by": "sofie", "set_at": SET_AT})

    heard = read(run_on("2030-11-20T10:00", "--json"))["numbers"][0]["heard"]

    assert heard["da"][2] == "Vi har travlt."
    assert heard["en"][2] == "We are busy."


def test_what_was_set_only_later_did_not_hold_and_what_has_been_changed_since_is_not_known(
    run_on: Run, engine: Engine
) -> None:
    set_by_hand(engine, "byg", is_open=False, reason="personalemøde")

    told = run_on("2025-11-19T11:00", "--group", "byg")

    assert row(told, "byg") == "byg | open until 14:00 | weekly hours building"
    assert "Of what was set by hand at that time, only what still stands is known.\n" in told.stdout


def test_without_an_installation_it_is_said_that_what_is_set_by_hand_is_not_known(run: Run) -> None:
    told = run("2026-12-24T10:00")

    assert told.stdout.splitlines()[1].startswith("What is set by hand is not known: IVR_PUBLIC_URL is not set")


def test_no_database_is_made_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.delenv("IVR_DATABASE_URL", raising=False)
    installation = {name: value for name, value in environment("").items() if name != "IVR_DATABASE_URL"}

    told = CliRunner().invoke(command, ["2026-12-24T10:00"], env={**installation, "IVR_VAR": str(tmp_path)})

    reason = f"IVR_DATABASE_URL is not set, and there is no database in {tmp_path / 'postgres'}."
    assert told.stdout.splitlines()[1] == f"What is set by hand is not known: {reason}"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_read_is_told_and_the_rest_is_told_all_the_same(database_url: str) -> None:
    with another_database(database_url, "empty") as empty:
        told = CliRunner().invoke(command, ["2026-12-24T10:00"], env=environment(empty))
    gone = CliRunner().invoke(command, ["2026-12-24T10:00"], env=environment("postgresql://127.0.0.1:1/ivr"))

    assert 'not known: The database refused: relation "group_overrides" does not exist' in told.stdout
    assert "not known: The database postgresql://127.0.0.1:1/ivr cannot be used: " in gone.stdout
    for result in (told, gone):
        assert row(result, MAIN).endswith("closing day: Juleaftensdag")


def test_the_help_ends_in_an_example_that_runs(run: Run) -> None:
    example = run("--help").stdout.strip().splitlines()[-1].strip()

    assert example.startswith("Example: ivr hours ")
    assert run(*example.removeprefix("Example: ivr hours ").split()).exit_code == 0
