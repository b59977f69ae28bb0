"""A dropped call: which place in line the calling number has lost a moment ago and may have back."""

from datetime import timedelta

from ivr.adapters.store import returning
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.returning import LostEntry
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.facts import LostPlace
from ivr.domain.routing.queue import QueueClass
from ivr.domain.routing.returning import Lost, class_of_return
from ivr.operations.work import Work


def lost_place(work: Work, plan: DialPlan, contact: Contact) -> LostPlace | None:
    """The place lost last, of those that may still be had back; nothing is known of a caller who hides the number.

    It stays the same for as long as the call lasts, since what counts is when the caller called again; but another call of
    the same number may take it.
    """
    longest = max((group.return_within for group in plan.groups.values()), default=timedelta(0))
    if contact.caller_pseudonym is None or not longest:
        return None
    found = returning.lost_by(work.db, contact.caller_pseudonym, contact.line, contact.started_at - longest)
    places = (_place(plan, contact, lost) for lost in found)
    return next((place for place in places if place is not None), None)


def _place(plan: DialPlan, contact: Contact, entry: LostEntry) -> LostPlace | None:
    group = plan.groups.get(entry.group_id)
    if group is None:
        return None
    lost = Lost(queue_class=entry.queue_class, left_at=entry.left_at, talk_began_at=entry.talk_began_at)
    queue_class = class_of_return(lost, group, contact.started_at)
    if queue_class is None:
        return None
    return LostPlace(
        entry=entry.id,
        contact=entry.contact_id,
        group=group.id,
        topic=entry.topic if entry.topic in plan.flow.topics else None,
        is_our_fault=queue_class is QueueClass.RETURNED,
    )
