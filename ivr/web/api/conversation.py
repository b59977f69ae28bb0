"""`POST /contacts/{id}/…`: what an agent does with the contact at hand, each by the operation of the same name."""

from collections.abc import Callable
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from ivr.assembly import Parts
from ivr.operations import conversation, engagements, links
from ivr.web import auth

ACTIONS: dict[str, tuple[Callable[..., None], str]] = {
    "accept": (engagements.accept_at_desk, "Take the offered call; the telephone needs no key then"),
    "decline": (engagements.decline_at_desk, "Decline the offer: on break, and the caller goes to the front"),
    "hold": (conversation.hold, "Let the caller wait with music"),
    "resume": (conversation.resume, "Take the caller off hold"),
    "hang-up": (conversation.hang_up, "End the conversation for both; the wrap-up begins"),
}


class LinkWish(BaseModel):
    topic: str = Field(min_length=1, max_length=100)


class WrapUp(BaseModel):
    """`resolved`: was the matter settled at this first contact, in the agent's word?"""

    resolved: Literal["yes", "no", "not_applicable"]
    topic: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=4000)


def blueprint(parts: Parts) -> APIBlueprint:
    api = APIBlueprint("api_conversation", __name__, tag="Conversation")

    for action, (operation, summary) in ACTIONS.items():
        view = _acting(parts, operation)
        view.__name__ = action.replace("-", "_")
        view = api.output({}, status_code=204)(view)
        view = api.doc(summary=summary, security="Bearer", responses=[401, 403, 409])(view)
        api.post(f"/contacts/<uuid:contact_id>/{action}")(view)

    @api.post("/contacts/<uuid:contact_id>/link")
    @auth.needs(auth.DESK)
    @api.input(LinkWish)
    @api.output({}, status_code=204)
    @api.doc(summary="Send the caller a topic's link by SMS", security="Bearer", responses=[401, 403, 409])
    def link(contact_id: Any, json_data: LinkWish) -> Response:
        parts.operations.run(links.send_from_desk, auth.person().agent.id, str(contact_id), json_data.topic)
        return Response(status=204)

    @api.post("/contacts/<uuid:contact_id>/wrap-up")
    @auth.needs(auth.DESK)
    @api.input(WrapUp)
    @api.output({}, status_code=204)
    @api.doc(summary="Settled at first contact? Ends the wrap-up", security="Bearer", responses=[401, 403, 409])
    def wrap_up(contact_id: Any, json_data: WrapUp) -> Response:
        parts.operations.run(engagements.wrap_up, auth.person().agent.id, str(contact_id), **json_data.model_dump())
        return Response(status=204)

    return api


def _acting(parts: Parts, operation: Callable[..., None]) -> Callable[..., Any]:
    @auth.needs(auth.DESK)
    def view(contact_id: Any) -> Response:
        parts.operations.run(operation, auth.person().agent.id, str(contact_id))
        return Response(status=204)

    return view
