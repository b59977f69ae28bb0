"""The wallboard: all queues at a glance, and what a supervisor may set by hand."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from uuid6 import uuid7
from werkzeug.wrappers import Response as AnyResponse

from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import AgentState
from ivr.operations import notices
from ivr.web import auth
from ivr.web.api.board import Board, LiveBoard
from ivr.web.live import Snapshot
from ivr.web.pages.format import language
from ivr.web.pages.ways import fragment, unchanged

OPENINGS = {"open": True, "closed": False, "hours": None}


def blueprint(parts: Parts, board: LiveBoard) -> Blueprint:
    pages = Blueprint("wallboard", __name__, url_prefix="/wallboard")

    @pages.get("")
    @auth.needs(auth.BOARD)
    def page() -> str:
        return render_template("wallboard/page.html", **_shown(board.now()))

    @pages.get("/queues")
    @auth.needs(auth.BOARD)
    def queues() -> Response:
        now = board.now()
        version = _version(now)
        if request.args.get("since") == version:
            return unchanged(version, now.as_of)
        return fragment(render_template("wallboard/_queues.html", **_shown(now)), version, now.as_of)

    @pages.post("/groups/<group_id>/open")
    @auth.needs(auth.HANDS_ON)
    def put_open(group_id: str) -> AnyResponse:
        wish = OPENINGS.get(request.form.get("open", ""))
        until = _until(board, request.form.get("until", ""))
        reason = request.form.get("reason", "").strip()[:200]
        return _done(parts, board, notices.set_open, group_id, wish, reason, until)

    @pages.post("/notices")
    @auth.needs(auth.HANDS_ON)
    def put_notice() -> AnyResponse:
        texts = {code: request.form.get(f"text_{code}", "")[:1000] for code in board.now().values.languages}
        until = _until(board, request.form.get("until", ""))
        return _done(parts, board, notices.put_notice, str(uuid7()), texts, until)

    @pages.post("/notices/<notice_id>/remove")
    @auth.needs(auth.HANDS_ON)
    def remove_notice(notice_id: str) -> AnyResponse:
        return _done(parts, board, notices.remove_notice, notice_id)

    return pages


def _done(parts: Parts, board: LiveBoard, operation: Any, *args: Any) -> AnyResponse:
    try:
        parts.operations.run(operation, auth.person().agent.username, *args)
    except IvrError as error:
        flash(error.code, "problem")
    else:
        flash("saved", "said")
    board.forget()
    return redirect(url_for("wallboard.page"), code=303)


def _until(board: LiveBoard, written: str) -> datetime | None:
    """Today until an hour such as `14:30`, in the municipality's own time; nothing means until somebody changes it."""
    try:
        hour = time.fromisoformat(written)
    except ValueError:
        return None
    now = board.now()
    zone = ZoneInfo(now.values.zone)
    return datetime.combine(now.as_of.astimezone(zone).date(), hour, tzinfo=zone)


def _version(now: Snapshot[Board]) -> str:
    return f"{now.version}-{language()}"


def _shown(now: Snapshot[Board]) -> dict[str, Any]:
    return {
        "board": now.values,
        "as_of": now.as_of,
        "version": _version(now),
        "zone": now.values.zone,
        "titles": now.values.titles,
        "AgentState": AgentState,
        "may_set": auth.person().may(auth.HANDS_ON),
    }
