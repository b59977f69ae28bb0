"""Messages that callers left: somebody of the group hears one and says that it is dealt with."""

from ivr.adapters.store import messages
from ivr.domain.errors import IvrError
from ivr.operations.work import Work


class NoSuchMessage(IvrError):
    """There is no such message, or it is for a group whose messages are none of the asker's business."""

    code = "no_such_message"

    def __init__(self) -> None:
        super().__init__("There is no such message for you.", hint="GET /messages lists them.")


class MessageTaken(IvrError):
    """A colleague has dealt with the message already."""

    code = "message_taken"


def handle(work: Work, agent_id: str, groups: frozenset[str] | None, message_id: str) -> None:
    """The agent has dealt with a message to one of `groups`, None being all. To say so twice changes nothing."""
    message = messages.get(work.db, message_id)
    if message is None or (groups is not None and message.group_id not in groups):
        raise NoSuchMessage
    if messages.handle(work.db, message_id, agent_id, work.now):
        data = {"message": message_id, "group": message.group_id}
        work.record("message_handled", contact=message.contact_id, agent=agent_id, data=data)
        return
    latest = messages.get(work.db, message_id)
    if latest is None or latest.handled_by != agent_id:
        raise MessageTaken("A colleague has dealt with the message already.", hint="GET /messages lists what is left.")
