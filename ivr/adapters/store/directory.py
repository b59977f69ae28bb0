"""The directory: named employees, where they sit, and whether they are in."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Row, Table, Text, delete, insert, select

from ivr.adapters.store.base import Moment, metadata
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.directory import Employee, Presence

directory = Table(
    "directory",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("phone", Text),
    Column("email", Text, nullable=False, server_default=""),
    Column("presence", Text, nullable=False, server_default="in"),
    Column("until", Moment),
    CheckConstraint("presence IN ('" + "', '".join(Presence) + "')", name="presence_known"),
)


def _employee(row: Row[Any]) -> Employee:
    return Employee(
        id=row.id,
        name=row.name,
        department=row.department,
        phone=None if row.phone is None else PhoneNumber(row.phone),
        email=row.email,
        presence=Presence(row.presence),
        until=row.until,
    )


def everyone(db: Connection) -> tuple[Employee, ...]:
    """All employees who may be asked for, by name."""
    return tuple(_employee(row) for row in db.execute(select(directory).order_by(directory.c.name)))


def replace(db: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write the directory anew. Returns how many employees it has."""
    values = list(rows)
    db.execute(delete(directory))
    if values:
        db.execute(insert(directory), values)
    return len(values)
