"""Links sent by SMS: the code, how the message fared, and the click."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from ivr.adapters.store.base import Id, Moment, metadata

links = Table(
    "links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("recipient", Text),
    Column("message_id", Text, unique=True),
    Column("status", Text, nullable=False, server_default="ordered"),
    Column("error_code", Integer),
    Column("segments", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("delivered_at", Moment),
    Column("clicked_at", Moment),
    Column("clicks", Integer, nullable=False, server_default="0"),
    Column("expires_at", Moment, nullable=False),
    CheckConstraint("status IN ('ordered', 'sent', 'delivered', 'undelivered', 'failed')", name="status_known"),
    Index("ix_links_contact_id", "contact_id"),
)

unreachable_numbers = Table(
    "unreachable_numbers",
    metadata,
    Column("pseudonym", Text, primary_key=True),
    Column("error_code", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link sent to one caller. `status` is from `ordered` to `delivered`, or `undelivered`/`failed`."""

    id: str
    code: str
    contact_id: str
    topic: str
    language: str
    url: str
    recipient: str | None
    message_id: str | None
    status: str
    error_code: int | None
    segments: int
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    clicked_at: datetime | None
    clicks: int
    expires_at: datetime


def _link(row: Row[Any] | None) -> Link | None:
    return None if row is None else Link(**row._mapping)


def add(db: Connection, values: Mapping[str, Any]) -> None:
    """A link to be sent."""
    db.execute(insert(links).values(**values))


def get(db: Connection, link_id: str, *, lock: bool = False) -> Link | None:
    """One link."""
    query = select(links).where(links.c.id == link_id)
    return _link(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def by_code(db: Connection, code: str) -> Link | None:
    """The link behind `/l/<code>`."""
    return _link(db.execute(select(links).where(links.c.code == code)).first())


def by_message(db: Connection, message_id: str, *, lock: bool = False) -> Link | None:
    """The link whose message the carrier knows as `message_id`."""
    query = select(links).where(links.c.message_id == message_id)
    return _link(db.execute(query.with_for_update(key_share=True) if lock else query).first())


def of_contact(db: Connection, contact_id: str) -> tuple[Link, ...]:
    """The links sent in a contact, oldest first."""
    rows = db.execute(select(links).where(links.c.contact_id == contact_id).order_by(links.c.created_at))
    return tuple(Link(**row._mapping) for row in rows)


def change(db: Connection, link_id: str, **values: Any) -> None:
    """Write some columns of a link."""
    db.execute(update(links).where(links.c.id == link_id).values(**values))


def count_click(db: Connection, code: str, now: datetime) -> None:
    """Count a person's click; the first one is also dated."""
    db.execute(
        update(links)
        .where(links.c.code == code)
        .values(clicks=links.c.clicks + 1, clicked_at=func.coalesce(links.c.clicked_at, now))
    )


def forget_recipients(db: Connection, contact_id: str) -> None:
    """The contact wants no trace: the links stay, to whom they went does not."""
    db.execute(update(links).where(links.c.contact_id == contact_id).values(recipient=None))


def remember_unreachable(db: Connection, pseudonym: str, error_code: int, now: datetime) -> None:
    """A number that cannot take a text is not offered one again."""
    row = upsert(unreachable_numbers).values(pseudonym=pseudonym, error_code=error_code, at=now)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[unreachable_numbers.c.pseudonym], set_={"error_code": error_code, "at": now}
        )
    )
