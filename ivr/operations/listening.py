"""Listening, where we recognise speech ourselves: what was heard takes the question's turn, as a key press would.

The key Gather stays open meanwhile, so the answer lies ready for the line (`due_answer`) and a move fetches it: whichever
of move, key and time-out asks first is given it. The turn is judged under the same locks, so that a key and a word cannot
both count, and what comes late is dropped unread. Where nobody can listen, the same question is asked by keys.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ivr.adapters.store import contacts, legs, listenings
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.domain.conversation.legs import Goal
from ivr.domain.conversation.listening import LONGEST_SPEECH, SEEN_WITHIN, Ear
from ivr.domain.flow.actions import Ask, Spoken
from ivr.domain.flow.events import Event, Silence, Spoke, Unheard
from ivr.domain.flow.graph import Flow
from ivr.domain.flow.vocabulary import expected_at
from ivr.domain.heard import Heard, Words
from ivr.domain.language import Language
from ivr.operations import conversation, flow, lines
from ivr.operations.lines import UnknownLeg
from ivr.operations.openings import standing
from ivr.operations.work import Work

_TOKEN_BYTES = 24
_HOLD_ON_SECONDS = 10
_QUESTION_HEARTBEAT = timedelta(seconds=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a stream is to be listened to for: the phrases, in the language of the call."""

    language: Language
    phrases: tuple[str, ...]


def ear_for(work: Work, leg_id: str, turn: int, spoken: Sequence[Spoken], plan: Flow) -> Ear | None:
    """What the stream of a citizen's line does with this document. None where the carrier hears every language."""
    if not plan.vocabularies:
        return None
    last = spoken[-1] if spoken else None
    if not (isinstance(last, Ask) and last.speech and last.language in plan.vocabularies):
        return Ear()
    return Ear(token=listenings.open_for(work.db, leg_id, turn, secrets.token_urlsafe(_TOKEN_BYTES), work.now))


def begin(work: Work, token: str, call_id: str) -> Question | None:
    """A stream has begun. None where the token is spent or unknown, the call another, or the question no longer open."""
    begun = listenings.start(work.db, token, work.now)
    leg = legs.get(work.db, begun.leg_id) if begun is not None else None
    if begun is None or leg is None or leg.call_id != call_id or not _is_asked(leg, begun.turn):
        return None
    contact = contacts.get(work.db, leg.contact_id)
    if contact is None:
        return None
    at = flow.on_plan(work, contact)
    vocabulary = at.plan.flow.vocabularies.get(at.state.language)
    if vocabulary is None:
        return None
    names = (employee.name for employee in standing(work).employees.values())
    return Question(language=at.state.language, phrases=expected_at(at.state.place, vocabulary, names))


def attended(work: Work, tokens: Sequence[str]) -> frozenset[str]:
    """Whoever listens says so. Returns the tokens whose question is still open: the others are not to be listened to."""
    return listenings.seen(work.db, tokens, work.now)


def speaking(work: Work, token: str) -> None:
    """The caller has begun to speak: a time-out that comes now is not the caller's silence."""
    listenings.change(work.db, token, speaking_since=work.now)


def murmured(work: Work, token: str) -> None:
    """The caller has come to an end, and there were no known words in it."""
    listenings.change(work.db, token, speaking_since=None, has_murmured=True)


def nothing_said(work: Work, token: str) -> None:
    """What sounded like speech was none."""
    listenings.change(work.db, token, speaking_since=None)


def heard(work: Work, token: str, words: Words) -> bool:
    """The caller has answered the question. False where its turn is taken already: the words are dropped."""
    found = _open(work, token)
    if found is None:
        return False
    _answer(work, *found, flow.hear(work, found[0], words))
    return True


def failed(work: Work, token: str, reason: str) -> bool:
    """Nobody listens, for that reason: the same question by keys. False where its turn is taken already."""
    found = _open(work, token)
    if found is None:
        return False
    _answer(work, *found, Unheard(reason))
    return True


def meant_by_silence(work: Work, contact: Contact, leg: Leg) -> Event | None:
    """What the time-out of the leg's turn means, where we listen ourselves. None while the caller is still speaking."""
    if not work.plans.version(work.db, contact.plan_version).plan.flow.vocabularies:
        return Silence()
    ours = listenings.of_turn(work.db, leg.id, leg.turn)
    if ours is None:
        return Silence()
    if ours.started_at is None or ours.seen_at is None:
        return Unheard("not_started")
    if work.now - ours.seen_at > SEEN_WITHIN:
        return Unheard("lost")
    if ours.speaking_since is not None and work.now - ours.speaking_since < LONGEST_SPEECH:
        return None
    return Spoke(Heard(words="")) if ours.has_murmured else Silence()


def holding_on(contact: Contact) -> tuple[Spoken, ...]:
    """The question stays open, without a word: the caller is in the middle of one."""
    return (Ask(say=(), language=Language(contact.language), seconds=_HOLD_ON_SECONDS),)


def _open(work: Work, token: str) -> tuple[Contact, Leg] | None:
    """The line with its contact, both locked, if the token's question is still the one that is asked."""
    known = listenings.by_token(work.db, token)
    if known is None:
        return None
    try:
        contact, leg = lines.lock(work, known.leg_id)
    except UnknownLeg:
        return None
    current = listenings.of_turn(work.db, leg.id, leg.turn)
    is_open = current is not None and current.token == token and _is_asked(leg, current.turn)
    return (contact, leg) if is_open else None


def _is_asked(leg: Leg, turn: int) -> bool:
    return leg.turn == turn and leg.goal is Goal.FLOW and leg.ended_at is None


def _answer(work: Work, contact: Contact, leg: Leg, event: Event) -> None:
    conversation.tell_citizen(work, contact.id, leg, event)
    legs.change(work.db, leg.id, heartbeat_due_at=work.now + _QUESTION_HEARTBEAT)
