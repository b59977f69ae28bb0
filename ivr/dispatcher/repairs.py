"""What every kind of doubt is made of: a row in doubt, a look into it, and what the log says where it was wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Concatenate, ParamSpec

import structlog

from ivr.adapters.store.doubts import Suspect
from ivr.assembly import Parts
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.repairs import Found
from ivr.operations.work import Work

P = ParamSpec("P")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A row in doubt; `look` asks whoever can tell, and puts right what is wrong. It raises where that cannot be."""

    row: str
    contact: str | None
    look: Callable[[], object]


def doubt(parts: Parts, suspect: Suspect, repair: Callable[[Work, Suspect], Found | None]) -> Doubt:
    """A doubt that needs nobody's word but the database's."""
    return Doubt(row=suspect.row, contact=suspect.contact, look=partial(mend, parts, suspect.contact, repair, suspect))


def mend(
    parts: Parts,
    contact: str | None,
    repair: Callable[Concatenate[Work, P], Found | None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Found | None:
    """Run a repair, and tell the log what was wrong once it stands. None where all is well by now."""
    found = parts.operations.run(repair, *args, **kwargs)
    if found is not None:
        log.warning("repaired", found=found, contact=contact)
    return found


def note(
    work: Work, found: Found, *, contact: str | None = None, leg: str | None = None, agent: str | None = None
) -> Found:
    """Write into the contact's story what was found wrong, in the transaction that puts it right."""
    work.record(Fact.REPAIRED, contact=contact, leg=leg, agent=agent, data={"found": found})
    return found
