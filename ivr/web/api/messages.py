"""`/messages`: what callers said after the beep, for the groups of whoever asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, url_for
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ivr.adapters.store import agents, messages
from ivr.adapters.store.messages import Message
from ivr.assembly import Parts
from ivr.domain.contacts.messages import MessageOutcome
from ivr.domain.phone import PhoneNumber
from ivr.operations import messages as message_operations
from ivr.web import auth
from ivr.web.auth import Person


class LeftMessage(BaseModel):
    """`caller` is null when the number is hidden (`hidden`) and when the contact is anonymous (`anonymous`).

    `employee` is the name of whoever was asked for and was not there.
    """

    id: str
    contact: str
    group: str
    topic: str | None
    employee: str | None
    left_at: datetime
    due_at: datetime | None = Field(description="By when to deal with it; null where the group never opens.")
    overdue: bool
    taken_by: str | None = Field(description="The name of whoever sees to it.")
    seconds: int
    caller: str | None
    hidden: bool
    anonymous: bool
    audio: str | None = Field(
        description="Where the WAV is, on this server; it takes the same bearer token. Null until it has come from the "
        "carrier."
    )
    audio_lost: bool = Field(description="The carrier had deleted the sound before it could be fetched.")


class MessageList(BaseModel):
    messages: list[LeftMessage]


class Handling(BaseModel):
    outcome: MessageOutcome


def blueprint(parts: Parts) -> APIBlueprint:
    api = APIBlueprint("api_messages", __name__, tag="Messages")

    @api.get("/messages")
    @auth.needs(auth.MESSAGES)
    @api.output(MessageList)
    @api.doc(
        summary="Messages that nobody has dealt with, the first due first", security="Bearer", responses=[401, 403]
    )
    def listed() -> MessageList:
        with parts.engine.connect() as db:
            found = messages.unheard(db, groups_of(db, auth.person()))
            now = parts.operations.clock.now(db)
        return MessageList(messages=[_shown(message, now) for message in found])

    def deed(operation: Callable[..., None], message_id: Any, *more: Any) -> Response:
        who = auth.person()
        with parts.engine.connect() as db:
            groups = groups_of(db, who)
        parts.operations.run(operation, who.agent.id, groups, str(message_id), *more)
        return Response(status=204)

    @api.post("/messages/<uuid:message_id>/take")
    @auth.needs(auth.MESSAGES)
    @api.output({}, status_code=204)
    @api.doc(summary="I see to a message", security="Bearer", responses=[401, 403, 404, 409])
    def take(message_id: Any) -> Response:
        return deed(message_operations.take, message_id)

    @api.post("/messages/<uuid:message_id>/give-back")
    @auth.needs(auth.MESSAGES)
    @api.output({}, status_code=204)
    @api.doc(
        summary="A message is anybody's again: one's own, or as a supervisor another's",
        security="Bearer",
        responses=[401, 403, 404, 409],
    )
    def give_back(message_id: Any) -> Response:
        return deed(message_operations.give_back, message_id)

    @api.post("/messages/<uuid:message_id>/handled")
    @auth.needs(auth.MESSAGES)
    @api.input(Handling)
    @api.output({}, status_code=204)
    @api.doc(summary="A message is dealt with", security="Bearer", responses=[401, 403, 404, 409])
    def handled(message_id: Any, json_data: Handling) -> Response:
        return deed(message_operations.handle, message_id, json_data.outcome)

    return api


def groups_of(db: Connection, who: Person) -> frozenset[str] | None:
    """The groups whose messages somebody may hear; None is all of them, those that are no longer in the plan too."""
    if who.may(auth.EVERY_GROUP):
        return None
    return agents.abilities_of(db, [who.agent.id])[who.agent.id].groups


def _shown(message: Message, now: datetime) -> LeftMessage:
    return LeftMessage(
        id=message.id,
        contact=message.contact_id,
        group=message.group_id,
        topic=message.topic,
        employee=message.employee,
        left_at=message.left_at,
        due_at=message.due_at,
        overdue=message.is_overdue(now),
        taken_by=message.taker,
        seconds=message.seconds,
        caller=PhoneNumber(message.caller).shown() if message.caller is not None else None,
        hidden=message.caller is None and not message.anonymous,
        anonymous=message.anonymous,
        audio=url_for("messages.audio", message_id=message.id) if message.fetched_at is not None else None,
        audio_lost=message.is_lost,
    )
