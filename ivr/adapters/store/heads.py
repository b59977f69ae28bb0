"""The heads of the lists in line: what matching looks at of those who wait."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.queue import IN_LINE, queue_entries
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import Waiting
from ivr.domain.routing.queue import EntryState, QueueClass

_HEAD = [
    queue_entries.c[name]
    for name in ("id", "contact_id", "group_id", "state", "queue_class", "needs", "rank_at", "excluded_agents")
] + [contacts.c.plan_version]

# A loose index scan (wiki.postgresql.org/wiki/Loose_indexscan): each step jumps to the next list, so that the cost is
# that of the lists that exist and not of the callers in them.
_HEADS = text(
    f"""
    WITH RECURSIVE lists AS (
        (SELECT group_id, queue_class, needs FROM queue_entries WHERE {IN_LINE}
         ORDER BY group_id, queue_class, needs LIMIT 1)
        UNION ALL
        SELECT next.group_id, next.queue_class, next.needs FROM lists, LATERAL (
            SELECT group_id, queue_class, needs FROM queue_entries
            WHERE {IN_LINE} AND (group_id, queue_class, needs) > (lists.group_id, lists.queue_class, lists.needs)
            ORDER BY group_id, queue_class, needs LIMIT 1) AS next
    )
    SELECT head.*, contacts.plan_version FROM lists, LATERAL (
        SELECT id, contact_id, group_id, state, queue_class, needs, rank_at, excluded_agents FROM queue_entries AS entry
        WHERE entry.{IN_LINE} AND entry.group_id = lists.group_id
          AND entry.queue_class = lists.queue_class AND entry.needs = lists.needs
        ORDER BY entry.rank_at LIMIT :depth) AS head, contacts
    WHERE contacts.id = head.contact_id
    """
).columns(*_HEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One of the first of a list, as far as matching looks at it, whose it is, how it stood and the plan of the call."""

    contact_id: str
    state: EntryState
    plan_version: str
    waiting: Waiting


def first(db: Connection, depth: int = 1) -> tuple[Head, ...]:
    """The first `depth` entries in line of every list (group, class, needs), each list in its order.

    A list of which `depth` entries came may have more.
    """
    rows = db.execute(_HEADS, {"depth": depth})
    return tuple(
        Head(
            contact_id=row.contact_id,
            state=EntryState(row.state),
            plan_version=row.plan_version,
            waiting=Waiting(
                entry=row.id,
                group=row.group_id,
                queue_class=QueueClass(row.queue_class),
                rank_at=row.rank_at,
                needs=Needs.parse(row.needs),
                excluded=frozenset(row.excluded_agents),
            ),
        )
        for row in rows
    )
