"""What an administrator's files say, taken over: staff, cases, exemptions from digital post, the directory.

Each is one transaction: a file is taken over whole or not at all. Files are read and judged by whoever calls.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from ivr.adapters.store import agents, cases, directory
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.directory import Employee
from ivr.operations import readiness
from ivr.operations.agents import hashed, set_state
from ivr.operations.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff. `skills` gives levels 1 to 5; `device` is E.164, `sip:…`, `client:…` or empty."""

    username: str
    name: str
    role: str
    device: str
    groups: frozenset[str]
    skills: Mapping[str, int]
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCase:
    """A case as its system has it. `status` is kept in that system's own word; `pin` is stored as a keyed hash."""

    case_number: str
    topic: str
    title: str
    status: str
    next_step: str
    expected_by: date | None
    caseworker: str
    party_name: str
    party_phone: PhoneNumber | None
    pin: str | None
    received_on: date | None
    updated_on: date | None


def take_staff(work: Work, members: Sequence[Member]) -> None:
    """Write these members of staff; nobody's present state changes, and others stay as they are."""
    # In one order everywhere, so that two imports at once wait for each other and cannot lock each other out.
    for member in sorted(members, key=lambda member: member.username):
        values = {
            "id": work.new_id(),
            "username": member.username,
            "name": member.name,
            "role": member.role,
            "device": member.device,
            "password_hash": member.password_hash,
            "since": work.now,
        }
        readiness.refresh(work, agents.save(work.db, values, member.groups, member.skills))
    work.record("staff_imported", data={"members": len(members)})
    work.meeting_possible = True


def part_with(work: Work, agent_id: str) -> None:
    """The member of staff has left: signs in no more and is offered no calls. A conversation under way is finished.

    The row stays, since the log and past conversations name it.
    """
    agent = set_state(work, agent_id, AgentState.OFFLINE, None)
    values = {
        "id": agent.id,
        "username": agent.username,
        "name": agent.name,
        "role": agent.role,
        "device": "",
        "password_hash": hashed(secrets.token_urlsafe()),
        "since": work.now,
    }
    readiness.refresh(work, agents.save(work.db, values, frozenset(), {}))
    work.record("staff_left", agent=agent_id)


def take_cases(work: Work, imported: Sequence[ImportedCase]) -> None:
    """Write these cases, replacing those of the same number; others stay as they are."""
    rows = []
    for case in imported:
        row = asdict(case)
        pin = row.pop("pin")
        row["party_phone"] = None if case.party_phone is None else case.party_phone.e164
        row["pin_hash"] = None if pin is None else pin_hash(work.secret, case.case_number, pin)
        rows.append(row)
    cases.save(work.db, rows)
    work.record("cases_imported", data={"cases": len(rows)})


def pin_hash(secret: str, case_number: str, pin: str) -> str:
    """How a case's PIN is stored; compare with `hmac.compare_digest`.

    Keyed by the installation's secret, which is not in the database: a slow hash alone would not do, since all PINs of
    four digits are tried in minutes. A changed secret asks for a new import.
    """
    return hmac.new(secret.encode(), f"pin\0{case_number}\0{pin}".encode(), hashlib.sha256).hexdigest()


def take_exemptions(work: Work, numbers: Sequence[PhoneNumber]) -> None:
    """These numbers alone are those of citizens exempt from digital post."""
    cases.set_exemptions(work.db, [number.e164 for number in numbers])
    work.record("exemptions_imported", data={"numbers": len(numbers)})


def take_directory(work: Work, employees: Sequence[Employee]) -> None:
    """The directory has these employees and no others."""
    directory.replace(
        work.db,
        [
            {
                "id": employee.id,
                "name": employee.name,
                "department": employee.department,
                "phone": None if employee.phone is None else employee.phone.e164,
                "email": employee.email,
                "presence": employee.presence,
                "until": employee.until,
            }
            for employee in employees
        ],
    )
    work.record("directory_imported", data={"employees": len(employees)})
