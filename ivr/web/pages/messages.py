"""Messages that callers left, by their deadlines: taken, heard, and ended with what came of them.

The sound is our own copy; whoever listens asks nothing of the carrier.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from ivr.adapters.store import messages
from ivr.adapters.store.messages import Message
from ivr.assembly import Parts
from ivr.domain.contacts.messages import MessageOutcome
from ivr.operations import messages as message_operations
from ivr.operations.messages import MessageTaken, NoSuchMessage
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.messages import groups_of
from ivr.web.live import version_of
from ivr.web.pages.format import language
from ivr.web.pages.ways import fragment, unchanged, wants_fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What the reader may hear, the first due first. `who` is the reader's id."""

    messages: tuple[Message, ...]
    who: str
    as_of: datetime

    @property
    def overdue(self) -> frozenset[str]:
        """The ids of those that somebody should have dealt with by now."""
        return frozenset(message.id for message in self.messages if message.is_overdue(self.as_of))

    @property
    def version(self) -> str:
        return version_of(self.messages, sorted(self.overdue), language())


def blueprint(parts: Parts, board: LiveBoard) -> Blueprint:
    pages = Blueprint("messages", __name__, url_prefix="/messages")

    @pages.get("")
    @auth.needs(auth.MESSAGES)
    def page() -> str:
        return render_template("messages/page.html", **_shown(_read(parts), board))

    @pages.get("/unheard")
    @auth.needs(auth.MESSAGES)
    def unheard() -> Response:
        inbox = _read(parts)
        if request.args.get("since") == inbox.version:
            return unchanged(inbox.version, inbox.as_of)
        return _fragment(inbox, board)

    @pages.get("/<uuid:message_id>/audio")
    @auth.needs(auth.MESSAGES)
    def audio(message_id: Any) -> AnyResponse | tuple[str, int]:
        with parts.engine.connect() as db:
            message = messages.get(db, str(message_id))
            groups = groups_of(db, auth.person())
            if message is None or (groups is not None and message.group_id not in groups):
                raise NoSuchMessage
            sound = messages.sound_of(db, message.id)
        if sound is None:
            return render_template("messages/unplayable.html", is_gone=message.is_lost), 410 if message.is_lost else 503
        return _played(sound)

    @pages.post("/<uuid:message_id>/take")
    @auth.needs(auth.MESSAGES)
    def take(message_id: Any) -> AnyResponse:
        return _done(parts, board, message_operations.take, str(message_id), said="message_taken")

    @pages.post("/<uuid:message_id>/give-back")
    @auth.needs(auth.MESSAGES)
    def give_back(message_id: Any) -> AnyResponse:
        return _done(parts, board, message_operations.give_back, str(message_id), said="message_given_back")

    @pages.post("/<uuid:message_id>/handled")
    @auth.needs(auth.MESSAGES)
    def handled(message_id: Any) -> AnyResponse:
        chosen = request.form.get("outcome", "")
        if chosen not in set(MessageOutcome):
            return _answer(parts, board, problem="outcome_missing")
        outcome = MessageOutcome(chosen)
        return _done(parts, board, message_operations.handle, str(message_id), outcome, said="message_handled")

    @pages.app_context_processor
    def in_the_header() -> dict[str, Any]:
        return {"unheard_messages": lambda: _count(parts)}

    return pages


def _done(
    parts: Parts, board: LiveBoard, operation: Callable[..., None], message_id: str, *more: Any, said: str
) -> AnyResponse:
    """Carry it out and show the list. That a colleague was first is ordinary: it is told in a sentence."""
    who = auth.person()
    with parts.engine.connect() as db:
        groups = groups_of(db, who)
    try:
        parts.operations.run(operation, who.agent.id, groups, message_id, *more)
    except MessageTaken as error:
        return _answer(parts, board, problem=error.code)
    return _answer(parts, board, said=said)


def _played(sound: bytes) -> Response:
    """Safari plays nothing from a server that does not send parts."""
    response = Response(sound, mimetype="audio/wav")
    response.make_conditional(request, accept_ranges=True, complete_length=len(sound))
    return response


def _count(parts: Parts) -> int:
    """For the header, which stands on the page of an error too: there the store may be what failed."""
    try:
        with parts.engine.connect() as db:
            return messages.count_unheard(db, groups_of(db, auth.person()))
    except SQLAlchemyError:
        return 0


def _read(parts: Parts) -> Inbox:
    with parts.engine.connect() as db:
        found = messages.unheard(db, groups_of(db, auth.person()))
        return Inbox(messages=found, who=auth.person().agent.id, as_of=parts.operations.clock.now(db))


def _answer(parts: Parts, board: LiveBoard, *, problem: str | None = None, said: str | None = None) -> AnyResponse:
    if not wants_fragment():
        flash(problem or said or "", "problem" if problem else "said")
        return redirect(url_for("messages.page"), code=303)
    return _fragment(_read(parts), board, problem=problem, said=said)


def _fragment(inbox: Inbox, board: LiveBoard, **told: str | None) -> Response:
    html = render_template("messages/_unheard.html", **_shown(inbox, board), **told)
    return fragment(html, inbox.version, inbox.as_of)


def _shown(inbox: Inbox, board: LiveBoard) -> dict[str, Any]:
    now = board.now().values
    return {
        "inbox": inbox,
        "as_of": inbox.as_of,
        "version": inbox.version,
        "zone": now.zone,
        "titles": now.titles,
        "groups": {group.group.id: group.group.name for group in now.groups},
        "outcomes": tuple(MessageOutcome),
        "may_read_log": auth.person().may(auth.LOG),
        "may_give_back_all": auth.person().may(auth.EVERY_GROUP),
    }
