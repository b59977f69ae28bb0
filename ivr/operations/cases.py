"""Cases: found by caller id while the greeting plays, shown to the agent as not confirmed, never said to the caller."""

from ivr.adapters.store import cases, contacts
from ivr.adapters.store.cases import CaseRow
from ivr.operations.work import Work


def look_up(work: Work, contact_id: str) -> None:
    """Find the caller's cases, once. An anonymous or hidden caller has none."""
    contact = contacts.locked(work.db, contact_id)
    if contact is None or contact.cases_found_at is not None:
        return
    if contact.caller is not None:
        found = cases.by_phone(work.db, contact.caller)
        cases.keep_found(work.db, contact_id, [case.case_number for case in found])
    contacts.change(work.db, contact_id, cases_found_at=work.now)


def of_contact(work: Work, contact_id: str) -> tuple[CaseRow, ...]:
    """The cases found for a contact; looked up now if the look-up at the greeting was lost."""
    look_up(work, contact_id)
    return cases.of_contact(work.db, contact_id)
