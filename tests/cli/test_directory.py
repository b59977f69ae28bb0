"""`ivr directory`: whom callers may ask for, in which department, and until when they are away."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.adapters.files.csv_rows import read
from ivr.adapters.store import directory
from ivr.cli.check import load
from ivr.cli.directory import COLUMNS, command, employees_of, identity
from ivr.domain.dialplan.problem import Report
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.directory import Employee, Presence
from tests.kit.database import environment

ROOT = Path(__file__).parents[2]
DEMO = str(ROOT / "demo" / "directory.csv")
METTE = "Mette Østergaard,Jobcentret,72 00 12 41,mette@lillebaelt.example,meeting,2026-12-07T09:00"
Write = Callable[..., str]
Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, database_url: str) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, arguments, env=environment(database_url))

    return invoke


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `directory.csv` into the present folder."""
    monkeypatch.chdir(tmp_path)

    def file(*lines: str) -> str:
        (tmp_path / "directory.csv").write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
        return "directory.csv"

    return file


def found(engine: Engine) -> list[Employee]:
    with engine.connect() as db:
        return list(directory.everyone(db))


def test_the_demo_file_is_taken_over(run: Run, engine: Engine) -> None:
    result = run("import", DEMO)

    assert (result.exit_code, result.output) == (0, f"{DEMO}: 20 employees taken over.\n")
    assert len(found(engine)) == 20


def test_an_employee_is_stored_with_the_departments_id_and_the_moment_in_local_time(
    run: Run, write: Write, engine: Engine
) -> None:
    run("import", write(METTE))

    assert found(engine) == [
        Employee(
            id="mette-oestergaard.jobcentret",
            name="Mette Østergaard",
            department="jobcentret",
            phone=PhoneNumber("+4572001241"),
            email="mette@lillebaelt.example",
            presence=Presence.MEETING,
            until=datetime(2026, 12, 7, 8, 0, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize("department", ["Jobcentret", "jobcentret", "Job centre", "JOBCENTRET"])
def test_a_department_is_named_in_any_language_or_by_its_id(
    run: Run, write: Write, engine: Engine, department: str
) -> None:
    run("import", write(METTE.replace("Jobcentret", department)))

    assert [employee.department for employee in found(engine)] == ["jobcentret"]


def test_the_file_is_the_whole_directory(run: Run, write: Write, engine: Engine) -> None:
    run("import", DEMO)

    run("import", write(METTE))

    assert [employee.name for employee in found(engine)] == ["Mette Østergaard"]


def test_namesakes_are_told_by_their_department(run: Run, write: Write, engine: Engine) -> None:
    result = run("import", write(METTE, METTE.replace("Jobcentret", "Borgerservice")))

    assert result.exit_code == 0
    assert {employee.id for employee in found(engine)} == {
        "mette-oestergaard.jobcentret",
        "mette-oestergaard.borgerservice",
    }


def test_every_problem_is_told_with_its_place_and_nothing_is_written(run: Run, write: Write, engine: Engine) -> None:
    run("import", DEMO)
    path = write(METTE, METTE, "Åse,Jobcenteret,1813,aase,metting,kl. 14", ",Borgerservice,90112233,,,")

    result = run("import", path)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        'directory.csv:3:1  "Mette Østergaard" of this department is in line 2 already.',
        'directory.csv:4:5  "Jobcenteret" is not a department.',
        '                   Nearest: "jobcentret".',
        'directory.csv:4:17  "1813" is not a telephone number.',
        "                    Write it as +4572001234.",
        'directory.csv:4:22  "aase" is not an e-mail address.',
        'directory.csv:4:27  "metting" is not a presence.',
        '                    Nearest: "meeting".',
        'directory.csv:4:35  "kl. 14" is not a time.',
        "                    Write 14:30 for today, or 2026-12-07T09:00.",
        "directory.csv:5:1  the name is missing.",
        'directory.csv:5:16  "90112233" is a number that costs extra or that nobody answers.',
        "Nothing was written.",
    ]
    assert len(found(engine)) == 20


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("14:30", "2026-07-01T14:30:00+02:00"),
        ("8:05", "2026-07-01T08:05:00+02:00"),
        ("2026-12-07", "2026-12-07T00:00:00+01:00"),
        ("2026-12-07T09:00", "2026-12-07T09:00:00+01:00"),
        ("2026-12-07 09:00", "2026-12-07T09:00:00+01:00"),
        ("2026-12-07T09:00Z", "2026-12-07T09:00:00+00:00"),
    ],
)
def test_until_is_a_time_of_today_or_a_moment(write: Write, written: str, meant: str | None) -> None:
    plan, _ = load(ROOT / "routes.yaml")
    # In Copenhagen the first of July has begun; in UTC it is still June.
    now = datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))
    report = Report()

    path = Path(write(METTE.replace("2026-12-07T09:00", written)))
    (employee,) = employees_of(read(path, COLUMNS, report), plan, now, report)

    assert report.problems() == ()
    assert (employee.until.isoformat() if employee.until else None) == meant


def test_an_id_stays_the_same_whatever_else_changes_in_the_file() -> None:
    assert identity("Poul-Erik  Madsen", "byg") == identity("poul-erik madsen", "byg") == "poul-erik-madsen.byg"
    assert identity("Åse Bjærre Nørgård", "byg") == "aase-bjaerre-noergaard.byg"


def test_the_list_masks_telephone_numbers_unless_asked(run: Run, write: Write) -> None:
    run("import", write(METTE, "Åse,Borgerservice,,,,"))

    assert run("list").output.splitlines() == [
        "name              department     phone   email                     presence  until",
        "Mette Østergaard  jobcentret     +45…41  mette@lillebaelt.example  meeting   2026-12-07T09:00+01:00",
        "Åse               borgerservice                                    in",
    ]
    assert [row["phone"] for row in json.loads(run("list", "--json", "--show-numbers").output)] == ["+4572001241", ""]


@pytest.mark.parametrize("name", ["import", "list"])
def test_help_ends_with_an_example(run: Run, name: str) -> None:
    assert run(name, "--help").output.splitlines()[-1].strip().startswith(f"Example: ivr directory {name}")
