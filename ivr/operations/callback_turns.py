"""The turns of a citizen who is called back: asked for by key before anything else, then into the room.

Whoever answers hears the municipality's name and nothing of the matter: it may be somebody else, or a voicemail, which
presses no key. So no machine has to be told from a person, and what it records is that we called.
"""

from ivr.adapters.store import engagements, legs, queue
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.domain.conversation.legs import Goal
from ivr.domain.flow.actions import Ask, HangUp, Meet, Say, Spoken
from ivr.domain.flow.events import CalledBack, Event, Pressed
from ivr.domain.heard import Words
from ivr.domain.language import Language
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import engagements as offers
from ivr.operations import flow
from ivr.operations.work import Work

_IS_THERE = (Pressed("1"), Pressed("0"))
_QUESTION_SECONDS = 5
# The first turn is picking up, the second the question's.
_ASKED_TWICE = 2


def act(work: Work, contact: Contact, leg: Leg, given: Event | Words | None) -> tuple[Spoken, ...]:
    """What the line hears next. The contact and the leg are locked."""
    meeting = _meeting(work, contact)
    if meeting is None:
        return (_words(work, contact, "called_back_in_vain"), HangUp())
    if given in _IS_THERE:
        return _joins(work, meeting)
    if leg.turn < _ASKED_TWICE:
        return question(work, contact)
    return (_words(work, contact, "called_back_unanswered"), HangUp())


def question(work: Work, contact: Contact) -> tuple[Spoken, ...]:
    """Who calls, and the key; the same whoever answers."""
    say = _words(work, contact, "called_back")
    return (Ask(say=(say,), language=say.language, seconds=_QUESTION_SECONDS),)


def _meeting(work: Work, contact: Contact) -> offers.Meeting | None:
    """The meeting that an agent waits for, locked; None when nobody waits any more."""
    entry = queue.live(work.db, contact.id)
    held = engagements.holding(work.db, entry.id) if entry is not None else None
    meeting = offers.lock_meeting(work, held.id) if held is not None else None
    return meeting if meeting is not None and meeting.engagement.state is EngagementState.ACCEPTED else None


def _joins(work: Work, meeting: offers.Meeting) -> tuple[Spoken, ...]:
    legs.change(work.db, meeting.citizen.id, goal=Goal.CONFERENCE)
    engagements.change(work.db, meeting.engagement.id, lease_until=work.now + offers.JOIN_LEASE)
    flow.step(work, meeting.contact, CalledBack())
    return (Meet(contact=meeting.contact.id, leg=meeting.citizen.id, anchor=False),)


def _words(work: Work, contact: Contact, occasion: str) -> Say:
    plan = work.plans.version(work.db, contact.plan_version).plan.flow
    language = Language(contact.language)
    text = plan.words[occasion][language].format(municipality=plan.municipality[language])
    return Say(text=text, language=language)
