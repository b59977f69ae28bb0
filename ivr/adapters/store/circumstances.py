"""What the store knows of one contact that a turn of its call may need, beside the contact itself."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Text, and_, bindparam, case, cast, exists, func, null, select

from ivr.adapters.store.cases import digital_exemptions
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.house import house
from ivr.adapters.store.links import unreachable_numbers
from ivr.adapters.store.queue import IS_LIVE, queue_entries
from ivr.domain.routing.queue import QueueClass


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Where a contact stands among those who wait for its group, with what it asks for (`Needs.key`) and since when."""

    group_id: str
    queue_class: QueueClass
    needs: str
    entered_at: datetime
    rank_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`revision` is the house's. `exempt` from digital post, `unreachable` by a text; `in_line` None when in no line."""

    revision: int
    exempt: bool
    unreachable: bool
    in_line: InLine | None


AS_JSON = func.json_build_object(
    "revision",
    func.coalesce(select(house.c.revision).scalar_subquery(), 0),
    "exempt",
    exists().where(digital_exemptions.c.phone == contacts.c.caller),
    "unreachable",
    exists().where(unreachable_numbers.c.pseudonym == contacts.c.caller_pseudonym),
    "in_line",
    case(
        (queue_entries.c.id.is_(None), null()),
        else_=func.json_build_object(
            "group_id",
            queue_entries.c.group_id,
            "queue_class",
            queue_entries.c.queue_class,
            "needs",
            queue_entries.c.needs,
            "entered_at",
            queue_entries.c.entered_at,
            "rank_at",
            queue_entries.c.rank_at,
        ),
    ),
)
"""`Circumstances`, to be selected from contacts and, joined from the left by `IN_LINE`, their live entries."""

_CIRCUMSTANCES = TypeAdapter(Circumstances)

IN_LINE = and_(queue_entries.c.contact_id == contacts.c.id, IS_LIVE)

_OF_CONTACT = (
    select(cast(AS_JSON, Text))
    .select_from(contacts)
    .outerjoin(queue_entries, IN_LINE)
    .where(contacts.c.id == bindparam("contact"))
)


def of_contact(db: Connection, contact_id: str) -> Circumstances:
    """The circumstances of a contact that exists."""
    return _CIRCUMSTANCES.validate_json(db.execute(_OF_CONTACT, {"contact": contact_id}).scalar_one())
