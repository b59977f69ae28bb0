"""The embedded case table: cases imported from CSV, and the numbers of citizens exempt from digital post."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Index, Row, Table, Text, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Id, metadata

cases = Table(
    "cases",
    metadata,
    Column("case_number", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("next_step", Text, nullable=False, server_default=""),
    Column("expected_by", Date),
    Column("caseworker", Text, nullable=False, server_default=""),
    Column("party_name", Text, nullable=False),
    Column("party_phone", Text),
    Column("pin_hash", Text),
    Column("received_on", Date),
    Column("updated_on", Date),
    Index("ix_cases_party_phone", "party_phone"),
)

contact_cases = Table(
    "contact_cases",
    metadata,
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("case_number", Text, primary_key=True),
)

digital_exemptions = Table("digital_exemptions", metadata, Column("phone", Text, primary_key=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as imported. `title` may hold a name or the trouble: it is for staff's eyes only, never spoken."""

    case_number: str
    topic: str
    title: str
    status: str
    next_step: str
    expected_by: date | None
    caseworker: str
    party_name: str
    party_phone: str | None
    received_on: date | None
    updated_on: date | None


_SHOWN = [column for column in cases.c if column.name != "pin_hash"]


def _case(row: Row[Any]) -> CaseRow:
    return CaseRow(**row._mapping)


def by_phone(db: Connection, phone: str) -> tuple[CaseRow, ...]:
    """Cases whose party may be reached at `phone` (E.164), latest change first. A match is a hint, not an identity."""
    rows = db.execute(
        select(*_SHOWN).where(cases.c.party_phone == phone).order_by(cases.c.updated_on.desc().nulls_last())
    )
    return tuple(_case(row) for row in rows)


def keep_found(db: Connection, contact_id: str, case_numbers: Iterable[str]) -> None:
    """Remember which cases were found for a contact."""
    values = [{"contact_id": contact_id, "case_number": number} for number in case_numbers]
    if values:
        db.execute(upsert(contact_cases).on_conflict_do_nothing(), values)


def of_contact(db: Connection, contact_id: str) -> tuple[CaseRow, ...]:
    """The cases found for a contact, latest change first."""
    rows = db.execute(
        select(*_SHOWN)
        .join(contact_cases, contact_cases.c.case_number == cases.c.case_number)
        .where(contact_cases.c.contact_id == contact_id)
        .order_by(cases.c.updated_on.desc().nulls_last())
    )
    return tuple(_case(row) for row in rows)


def forget_found(db: Connection, contact_id: str) -> None:
    """The contact wants no trace: no cases either."""
    db.execute(delete(contact_cases).where(contact_cases.c.contact_id == contact_id))


def everything(db: Connection, limit: int = 1000) -> tuple[CaseRow, ...]:
    """The case table, by case number."""
    return tuple(_case(row) for row in db.execute(select(*_SHOWN).order_by(cases.c.case_number).limit(limit)))


def save(db: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write cases, replacing those of the same number. Returns how many."""
    count = 0
    for values in rows:
        row = upsert(cases).values(**values)
        changed = {key: row.excluded[key] for key in values if key != "case_number"}
        db.execute(row.on_conflict_do_update(index_elements=[cases.c.case_number], set_=changed))
        count += 1
    return count


def set_exemptions(db: Connection, phones: Iterable[str]) -> None:
    """Replace the list of numbers whose citizens are exempt from digital post."""
    db.execute(delete(digital_exemptions))
    values = [{"phone": phone} for phone in sorted(set(phones))]
    if values:
        db.execute(insert(digital_exemptions), values)
