"""Messages that callers left: each is taken by somebody of its group, heard, and ended with what came of it.

The sound is fetched from the carrier by an order that stands beside the message, and what is fetched is ordered to be
deleted there in the same transaction: whatever dies in between, one of the two orders is still there.
"""

from datetime import timedelta

from ivr.adapters.store import messages
from ivr.adapters.store.messages import Message
from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.messages import MessageOutcome
from ivr.domain.contacts.repairs import Found
from ivr.domain.errors import IvrError
from ivr.domain.orders import DeleteRecording, FetchRecording
from ivr.operations.work import Work

REST = timedelta(days=1)
"""After an order about a recording has failed, it is given that long to be mended before another is written."""

_ON_ITS_WAY = timedelta(hours=1)
"""For so long a recording that the carrier has told of may not be there yet."""


class NoSuchMessage(IvrError):
    """There is no such message, or it is for a group whose messages are none of the asker's business."""

    code = "no_such_message"

    def __init__(self) -> None:
        super().__init__("There is no such message for you.", hint="GET /messages lists them.")


class MessageTaken(IvrError):
    """A colleague has the message, or has dealt with it already."""

    code = "message_taken"

    def __init__(self) -> None:
        super().__init__("A colleague has taken the message.", hint="GET /messages lists what is left, and who has it.")


def take(work: Work, agent_id: str, groups: frozenset[str] | None, message_id: str) -> None:
    """The agent sees to a message to one of `groups`, None being all. To take it twice changes nothing."""
    message = _for(work, groups, message_id)
    if messages.take(work.db, message_id, agent_id, work.now):
        _record(work, Fact.MESSAGE_TAKEN, message, agent_id)
    elif message.taken_by != agent_id or message.handled_at is not None:
        raise MessageTaken


def give_back(work: Work, agent_id: str, groups: frozenset[str] | None, message_id: str) -> None:
    """The message is anybody's again. Whoever sees to all groups may give back what somebody else has."""
    message = _for(work, groups, message_id)
    if message.taken_by is None and message.handled_at is None:
        return
    is_theirs_to_give = groups is None or message.taken_by == agent_id
    if message.taken_by is None or not is_theirs_to_give:
        raise MessageTaken
    if not messages.give_back(work.db, message_id, message.taken_by):
        raise MessageTaken
    _record(work, Fact.MESSAGE_GIVEN_BACK, message, agent_id)


def handle(work: Work, agent_id: str, groups: frozenset[str] | None, message_id: str, outcome: MessageOutcome) -> None:
    """The agent has dealt with a message that nobody else has taken. To say so twice changes nothing."""
    message = _for(work, groups, message_id)
    if messages.handle(work.db, message_id, agent_id, outcome, work.now):
        _record(work, Fact.MESSAGE_HANDLED, message, agent_id, outcome=outcome)
        return
    latest = messages.get(work.db, message_id)
    if latest is None or latest.handled_by != agent_id:
        raise MessageTaken


def keep_sound(work: Work, message_id: str, sound: bytes) -> None:
    """The sound has come from the carrier: from here on it is ours, and shall be nobody else's."""
    message = messages.get(work.db, message_id)
    if message is not None and messages.keep_sound(work.db, message_id, sound, work.now):
        _record(work, Fact.MESSAGE_FETCHED, message, bytes=len(sound))
        _order_deletion(work, message)


def sound_missing(work: Work, message_id: str) -> bool:
    """The carrier has no such recording. True when that is final, False while it may still be on its way."""
    message = messages.get(work.db, message_id)
    if message is None or message.fetched_at is not None:
        return True
    if work.now < message.left_at + _ON_ITS_WAY:
        return False
    if messages.gone_at_carrier(work.db, message_id, work.now):
        _record(work, Fact.MESSAGE_LOST, message)
    return True


def deleted_at_carrier(work: Work, message_id: str) -> None:
    """The carrier has the sound no longer."""
    message = messages.get(work.db, message_id)
    if message is not None and messages.gone_at_carrier(work.db, message_id, work.now):
        _record(work, Fact.MESSAGE_DELETED, message)


def deadline_passed(work: Work, message_id: str) -> None:
    """Nobody has dealt with the message in time, if that is still so."""
    message = messages.get(work.db, message_id)
    if message is not None and messages.tell_overdue(work.db, message_id, work.now):
        _record(work, Fact.MESSAGE_OVERDUE, message)


def fetch_or_delete(work: Work, message_id: str) -> Found | None:
    """A sound was left at the carrier: an order for what is still to be done about it. None where there is nothing."""
    message = messages.get(work.db, message_id)
    if message is None or message.deleted_at is not None:
        return None
    if message.fetched_at is not None:
        _order_deletion(work, message)
    else:
        fetch = FetchRecording(message=message.id, recording=message.recording)
        work.order(fetch, contact=message.contact_id, leg=None)
    work.record(Fact.REPAIRED, contact=message.contact_id, data={"found": Found.RECORDING_LEFT})
    return Found.RECORDING_LEFT


def _for(work: Work, groups: frozenset[str] | None, message_id: str) -> Message:
    message = messages.get(work.db, message_id)
    if message is None or (groups is not None and message.group_id not in groups):
        raise NoSuchMessage
    return message


def _order_deletion(work: Work, message: Message) -> None:
    deletion = DeleteRecording(recording=message.recording, message=message.id)
    work.order(deletion, contact=message.contact_id, leg=None)


def _record(work: Work, fact: Fact, message: Message, agent_id: str | None = None, **more: object) -> None:
    data = {"message": message.id, "group": message.group_id} | more
    work.record(fact, contact=message.contact_id, agent=agent_id, data=data)
