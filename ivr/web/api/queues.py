"""`GET /queues`: the live queues, from the shared snapshot."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from ivr.assembly import Parts
from ivr.domain.measures.service_level import Share, Variant
from ivr.domain.routing.agents import AgentState
from ivr.web import auth
from ivr.web.api.board import GroupBoard, LiveBoard
from ivr.web.api.me import Since


class ShareShown(BaseModel):
    """`share` is from 0 to 1, and null where there is nothing to divide by: no data."""

    numerator: int
    denominator: int
    share: float | None


class ServiceLevel(ShareShown):
    """`variant` names the definition that the figure follows."""

    variant: str = Variant.OURS
    target_share: float
    target_seconds: float


class QueueAgent(BaseModel):
    name: str
    state: str
    reason: str | None
    since: datetime


class Queue(BaseModel):
    group: str
    is_open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    set_by_hand: bool
    waiting: int
    longest_wait_seconds: int
    callbacks: int
    is_stuck: bool
    messages: int
    messages_overdue: int
    agents: list[QueueAgent]
    agents_by_state: dict[str, int]
    answered_today: int
    abandoned_today: int
    service_level_today: ServiceLevel
    settled_at_first_contact_today: ShareShown


class Queues(BaseModel):
    version: str
    as_of: datetime
    queues: list[Queue]


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_queues", __name__, tag="Queues")

    @api.get("/queues")
    @auth.needs(auth.BOARD)
    @api.input(Since, location="query")
    @api.output(Queues)
    @api.doc(summary="The live queues", security="Bearer", responses=[204, 401, 403])
    def queues(query_data: Since) -> Queues | Response:
        now = board.now()
        if query_data.since == now.version:
            return Response(status=204)
        listed = [_queue(group, now.as_of) for group in now.values.groups]
        return Queues(version=now.version, as_of=now.as_of, queues=listed)

    return api


def share_shown(share: Share) -> ShareShown:
    return ShareShown(numerator=share.numerator, denominator=share.denominator, share=share.value)


def _queue(board: GroupBoard, as_of: datetime) -> Queue:
    group, level = board.group, board.day.service_level
    return Queue(
        group=group.id,
        is_open=board.opening.is_open,
        closes_at=board.opening.closes_at,
        opens_at=board.opening.opens_at,
        set_by_hand=board.override is not None,
        waiting=board.waiting,
        longest_wait_seconds=round((as_of - board.line.oldest).total_seconds()) if board.line is not None else 0,
        callbacks=board.callbacks,
        is_stuck=board.is_stuck,
        messages=board.messages.count if board.messages is not None else 0,
        messages_overdue=board.messages.overdue if board.messages is not None else 0,
        agents=[
            QueueAgent(name=agent.name, state=agent.state, reason=agent.reason, since=agent.since)
            for agent in board.agents
        ],
        agents_by_state={state.value: board.count(state) for state in AgentState},
        answered_today=board.day.answered,
        abandoned_today=board.day.abandoned,
        service_level_today=ServiceLevel(
            numerator=level.numerator,
            denominator=level.denominator,
            share=level.value,
            target_share=group.target.share,
            target_seconds=group.target.within.total_seconds(),
        ),
        settled_at_first_contact_today=share_shown(board.day.settled),
    )
