"""`ivr staff`: who answers, on which telephone, for which groups and with which skills."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from ivr.adapters.files.csv_rows import Cell, Row, read
from ivr.adapters.store import agents
from ivr.assembly import Parts
from ivr.cli.abilities import groups_of, levels_of
from ivr.cli.answers import accept, exits, print_rows, shown
from ivr.cli.database_of import opened, plan_of
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Report, nearest
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.operations.agents import hashed, signed_in
from ivr.operations.imports import Member, part_with, take_staff

COLUMNS = ("username", "name", "role", "device", "groups", "skills", "password")
ROLES = ("agent", "supervisor", "admin")
FOR_BROWSER_PHONES = ("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_APP_SID")

_SHORTEST_PASSWORD = 8
_SIP = re.compile(r"sips?:[^@\s]+@[^@\s]+")
_CLIENT = re.compile(r"client:[A-Za-z0-9_.-]+")  # the carrier's own rule for identities


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row that was read and judged; its password has not been hashed yet."""

    username: str
    name: str
    role: str
    device: str
    groups: frozenset[str]
    skills: Mapping[str, int]
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    username: str
    name: str
    role: str
    state: str
    device: str
    groups: list[str]
    skills: dict[str, int]


@click.group("staff", help="Who answers: import the staff file, and see who is in it.")
def command() -> None:
    pass


@command.command("import", epilog="Example: ivr staff import demo/staff.csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--remove-others", is_flag=True, help="Whoever is not in FILE signs in no more and is offered no calls.")
@exits
def import_staff(file: Path, remove_others: bool) -> None:
    """Take over the staff FILE: username,name,role,device,groups,skills,password.

    The role is agent, supervisor or admin; the device a telephone number, a sip: or a client: address; groups are
    separated by semicolons, skills written as pas:3;byg:2. Nothing is written if anything is wrong.
    """
    with opened() as parts:
        members = import_file(parts, file)
        click.echo(f"{file}: {len(members)} members of staff taken over.")
        others = _others(parts, members)
        for agent in others if remove_others else ():
            parts.operations.run(part_with, agent.id)
        if others:
            told = "Removed" if remove_others else "Not in the file, but kept (--remove-others removes them)"
            click.echo(f"{told}: {', '.join(agent.username for agent in others)}")


@command.command("list", epilog="Example: ivr staff list")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.option("--show-numbers", is_flag=True, help="Telephone numbers in clear.")
@exits
def list_staff(as_json: bool, show_numbers: bool) -> None:
    """Show all staff, by name. Telephone numbers are masked."""
    with opened() as parts, parts.engine.connect() as db:
        everyone = agents.everyone(db)
        abilities = agents.abilities_of(db, [agent.id for agent in everyone])
    rows = [
        Listed(
            username=agent.username,
            name=agent.name,
            role=agent.role,
            state=agent.state,
            device=shown(agent.device, in_clear=show_numbers),
            groups=sorted(abilities[agent.id].groups),
            skills=dict(sorted(abilities[agent.id].skills.items())),
        )
        for agent in everyone
    ]
    print_rows(rows, as_json=as_json, nothing="No staff yet. Import them: ivr staff import FILE")


def import_file(parts: Parts, file: Path) -> list[Member]:
    """The members of staff in the file, taken over. Raises `BadFile` with every problem, and then nothing is written."""
    report = Report()
    drafts = drafts_of(read(file, COLUMNS, report), plan_of(parts), report)
    accept(report)
    members = [_member(parts, draft) for draft in drafts]
    parts.operations.run(take_staff, members)
    return members


