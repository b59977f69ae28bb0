"""What waiting changes of an entry, written when it falls due; what orders the line is never computed from the clock."""

from collections.abc import Sequence

from ivr.adapters.store import agents, contacts, queue
from ivr.adapters.store.queue import Entry
from ivr.domain.contacts.facts import Fact
from ivr.domain.routing.agents import AT_WORK
from ivr.domain.routing.patience import Asked, Standing, Step, standing
from ivr.domain.routing.queue import LINE
from ivr.operations.crowds import forecast
from ivr.operations.work import Work


def joining(work: Work, asked: Asked, steps: Sequence[Step]) -> Standing:
    """How somebody stands who joins the line now; the forecast is looked at as soon as there is a place to tell it for."""
    first = standing(asked, steps, work.now)
    if any(step.forecast is not None for step in steps):
        return Standing(needs=first.needs, rank_at=first.rank_at, taken=first.taken, change_at=work.now)
    return first


def reconsider(work: Work, entry_id: str) -> None:
    """What waiting has changed by now, if it still is in line and due."""
    entry = queue.get(work.db, entry_id, lock=True)
    if entry is None or entry.state not in LINE or entry.change_at is None or entry.change_at > work.now:
        return
    steps = _steps(work, entry)
    expected = forecast(work, entry) if any(step.forecast is not None for step in steps) else None
    stands = standing(entry.asked, steps, work.now, taken=entry.steps_taken, forecast=expected)
    _write(work, entry, stands)


def release(work: Work, entry_id: str) -> None:
    """The agent whom somebody waits for alone has left: everybody who can may help."""
    entry = queue.get(work.db, entry_id, lock=True)
    if entry is None or entry.state not in LINE or entry.needs.agent is None:
        return
    agent = agents.get(work.db, entry.needs.agent)
    if agent is not None and agent.state in AT_WORK:
        return
    let_go(work, entry)


def let_go(work: Work, entry: Entry) -> None:
    """Nobody is preferred any more; the entry must be locked."""
    asked = Asked(
        needs=entry.asked.needs.released(),
        entered_at=entry.asked.entered_at,
        lenient=entry.asked.lenient,
        lenient_at=entry.asked.lenient_at,
    )
    stands = standing(asked, _steps(work, entry), work.now, taken=entry.steps_taken)
    queue.reconsider(work.db, entry.id, stands, asked)
    _note(work, entry, stands)


def _write(work: Work, entry: Entry, stands: Standing) -> None:
    queue.reconsider(work.db, entry.id, stands)
    if (stands.needs, stands.rank_at) != (entry.needs, entry.rank_at):
        _note(work, entry, stands)


def _note(work: Work, entry: Entry, stands: Standing) -> None:
    data = {"from": entry.needs.key, "to": stands.needs.key, "steps": sorted(stands.taken)}
    work.record(Fact.EASED, contact=entry.contact_id, data=data)
    work.meeting_possible = True


def _steps(work: Work, entry: Entry) -> tuple[Step, ...]:
    contact = contacts.get(work.db, entry.contact_id)
    if contact is None:
        return ()
    return work.plans.version(work.db, contact.plan_version).group(entry.group_id, contact.line).steps
