"""What calls teach about how callers are understood, read from the log as long as their words are kept."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.events import events
from ivr.domain.contacts.facts import Fact
from ivr.domain.measures.lessons import Happened, Lesson, lessons_of

_LONGEST = "20s"

_TELL_NO_MATTER = (
    Fact.CALL_STARTED,
    Fact.OFFERED,
    Fact.RINGING,
    Fact.ACCEPTED,
    Fact.CONNECTED,
    Fact.TALK_ENDED,
    Fact.WRAPPED_UP,
    Fact.ENDED,
    Fact.CALL_ENDED,
)
"""Most of the log, left out because a month of calls is much to read: they come before or after all that is said."""


def between(db: Connection, *, since: datetime, until: datetime, no_matters: frozenset[str]) -> tuple[Lesson, ...]:
    """The lessons of the contacts that began in `since` … `until` and are over, oldest first.

    Of anonymous callers there are none. `no_matters` are topics that say only that somebody is wanted.
    """
    # A month is more than a webhook may look through.
    db.execute(text(f"SET LOCAL statement_timeout = '{_LONGEST}'"))
    return tuple(_found(db, since, until, no_matters))


def _found(db: Connection, since: datetime, until: datetime, no_matters: frozenset[str]) -> Iterator[Lesson]:
    facts = events.c
    said = exists().where(facts.contact_id == contacts.c.id, facts.kind == Fact.HEARD, facts.data.has_key("words"))
    told = select(
        func.json_agg(aggregate_order_by(func.json_build_array(facts.at, facts.kind, facts.data), facts.id))
    ).where(facts.contact_id == contacts.c.id, facts.kind.not_in(_TELL_NO_MATTER))
    query = (
        select(contacts.c.id, contacts.c.wrap_up_topic, told.scalar_subquery().label("facts"))
        .where(
            contacts.c.started_at >= since,
            contacts.c.started_at < until,
            contacts.c.ended_at.is_not(None),
            ~contacts.c.anonymous,
            said,
        )
        .order_by(contacts.c.started_at, contacts.c.id)
    )
    for row in db.execute(query):
        happened = [Happened(at=datetime.fromisoformat(at), kind=kind, data=data) for at, kind, data in row.facts]
        yield from lessons_of(row.id, happened, row.wrap_up_topic, no_matters)
