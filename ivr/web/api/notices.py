"""`/notices/{id}`: broadcast messages that every caller hears until they are taken off."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response
from pydantic import AwareDatetime, BaseModel, Field

from ivr.adapters.store.notices import LiveNotice
from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.operations import notices
from ivr.web import auth
from ivr.web.api.board import LiveBoard


class NoSuchNotice(IvrError):
    """No notice of this name is on the air."""

    code = "no_such_notice"


class NoticeText(BaseModel):
    """One sentence or two per language; every language of the installation is needed."""

    text: dict[str, str] = Field(min_length=1)
    until: AwareDatetime | None = None


class Notice(BaseModel):
    id: str
    text: dict[str, str]
    until: datetime | None
    set_by: str
    set_at: datetime


class NoticeList(BaseModel):
    notices: list[Notice]


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_notices", __name__, tag="Notices")

    @api.get("/notices")
    @auth.needs(auth.HANDS_ON)
    @api.output(NoticeList)
    @api.doc(summary="What is on the air", security="Bearer", responses=[401, 403])
    def on_air() -> NoticeList:
        return NoticeList(notices=[_shown(notice) for notice in board.now().values.notices])

    @api.get("/notices/<notice_id>")
    @auth.needs(auth.HANDS_ON)
    @api.output(Notice)
    @api.doc(summary="One notice", security="Bearer", responses=[401, 403, 404])
    def get_notice(notice_id: str) -> Notice:
        return _found(board, notice_id)

    @api.put("/notices/<notice_id>")
    @auth.needs(auth.HANDS_ON)
    @api.input(NoticeText)
    @api.output(Notice)
    @api.doc(summary="Put a notice on the air", security="Bearer", responses=[401, 403, 422])
    def put_notice(notice_id: str, json_data: NoticeText) -> Notice:
        username = auth.person().agent.username
        parts.operations.run(notices.put_notice, username, notice_id, json_data.text, json_data.until)
        board.forget()
        return _found(board, notice_id)

    @api.delete("/notices/<notice_id>")
    @auth.needs(auth.HANDS_ON)
    @api.output({}, status_code=204)
    @api.doc(summary="Take a notice off the air", security="Bearer", responses=[401, 403, 404])
    def remove_notice(notice_id: str) -> Response:
        board.forget()
        _found(board, notice_id)
        parts.operations.run(notices.remove_notice, auth.person().agent.username, notice_id)
        board.forget()
        return Response(status=204)

    return api


def _found(board: LiveBoard, notice_id: str) -> Notice:
    found = next((notice for notice in board.now().values.notices if notice.id == notice_id), None)
    if found is None:
        raise NoSuchNotice(f"There is no notice {notice_id!r} on the air.", hint="GET /notices lists them.")
    return _shown(found)


def _shown(notice: LiveNotice) -> Notice:
    return Notice(id=notice.id, text=dict(notice.text), until=notice.until, set_by=notice.set_by, set_at=notice.set_at)
