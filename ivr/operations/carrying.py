"""Calls that have lost their plan, because an older program stored it and this one reads it no more."""

from ivr.adapters.store import contacts, queue
from ivr.adapters.store.contacts import Contact
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.repairs import Found
from ivr.domain.flow import machine
from ivr.domain.flow.carrying import carried, nowhere
from ivr.domain.flow.state import State
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import Asked
from ivr.operations import patience
from ivr.operations.plans import LoadedPlan
from ivr.operations.work import Work


def carry_over(work: Work, contact: Contact) -> tuple[Contact, bool]:
    """The contact on a plan that can be had, and whether the caller has a place there; if not, a person must help.

    A contact that has its own plan is given back as it is. Whoever is in line or in a talk always has a place.
    """
    loaded = work.plans.version(work.db, contact.plan_version)
    if loaded.plan.version == contact.plan_version:
        return contact, True
    line = loaded.line(contact.line)
    before = machine.begin(line) if contact.flow_state is None else State.from_json(contact.flow_state)
    after = carried(loaded.plan.flow, line, before)
    state = after or nowhere(line, before)
    contacts.change(
        work.db,
        contact.id,
        plan_version=loaded.plan.version,
        line=line.id,
        language=state.language,
        flow_state=state.to_json().decode(),
    )
    work.record(Fact.REPAIRED, contact=contact.id, data={"found": Found.PLAN_UNREADABLE, "plan": contact.plan_version})
    _keep_in_line(work, contact, loaded)
    return contacts.locked(work.db, contact.id) or contact, after is not None


def _keep_in_line(work: Work, contact: Contact, loaded: LoadedPlan) -> None:
    """A caller who waits for a group that is no more waits for whom `0` reaches, with the same wait behind them."""
    entry = queue.live(work.db, contact.id, lock=True)
    if entry is None or entry.group_id in loaded.plan.groups:
        return
    group = loaded.group(entry.group_id, contact.line).id
    asked = Asked(needs=Needs(groups=(group,)), entered_at=entry.entered_at)
    queue.change(work.db, entry.id, group_id=group)
    queue.reconsider(work.db, entry.id, patience.joining(work, asked, loaded.plan.groups[group].steps), asked)
    contacts.change(work.db, contact.id, group_id=group)
    work.meeting_possible = True