def drafts_of(rows: list[Row], plan: DialPlan, report: Report) -> list[Draft]:
    """What the rows say, in the words of the plan; the report has whatever is wrong with them."""
    asking = (*plan.flow.topics.values(), *plan.flow.speakers.values())
    skills = {thing.skill for thing in asking if thing.skill is not None}
    _unique(rows, report)
    return [
        Draft(
            username=_username(row["username"], report),
            name=_needed(row["name"], "name", report),
            role=_role(row["role"], report),
            device=_device(row["device"], row["role"].text, report),
            groups=_groups(row["groups"], row["role"].text, plan, report),
            skills=levels_of(row["skills"], skills, report),
            password=_password(row["password"], report),
        )
        for row in rows
    ]


def _member(parts: Parts, draft: Draft) -> Member:
    # A password that has not changed keeps its hash: sessions hang on it, and an import would sign everybody out.
    known = parts.operations.run(signed_in, draft.username, draft.password)
    return Member(
        username=draft.username,
        name=draft.name,
        role=draft.role,
        device=draft.device,
        groups=draft.groups,
        skills=draft.skills,
        password_hash=hashed(draft.password) if known is None else known.password_hash,
    )


def _others(parts: Parts, members: list[Member]) -> list[agents.Agent]:
    """Staff who may sign in or be rung but are not among `members`."""
    named = {member.username for member in members}
    with parts.engine.connect() as db:
        everyone = [agent for agent in agents.everyone(db) if agent.username not in named]
        abilities = agents.abilities_of(db, [agent.id for agent in everyone])
    return [agent for agent in everyone if agent.device or abilities[agent.id].groups]


def _unique(rows: list[Row], report: Report) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        cell = row["username"]
        line = seen.setdefault(cell.text.casefold(), cell.mark.line)
        if cell.text and line != cell.mark.line:
            report.error(cell.mark, f'"{cell.text}" is already the username in line {line}.')


def _needed(cell: Cell, what: str, report: Report) -> str:
    if not cell.text:
        report.error(cell.mark, f"the {what} is missing.")
    return cell.text


def _username(cell: Cell, report: Report) -> str:
    if any(letter.isspace() for letter in cell.text):
        report.error(cell.mark, f'"{cell.text}" has a blank in it, which a username may not.')
    return _needed(cell, "username", report)


def _role(cell: Cell, report: Report) -> str:
    if cell.text not in ROLES:
        report.error(cell.mark, f'"{cell.text}" is not a role.', nearest(cell.text, ROLES))
    return cell.text


def _device(cell: Cell, role: str, report: Report) -> str:
    if not cell.text:
        if role == "agent":
            report.error(cell.mark, "an agent needs a device to be rung on.", "Write a telephone number or sip:….")
        return ""
    if cell.text.startswith("client:"):
        missing = [name for name in FOR_BROWSER_PHONES if not os.environ.get(name, "").strip()]
        if missing:
            hint = f"Set {', '.join(missing)}, or give a telephone number."
            report.error(cell.mark, f'"{cell.text}" is a phone in the browser, which this installation has not.', hint)
    if cell.text.startswith(("client:", "sip:", "sips:")):
        if not (_CLIENT.fullmatch(cell.text) or _SIP.fullmatch(cell.text)):
            report.error(cell.mark, f'"{cell.text}" is not an address.', "Write sip:name@host or client:name.")
        return cell.text
    try:
        number = PhoneNumber.parse(cell.text)
    except NotAPhoneNumber:
        hint = "Write a number as +4572001234, or an address as sip:name@host or client:name."
        report.error(cell.mark, f'"{cell.text}" is not a device.', hint)
        return ""
    if not number.may_be_called:
        report.error(cell.mark, f'"{cell.text}" is a number that costs extra or that nobody answers.')
    return number.e164


def _groups(cell: Cell, role: str, plan: DialPlan, report: Report) -> frozenset[str]:
    groups = groups_of(cell, plan, report)
    if role == "agent" and not groups:
        report.warning(cell.mark, "an agent without a group is offered no calls.")
    return groups


def _password(cell: Cell, report: Report) -> str:
    if len(cell.text) < _SHORTEST_PASSWORD:
        report.error(cell.mark, f"the password is shorter than {_SHORTEST_PASSWORD} characters.")
    return cell.text
