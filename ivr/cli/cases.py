"""`ivr cases`: the embedded case table, and the citizens who are exempt from digital post."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from ivr.adapters.files.csv_rows import Cell, Row, read
from ivr.adapters.store import cases
from ivr.assembly import Parts
from ivr.cli.answers import accept, exits, print_rows, shown
from ivr.cli.database_of import opened, plan_of
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Report, nearest
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.operations.imports import ImportedCase, take_cases, take_exemptions

COLUMNS = (
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
)
_PIN_LENGTHS = range(4, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    case_number: str
    topic: str
    status: str
    expected_by: date | None
    caseworker: str
    party_name: str
    party_phone: str
    updated_on: date | None


@click.group("cases", help="The case table: import it from the case system, and see what is in it.")
def command() -> None:
    pass


@command.command("import", epilog="Example: ivr cases import demo/cases.csv")
@click.argument("file", type=click.Path(path_type=Path))
@exits
def import_cases(file: Path) -> None:
    """Take over the case FILE; a case of the same number is replaced, others stay.

    Columns: case_number,topic,title,status,next_step,expected_by,caseworker,party_name,party_phone,pin,received_on,
    updated_on. Days are written as 2026-12-04. Nothing is written if anything is wrong.
    """
    with opened() as parts:
        click.echo(f"{file}: {import_file(parts, file)} cases taken over.")


@command.command("exempt", epilog="Example: ivr cases exempt demo/exempt.csv")
@click.argument("file", type=click.Path(path_type=Path))
@exits
def exempt(file: Path) -> None:
    """Take over FILE, one column `phone`, as the whole list of citizens exempt from digital post.

    They are never led to a web page. Nothing is written if anything is wrong.
    """
    with opened() as parts:
        click.echo(f"{file}: {import_exemptions(parts, file)} numbers are exempt from digital post.")


@command.command("list", epilog="Example: ivr cases list --limit 20")
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.option("--show-numbers", is_flag=True, help="Telephone numbers in clear.")
@exits
def list_cases(limit: int, as_json: bool, show_numbers: bool) -> None:
    """Show the cases by number. Titles may hold names and troubles and are left out; telephone numbers are masked."""
    with opened() as parts, parts.engine.connect() as db:
        found = cases.everything(db, limit)
    rows = [
        Listed(
            case_number=case.case_number,
            topic=case.topic,
            status=case.status,
            expected_by=case.expected_by,
            caseworker=case.caseworker,
            party_name=case.party_name,
            party_phone=shown(case.party_phone, in_clear=show_numbers),
            updated_on=case.updated_on,
        )
        for case in found
    ]
    print_rows(rows, as_json=as_json, nothing="No cases yet. Import them: ivr cases import FILE")


def import_file(parts: Parts, file: Path) -> int:
    """How many cases of the file were taken over. Raises `BadFile` with every problem, and then nothing is written."""
    report = Report()
    imported = cases_of(read(file, COLUMNS, report), plan_of(parts), report)
    accept(report)
    parts.operations.run(take_cases, imported)
    return len(imported)


def import_exemptions(parts: Parts, file: Path) -> int:
    """How many numbers are exempt from now on. Raises `BadFile` with every problem, and then nothing is written."""
    report = Report()
    written = [_phone(row["phone"], report) for row in read(file, ("phone",), report)]
    accept(report)
    numbers = {number for number in written if number is not None}
    parts.operations.run(take_exemptions, sorted(numbers))
    return len(numbers)


def cases_of(rows: list[Row], plan: DialPlan, report: Report) -> list[ImportedCase]:
    """What the rows say; the report has whatever is wrong with them."""
    _unique(rows, report)
    return [
        ImportedCase(
            case_number=_needed(row, "case_number", report),
            topic=_topic(row["topic"], plan, report),
            title=_needed(row, "title", report),
            status=_needed(row, "status", report),
            next_step=row["next_step"].text,
            expected_by=_day(row["expected_by"], report),
            caseworker=row["caseworker"].text,
            party_name=_needed(row, "party_name", report),
            party_phone=_phone(row["party_phone"], report),
            pin=_pin(row["pin"], report),
            received_on=_day(row["received_on"], report),
            updated_on=_day(row["updated_on"], report),
        )
        for row in rows
    ]


def _unique(rows: list[Row], report: Report) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        cell = row["case_number"]
        line = seen.setdefault(cell.text, cell.mark.line)
        if cell.text and line != cell.mark.line:
            report.error(cell.mark, f'"{cell.text}" is already the case number in line {line}.')


def _needed(row: Row, column: str, report: Report) -> str:
    if not row[column].text:
        report.error(row[column].mark, f'"{column}" is missing.')
    return row[column].text


def _topic(cell: Cell, plan: DialPlan, report: Report) -> str:
    # A case system knows matters that nobody rings about: such a case is shown to the agent all the same.
    if cell.text not in plan.flow.topics:
        report.warning(
            cell.mark, f'"{cell.text}" is not a topic of the dial plan.', nearest(cell.text, plan.flow.topics)
        )
    return cell.text


def _day(cell: Cell, report: Report) -> date | None:
    if not cell.text:
        return None
    try:
        return date.fromisoformat(cell.text)
    except ValueError:
        report.error(cell.mark, f'"{cell.text}" is not a day.', "Write it as 2026-12-04.")
        return None


def _phone(cell: Cell, report: Report) -> PhoneNumber | None:
    if not cell.text:
        return None
    try:
        return PhoneNumber.parse(cell.text)
    except NotAPhoneNumber:
        report.error(cell.mark, f'"{cell.text}" is not a telephone number.', "Write it as +4572001234.")
        return None


def _pin(cell: Cell, report: Report) -> str | None:
    if not cell.text:
        return None
    if not (cell.text.isascii() and cell.text.isdigit() and len(cell.text) in _PIN_LENGTHS):
        report.error(cell.mark, "the PIN is not 4 to 8 digits.")
    return cell.text
