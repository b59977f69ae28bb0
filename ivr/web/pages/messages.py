"""Messages that callers left: heard on our own page, through our own server, and marked when they are dealt with.

The carrier keeps the sound; neither its address nor the account's token ever reaches a browser.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from ivr.adapters.carrier.recordings import RecordingGone, RecordingUnavailable, Sound
from ivr.adapters.store import messages
from ivr.adapters.store.messages import Message
from ivr.assembly import Parts
from ivr.operations import messages as message_operations
from ivr.operations.messages import MessageTaken, NoSuchMessage
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.messages import groups_of
from ivr.web.live import version_of
from ivr.web.pages.format import language
from ivr.web.pages.ways import fragment, unchanged, wants_fragment

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What the reader may hear, oldest first."""

    messages: tuple[Message, ...]
    as_of: datetime

    @property
    def version(self) -> str:
        return version_of(self.messages, language())


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
        try:
            return _played(parts.recordings.open(_recording_of(parts, str(message_id))))
        except (RecordingGone, RecordingUnavailable) as error:
            log.warning("recording_not_played", message=str(message_id), code=error.code, why=error.text)
            status = 410 if isinstance(error, RecordingGone) else 503
            return render_template("messages/unplayable.html", is_gone=status == 410), status

    @pages.post("/<uuid:message_id>/handled")
    @auth.needs(auth.MESSAGES)
    def handled(message_id: Any) -> AnyResponse:
        who = auth.person()
        with parts.engine.connect() as db:
            groups = groups_of(db, who)
        try:
            parts.operations.run(message_operations.handle, who.agent.id, groups, str(message_id))
        except MessageTaken as error:
            return _answer(parts, board, problem=error.code)
        return _answer(parts, board, said="message_handled")

    @pages.app_context_processor
    def in_the_header() -> dict[str, Any]:
        return {"unheard_messages": lambda: _count(parts)}

    return pages


def _recording_of(parts: Parts, message_id: str) -> str:
    with parts.engine.connect() as db:
        message = messages.get(db, message_id)
        groups = groups_of(db, auth.person())
    if message is None or (groups is not None and message.group_id not in groups):
        raise NoSuchMessage
    return message.recording


def _played(sound: Sound) -> Response:
    """The sound while it comes in. Safari plays nothing from a server that does not send parts."""
    response = Response(sound.pieces, mimetype="audio/wav")
    response.call_on_close(sound.close)
    response.content_length = sound.size
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=sound.size)
    except BaseException:
        sound.close()
        raise
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
        return Inbox(messages=found, as_of=parts.operations.clock.now(db))


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
        "may_read_log": auth.person().may(auth.LOG),
    }
