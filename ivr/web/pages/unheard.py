"""How many messages wait, for the header of every page: told with each answer to the script of a live page.

It is one number for each member of staff, read for all of them at once and at most every other second in each process.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.store import figures, messages
from ivr.assembly import Parts
from ivr.web import auth
from ivr.web.auth import Person
from ivr.web.live import Live
from ivr.web.pages.ways import wants_fragment

HEADER = "X-Unheard"
_SECONDS = 2.0

Counts = Mapping[str | None, int]
"""By the id of a member of staff; under None, those of every group."""


def teller(parts: Parts) -> Callable[[Response], Response]:
    """What adds the number to an answer."""
    live: Live[Counts] = Live(lambda: _read(parts), seconds=_SECONDS)

    def tell(response: Response) -> Response:
        who = auth.person_or_none() if wants_fragment() and response.status_code < 300 else None
        if who is not None and who.may(auth.MESSAGES):
            with suppress(SQLAlchemyError):  # the number that the page has goes on being shown
                response.headers[HEADER] = str(_of(live.now().values, who))
        return response

    return tell


def _read(parts: Parts) -> tuple[Counts, datetime]:
    with parts.engine.connect() as db:
        waiting = Counter(message.group_id for message in messages.unheard(db, None))
        counts: dict[str | None, int] = {None: waiting.total()}
        counts |= {agent.id: sum(waiting[group] for group in agent.groups) for agent in figures.staff(db)}
        return counts, parts.operations.clock.now(db)


def _of(counts: Counts, who: Person) -> int:
    return counts[None] if who.may(auth.EVERY_GROUP) else counts.get(who.agent.id, 0)
