"""`ivr directory`: the employees whom callers may ask for by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ivr.adapters.files.csv_rows import Cell, Row, read
from ivr.adapters.store import directory
from ivr.assembly import Parts
from ivr.cli.answers import accept, exits, print_rows, shown
from ivr.cli.database_of import opened, plan_of
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Report, nearest
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.domain.routing.directory import Employee, Presence
from ivr.operations.imports import take_directory

COLUMNS = ("name", "department", "phone", "email", "presence", "until")

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    name: str
    department: str
    phone: str
    email: str
    presence: str
    until: str


@click.group("directory", help="Employees whom callers may ask for: import the directory, and see who is in it.")
def command() -> None:
    pass


@command.command("import", epilog="Example: ivr directory import demo/directory.csv")
@click.argument("file", type=click.Path(path_type=Path))
@exits
def import_directory(file: Path) -> None:
    """Take over FILE as the whole directory: name,department,phone,email,presence,until.

    The department is its name or its id in routes.yaml; presence is in, meeting, out, holiday or ill, until 14:30
    (today) or 2026-12-07T09:00 in local time. Nothing is written if anything is wrong.
    """
    with opened() as parts:
        click.echo(f"{file}: {import_file(parts, file)} employees taken over.")


@command.command("list", epilog="Example: ivr directory list --show-numbers")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.option("--show-numbers", is_flag=True, help="Telephone numbers in clear.")
@exits
def list_directory(as_json: bool, show_numbers: bool) -> None:
    """Show all employees by name, with times in local time. Telephone numbers are masked."""
    with opened() as parts:
        zone = ZoneInfo(plan_of(parts).calendar.zone)
        with parts.engine.connect() as db:
            everyone = directory.everyone(db)
    rows = [
        Listed(
            name=employee.name,
            department=employee.department,
            phone=shown(employee.phone.e164 if employee.phone else None, in_clear=show_numbers),
            email=employee.email,
            presence=employee.presence,
            until=employee.until.astimezone(zone).isoformat(timespec="minutes") if employee.until else "",
        )
        for employee in everyone
    ]
    print_rows(rows, as_json=as_json, nothing="No employees yet. Import them: ivr directory import FILE")


def import_file(parts: Parts, file: Path) -> int:
    """How many employees the directory has now. Raises `BadFile` with every problem, and then nothing is written."""
    report = Report()
    plan = plan_of(parts)
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db).astimezone(ZoneInfo(plan.calendar.zone))
    employees = employees_of(read(file, COLUMNS, report), plan, now, report)
    accept(report)
    parts.operations.run(take_directory, employees)
    return len(employees)


def employees_of(rows: list[Row], plan: DialPlan, now: datetime, report: Report) -> list[Employee]:
    """What the rows say; `now` is local and dates times of day. The report has whatever is wrong with them."""
    departments = _departments(plan)
    seen: dict[str, int] = {}
    employees = []
    for row in rows:
        department = _department(row["department"], departments, report)
        id = identity(row["name"].text, department)
        line = seen.setdefault(id, row.mark.line)
        if not row["name"].text:
            report.error(row["name"].mark, "the name is missing.")
        elif line != row.mark.line:
            report.error(row["name"].mark, f'"{row["name"].text}" of this department is in line {line} already.')
        employees.append(
            Employee(
                id=id,
                name=row["name"].text,
                department=department,
                phone=_phone(row["phone"], report),
                email=_email(row["email"], report),
                presence=_presence(row["presence"], report),
                until=_until(row["until"], now, report),
            )
        )
    return employees


def identity(name: str, department: str) -> str:
    """The id of an employee: the same at every import, since calls under way hold it; the department tells namesakes."""
    return re.sub(r"\W+", "-", name.casefold().translate(_LETTERS)).strip("-") + f".{department}"


def _departments(plan: DialPlan) -> dict[str, str]:
    """Every name of a department, in any language, and its id, to its id."""
    names = {name: id for id, department in plan.flow.departments.items() for name in (*department.name.values(), id)}
    return {name.casefold(): id for name, id in names.items()}


def _department(cell: Cell, departments: Mapping[str, str], report: Report) -> str:
    found = departments.get(cell.text.casefold())
    if found is None:
        report.error(cell.mark, f'"{cell.text}" is not a department.', nearest(cell.text.casefold(), departments))
    return found or ""


def _phone(cell: Cell, report: Report) -> PhoneNumber | None:
    if not cell.text:
        return None
    try:
        number = PhoneNumber.parse(cell.text)
    except NotAPhoneNumber:
        report.error(cell.mark, f'"{cell.text}" is not a telephone number.', "Write it as +4572001234.")
        return None
    if not number.may_be_called:
        report.error(cell.mark, f'"{cell.text}" is a number that costs extra or that nobody answers.')
    return number


def _email(cell: Cell, report: Report) -> str:
    if cell.text and not _EMAIL.fullmatch(cell.text):
        report.error(cell.mark, f'"{cell.text}" is not an e-mail address.')
    return cell.text


def _presence(cell: Cell, report: Report) -> Presence:
    if not cell.text:
        return Presence.IN
    if cell.text not in list(Presence):
        report.error(cell.mark, f'"{cell.text}" is not a presence.', nearest(cell.text, Presence))
        return Presence.IN
    return Presence(cell.text)


def _until(cell: Cell, now: datetime, report: Report) -> datetime | None:
    if not cell.text:
        return None
    if match := _TIME_OF_DAY.fullmatch(cell.text):
        return datetime.combine(now.date(), time(int(match[1]), int(match[2])), tzinfo=now.tzinfo)
    try:
        moment = datetime.fromisoformat(cell.text)
    except ValueError:
        report.error(cell.mark, f'"{cell.text}" is not a time.', "Write 14:30 for today, or 2026-12-07T09:00.")
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)
