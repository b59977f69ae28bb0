"""What went on while a contact waited: whom the agents who could have taken it were offered instead."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text

from ivr.adapters.store.base import Id
from ivr.adapters.store.queue import queue_entries
from ivr.domain.routing.needs import Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One wait of a contact, until its last offer or until it left the line; `until` is None while it lasts.

    The others are counted who were offered in that time to agents who can take this contact: those of a more pressing
    class, those in line since longer, those who waited for that agent alone, and the rest.
    """

    entry: str
    since: datetime
    until: datetime | None
    more_pressing: int
    in_line_longer: int
    waited_for_that_agent: int
    others: int

    @property
    def passed_over(self) -> int:
        """How many were offered to somebody who could have taken this contact."""
        return self.more_pressing + self.in_line_longer + self.waited_for_that_agent + self.others


# Who can take it is asked of the staff as it is now: groups and skills keep no history.
_WAIT = text(
    """
    WITH mine AS (
        SELECT id, entered_at, rank_at, queue_class,
               coalesce((SELECT max(offered_at) FROM engagements WHERE entry_id = queue_entries.id), left_at) AS until
        FROM queue_entries WHERE id = :entry),
    able AS (
        SELECT DISTINCT agent_id FROM agent_groups AS member
        WHERE group_id = ANY(:groups) AND NOT EXISTS (
            SELECT FROM unnest(CAST(:skills AS text[]), CAST(:levels AS integer[])) AS asked (skill, level)
            WHERE NOT EXISTS (
                SELECT FROM agent_skills AS own
                WHERE own.agent_id = member.agent_id AND own.skill = asked.skill AND own.level >= asked.level))),
    taken AS (
        SELECT theirs.queue_class < mine.queue_class AS pressing, theirs.rank_at < mine.rank_at AS longer,
               split_part(offer.decision ->> 'needs', ';', 3) = CAST(offer.agent_id AS text) AS alone
        FROM mine
        JOIN engagements AS offer
          ON offer.offered_at >= mine.entered_at AND (mine.until IS NULL OR offer.offered_at < mine.until)
        JOIN able ON able.agent_id = offer.agent_id
        JOIN queue_entries AS theirs ON theirs.id = offer.entry_id AND theirs.id <> mine.id)
    SELECT mine.id, mine.entered_at, mine.until,
           count(*) FILTER (WHERE pressing) AS more_pressing,
           count(*) FILTER (WHERE NOT pressing AND longer) AS in_line_longer,
           count(*) FILTER (WHERE NOT pressing AND NOT longer AND alone) AS waited_for_that_agent,
           count(*) FILTER (WHERE NOT pressing AND NOT longer AND NOT alone) AS others
    FROM mine LEFT JOIN taken ON true
    GROUP BY mine.id, mine.entered_at, mine.until
    """
).bindparams(bindparam("entry", type_=Id))


def of_contact(db: Connection, contact_id: str) -> tuple[Wait, ...]:
    """Every wait of a contact, the first first."""
    entries = db.execute(
        select(queue_entries.c.id, queue_entries.c.needs)
        .where(queue_entries.c.contact_id == contact_id)
        .order_by(queue_entries.c.entered_at, queue_entries.c.id)
    ).all()
    return tuple(_wait(db, entry.id, Needs.parse(entry.needs)) for entry in entries)


def _wait(db: Connection, entry_id: str, needs: Needs) -> Wait:
    asked = {
        "entry": entry_id,
        "groups": list(needs.groups),
        "skills": [skill for skill, _ in needs.skills],
        "levels": [level for _, level in needs.skills],
    }
    found = db.execute(_WAIT, asked).one()
    return Wait(
        entry=entry_id,
        since=found.entered_at,
        until=found.until,
        more_pressing=found.more_pressing,
        in_line_longer=found.in_line_longer,
        waited_for_that_agent=found.waited_for_that_agent,
        others=found.others,
    )
