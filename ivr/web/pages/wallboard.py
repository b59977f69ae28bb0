"""The wallboard: all queues at a glance, and what a supervisor may set by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
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


class NotAMoment(IvrError):
    """A day or an hour that a browser has sent as it was typed, and that is none."""

    code = "not_a_moment"


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
        reason = request.form.get("reason", "").strip()[:200]
        with _told():
            until = _until(board) if wish is not None else None
            parts.operations.run(notices.set_open, auth.person().agent.username, group_id, wish, reason, until)
        return _back(board)

    @pages.post("/notices")
    @auth.needs(auth.HANDS_ON)
    def put_notice() -> AnyResponse:
        texts = {code: request.form.get(f"text_{code}", "")[:1000] for code in board.now().values.languages}
        with _told():
            username = auth.person().agent.username
            parts.operations.run(notices.put_notice, username, str(uuid7()), texts, _until(board))
        return _back(board)

    @pages.post("/notices/<notice_id>/remove")
    @auth.needs(auth.HANDS_ON)
    def remove_notice(notice_id: str) -> AnyResponse:
        with _told():
            parts.operations.run(notices.remove_notice, auth.person().agent.username, notice_id)
        return _back(board)

    return pages


@contextmanager
def _told() -> Iterator[None]:
    """What comes of it stands on the next page."""
    try:
        yield
    except IvrError as error:
        flash(error.code, "problem")
    else:
        flash("saved", "said")


def _back(board: LiveBoard) -> AnyResponse:
    board.forget()
    return redirect(url_for("wallboard.page"), code=303)


def _until(board: LiveBoard) -> datetime | None:
    """The `day` of the form, or today, until an hour such as `14:30`, in the municipality's own time.

    No hour means until somebody changes it. Raises `NotAMoment`: a slip must not become "until somebody changes it".
    """
    written, on = request.form.get("until", ""), request.form.get("day", "")
    if not written:
        return None
    now = board.now()
    zone = ZoneInfo(now.values.zone)
    try:
        day = date.fromisoformat(on) if on else now.as_of.astimezone(zone).date()
        return datetime.combine(day, time.fromisoformat(written), tzinfo=zone)
    except ValueError:
        raise NotAMoment(f"{on} {written} is no day and hour.".lstrip(), hint="Write 2026-12-24 and 14:30.") from None


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
