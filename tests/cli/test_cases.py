"""`ivr cases`: cases and exemptions are taken over whole or not at all; a PIN is never told and a title never shown."""

import hmac
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, select

from ivr.adapters.store import cases
from ivr.cli.cases import COLUMNS, command
from ivr.operations.imports import pin_hash
from tests.kit.database import environment

DEMO = Path(__file__).parents[2] / "demo"
KAI = (
    "260417,olietank,Sløjfning af olietank,modtaget,Vi registrerer den.,2026-12-04,Thomas Vestergaard,"
    "Kai Nørgaard,20 30 40 50,4718,2026-11-02,2026-11-03"
)
Write = Callable[..., str]
Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, database_url: str) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, arguments, env=environment(database_url))

    return invoke


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `cases.csv` into the present folder."""
    monkeypatch.chdir(tmp_path)

    def file(*lines: str, header: str = ",".join(COLUMNS)) -> str:
        (tmp_path / "cases.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return "cases.csv"

    return file


def found(engine: Engine) -> list[cases.CaseRow]:
    with engine.connect() as db:
        return list(cases.everything(db))


def test_the_demo_files_are_taken_over(run: Run, engine: Engine) -> None:
    taken, exempt = run("import", str(DEMO / "cases.csv")), run("exempt", str(DEMO / "exempt.csv"))

    assert (taken.exit_code, taken.output) == (0, f"{DEMO}/cases.csv: 40 cases taken over.\n")
    assert (exempt.exit_code, exempt.output) == (0, f"{DEMO}/exempt.csv: 3 numbers are exempt from digital post.\n")
    with engine.connect() as db:
        assert "+4520304061" in exempt_numbers(db)
        assert "+4520304062" not in exempt_numbers(db)


def test_a_case_is_stored_as_its_system_has_it(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(KAI))

    assert found(engine) == [
        cases.CaseRow(
            case_number="260417",
            topic="olietank",
            title="Sløjfning af olietank",
            status="modtaget",
            next_step="Vi registrerer den.",
            expected_by=date(2026, 12, 4),
            caseworker="Thomas Vestergaard",
            party_name="Kai Nørgaard",
            party_phone="+4520304050",
            received_on=date(2026, 11, 2),
            updated_on=date(2026, 11, 3),
        )
    ]


def test_a_pin_is_stored_as_a_keyed_hash_of_its_case(run: Run, write: Write, engine: Engine, database_url: str) -> None:
    run("import", write(KAI, KAI.replace("260417", "260418"), KAI.replace("260417", "260419").replace("4718", "")))

    with engine.connect() as db:
        stored = dict(db.execute(select(cases.cases.c.case_number, cases.cases.c.pin_hash)).all())
    secret = environment(database_url)["IVR_SECRET_KEY"]
    assert hmac.compare_digest(stored["260417"], pin_hash(secret, "260417", "4718"))
    assert stored["260417"] != stored["260418"]
    assert stored["260419"] is None


def test_a_case_of_the_same_number_is_replaced_and_others_stay(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(KAI, KAI.replace("260417", "260418")))

    run("import", write(KAI.replace("modtaget", "afsluttet").replace("2026-12-04", "")))

    assert [(case.case_number, case.status, case.expected_by) for case in found(engine)] == [
        ("260417", "afsluttet", None),
        ("260418", "modtaget", date(2026, 12, 4)),
    ]


def test_every_problem_is_told_with_its_place_and_nothing_is_written(run: Run, write: Write, engine: Engine) -> None:
    path = write(KAI, "260417,olietank,,modtaget,,4/12-2026,,Kai,112,47a,2026-02-30,", KAI.replace("260417", ""))

    result = run("import", path)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        'cases.csv:3:1  "260417" is already the case number in line 2.',
        'cases.csv:3:17  "title" is missing.',
        'cases.csv:3:28  "4/12-2026" is not a day.',
        "                Write it as 2026-12-04.",
        'cases.csv:3:43  "112" is not a telephone number.',
        "                Write it as +4572001234.",
        "cases.csv:3:47  the PIN is not 4 to 8 digits.",
        'cases.csv:3:51  "2026-02-30" is not a day.',
        "                Write it as 2026-12-04.",
        'cases.csv:4:1  "case_number" is missing.',
        "Nothing was written.",
    ]
    assert found(engine) == []


def test_a_case_on_a_matter_nobody_rings_about_is_taken_with_a_warning(run: Run, write: Write, engine: Engine) -> None:
    result = run("import", write(KAI.replace("olietank,", "olietanke,")))

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        'cases.csv:2:8  warning: "olietanke" is not a topic of the dial plan.',
        '               Nearest: "olietank".',
    ]
    assert [case.topic for case in found(engine)] == ["olietanke"]


def test_the_exemptions_are_the_whole_list(run: Run, write: Write, engine: Engine) -> None:
    run("exempt", write("20304050", "+4520304051", header="phone"))

    run("exempt", write("+45 20 30 40 51", "+4520304051", header="phone"))

    with engine.connect() as db:
        assert db.execute(select(cases.digital_exemptions.c.phone)).scalars().all() == ["+4520304051"]


def test_a_wrong_number_among_the_exemptions_changes_nothing(run: Run, write: Write, engine: Engine) -> None:
    run("exempt", write("+4520304050", header="phone"))

    result = run("exempt", write("+4520304051", "nej", header="phone"))

    assert result.exit_code == 1
    assert 'cases.csv:3:1  "nej" is not a telephone number.' in result.stderr
    with engine.connect() as db:
        assert "+4520304050" in exempt_numbers(db)


def test_the_list_shows_no_title_no_pin_and_masked_numbers(run: Run, write: Write) -> None:
    run("import", write(KAI))

    shown = run("list")

    assert shown.output.splitlines() == [
        "case_number  topic     status    expected_by  caseworker          party_name    party_phone  updated_on",
        "260417       olietank  modtaget  2026-12-04   Thomas Vestergaard  Kai Nørgaard  +45…50       2026-11-03",
    ]
    assert "+4520304050" in run("list", "--show-numbers").output


def test_the_list_is_one_json_document_for_machines_and_has_a_limit(run: Run) -> None:
    run("import", str(DEMO / "cases.csv"))

    document = json.loads(run("list", "--json", "--limit", "2").output)

    assert [case["case_number"] for case in document] == ["02.34.02-P19-41-26", "260417"]
    assert document[1]["expected_by"] == "2026-12-04"


@pytest.mark.parametrize("name", ["import", "list", "exempt"])
def test_help_ends_with_an_example(run: Run, name: str) -> None:
    assert run(name, "--help").output.splitlines()[-1].strip().startswith(f"Example: ivr cases {name}")


def exempt_numbers(db: Connection) -> set[str]:
    return set(db.execute(select(cases.digital_exemptions.c.phone)).scalars())
