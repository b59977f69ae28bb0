"""What reaches callers while they wait: news of the line that cannot wait until they ask."""

from ivr.adapters.store import contacts, legs, speeds
from ivr.domain.conversation.legs import Goal
from ivr.domain.flow.events import NobodyIn
from ivr.domain.flow.state import Place
from ivr.operations import conversation, flow
from ivr.operations.work import Work


def tell_nobody_in(work: Work, contact_id: str) -> None:
    """The last agent who could help has left: a caller who waits is told at once, whatever music plays.

    Once for each time that everybody has left, however many processes have noticed. Whoever is in the middle of a choice
    is left to it, and found again when back in line.
    """
    contact, citizen = contacts.locked(work.db, contact_id), legs.citizen(work.db, contact_id)
    if contact is None or citizen is None or not speeds.left_alone(work.db, work.now, 1, contact_id):
        return
    if citizen.goal is Goal.FLOW and flow.on_plan(work, contact).state.place is Place.WAITING:
        conversation.tell_citizen(work, contact_id, citizen, NobodyIn())
