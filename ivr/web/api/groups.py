"""`PUT /groups/{id}/open`: open or close a group by hand, against its hours."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field

from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.operations import notices
from ivr.web import auth
from ivr.web.api.board import GroupBoard, LiveBoard


class NoSuchGroup(IvrError):
    """The dial plan has no group of this name."""

    code = "no_such_group"


class OpenWish(BaseModel):
    """`is_open` null lets the hours decide again; `until` null lasts until somebody changes it.

    Callers hear the `reason` for which a group is closed; that for which it is open is for colleagues.
    """

    is_open: bool | None
    reason: str = Field(default="", max_length=200)
    until: AwareDatetime | None = None


class GroupOpening(BaseModel):
    """`until` is when what was set by hand ends. `opens_at` and `closes_at` reckon with the hours after that."""

    group: str
    is_open: bool
    set_by_hand: bool
    reason: str
    until: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_groups", __name__, tag="Groups")

    @api.put("/groups/<group_id>/open")
    @auth.needs(auth.HANDS_ON)
    @api.input(OpenWish)
    @api.output(GroupOpening)
    @api.doc(summary="Open or close a group by hand", security="Bearer", responses=[401, 403, 404, 422])
    def put_open(group_id: str, json_data: OpenWish) -> GroupOpening:
        found_in(board, group_id)
        parts.operations.run(
            notices.set_open,
            auth.person().agent.username,
            group_id,
            json_data.is_open,
            json_data.reason,
            json_data.until,
        )
        board.forget()
        return _shown(found_in(board, group_id))

    return api


def found_in(board: LiveBoard, group_id: str) -> GroupBoard:
    """The group on the board. Raises `NoSuchGroup`."""
    group = board.now().values.group(group_id)
    if group is None:
        raise NoSuchGroup(f"There is no group {group_id!r}.", hint="GET /queues lists them.")
    return group


def _shown(group: GroupBoard) -> GroupOpening:
    return GroupOpening(
        group=group.group.id,
        is_open=group.opening.is_open,
        set_by_hand=group.override is not None,
        reason=group.opening.reason if group.override is None else group.override.reason,
        until=None if group.override is None else group.override.until,
        opens_at=group.opening.opens_at,
        closes_at=group.opening.closes_at,
    )
