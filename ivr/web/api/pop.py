"""The screen pop: who is on the line, what it is about, and what we know, as the agent may see it.

A caller id is a hint and never an identity, so cases that it leads to are marked as not confirmed. An anonymous contact
has no number, no cases and no history at all.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ivr.adapters.store import cases, contacts, engagements, figures, links, queue
from ivr.adapters.store.cases import CaseRow
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.engagements import Engagement
from ivr.adapters.store.links import Link
from ivr.adapters.store.queue import Entry
from ivr.assembly import Parts
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import cases as case_operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """An agent's contact. `held_since` is set while the caller is on hold."""

    engagement: Engagement
    contact: Contact
    entry: Entry
    held_since: datetime | None
    cases: tuple[CaseRow, ...]
    history: tuple[Contact, ...]
    links: tuple[Link, ...]

    @property
    def state(self) -> EngagementState:
        return self.engagement.state

    @property
    def caller(self) -> str | None:
        """The caller's number in pairs; None when it is hidden and when the contact is anonymous."""
        return PhoneNumber(self.contact.caller).shown() if self.contact.caller is not None else None

    @property
    def is_hidden(self) -> bool:
        return self.contact.caller is None and not self.contact.anonymous

    @property
    def may_take_text(self) -> bool:
        return self.contact.caller is not None and PhoneNumber(self.contact.caller).may_receive_text

    def waited_seconds(self, now: datetime) -> int:
        """From the queue's door to the conversation; until then it grows."""
        return max(0, round(((self.entry.connected_at or now) - self.entry.entered_at).total_seconds()))


def pop_of(parts: Parts, db: Connection, agent_id: str) -> Pop | None:
    """What occupies the agent; None when nothing does."""
    engagement = engagements.live_of_agent(db, agent_id)
    if engagement is None:
        return None
    contact = contacts.get(db, engagement.contact_id)
    entry = queue.get(db, engagement.entry_id)
    if contact is None or entry is None:
        return None
    began = engagement.connected_at
    talks = engagement.state is EngagementState.CONNECTED and began is not None
    return Pop(
        engagement=engagement,
        contact=contact,
        entry=entry,
        held_since=figures.held_since(db, contact.id, began) if talks and began is not None else None,
        cases=_cases(parts, db, contact),
        history=_history(db, contact),
        links=links.of_contact(db, contact.id),
    )


def _cases(parts: Parts, db: Connection, contact: Contact) -> tuple[CaseRow, ...]:
    """As found while the greeting played; the look-up takes the contact's lock, so it is asked for only if it was lost."""
    if contact.anonymous or contact.caller is None:
        return ()
    if contact.cases_found_at is None:
        return parts.operations.run(case_operations.of_contact, contact.id)
    return cases.of_contact(db, contact.id)


def _history(db: Connection, contact: Contact) -> tuple[Contact, ...]:
    if contact.anonymous or contact.caller_pseudonym is None:
        return ()
    return contacts.earlier(db, contact.caller_pseudonym, contact.started_at)


def plan_of(parts: Parts, db: Connection, contact: Contact) -> DialPlan:
    """The plan that the contact began with; its names are the ones that were said."""
    return parts.plans.version(db, contact.plan_version).plan
