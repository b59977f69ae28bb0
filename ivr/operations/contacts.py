"""The end of a contact: when nothing of it lives any more, it gets its one outcome; late news may make it another."""

from ivr.adapters.store import contacts, engagements, events, legs, queue
from ivr.adapters.store.contacts import Contact
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.outcome import outcome_of
from ivr.operations.work import Work


def close_if_over(work: Work, contact: Contact, *, resolved: str | None = None) -> None:
    """End the contact if the citizen's line is closed and neither queue nor agent is occupied with it."""
    if contact.ended_at is not None:
        return
    citizen = legs.citizen(work.db, contact.id)
    if citizen is not None and citizen.ended_at is None:
        return
    if queue.live(work.db, contact.id) is not None or engagements.any_live(work.db, contact.id):
        return
    outcome = outcome_of(_facts(work, contact), resolved=resolved or contact.resolved)
    contacts.change(work.db, contact.id, ended_at=work.now, outcome=outcome)
    work.record(Fact.ENDED, contact=contact.id, data={"outcome": outcome})


def judge_anew(work: Work, contact: Contact) -> None:
    """Something came to be known after the contact had ended: it still has one outcome, and the log tells both."""
    if contact.ended_at is None:
        return
    outcome = outcome_of(_facts(work, contact), resolved=contact.resolved)
    if outcome != contact.outcome:
        contacts.change(work.db, contact.id, outcome=outcome)
        work.record(Fact.OUTCOME_CHANGED, contact=contact.id, data={"was": contact.outcome, "outcome": outcome})


def _facts(work: Work, contact: Contact) -> list[str]:
    """The kinds of all that is known of the contact, in order, this transaction's own last."""
    return [*(fact.kind for fact in events.of_contact(work.db, contact.id)), *work.facts_of(contact.id)]
