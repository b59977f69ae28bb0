"""What the store knows of one contact that a turn of its call may need, beside the contact itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, select

from ivr.adapters.store.cases import digital_exemptions
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.house import house
from ivr.adapters.store.links import unreachable_numbers
from ivr.adapters.store.queue import IS_LIVE, queue_entries
from ivr.domain.routing.queue import QueueClass


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Where a contact stands among those who wait for its group."""

    group_id: str
    queue_class: QueueClass
    rank_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`revision` is the house's. `exempt` from digital post, `unreachable` by a text; `in_line` None when in no line."""

    revision: int
    exempt: bool
    unreachable: bool
    in_line: InLine | None


COLUMNS = (
    func.coalesce(select(house.c.revision).scalar_subquery(), 0).label("revision"),
    exists().where(digital_exemptions.c.phone == contacts.c.caller).label("exempt"),
    exists().where(unreachable_numbers.c.pseudonym == contacts.c.caller_pseudonym).label("unreachable"),
    queue_entries.c.group_id.label("line_group"),
    queue_entries.c.queue_class.label("line_class"),
    queue_entries.c.rank_at.label("line_rank"),
)
"""To be selected from contacts and, joined from the left by `IN_LINE`, their live entries."""

IN_LINE = and_(queue_entries.c.contact_id == contacts.c.id, IS_LIVE)

_OF_CONTACT = (
    select(*COLUMNS)
    .select_from(contacts)
    .outerjoin(queue_entries, IN_LINE)
    .where(contacts.c.id == bindparam("contact"))
)


def of_contact(db: Connection, contact_id: str) -> Circumstances:
    """The circumstances of a contact that exists."""
    return of_row(db.execute(_OF_CONTACT, {"contact": contact_id}).one())


def of_row(row: Row[Any]) -> Circumstances:
    """From a row that holds `COLUMNS`."""
    in_line = None
    if row.line_group is not None:
        in_line = InLine(group_id=row.line_group, queue_class=QueueClass(row.line_class), rank_at=row.line_rank)
    return Circumstances(revision=row.revision, exempt=row.exempt, unreachable=row.unreachable, in_line=in_line)
