"""`/me`: the agent's own state, and the contact the agent is occupied with."""

from datetime import date, datetime
from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from ivr.adapters.store import agents, engagements
from ivr.adapters.store.agents import Agent
from ivr.assembly import Parts
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as agent_operations
from ivr.web import auth
from ivr.web.api.pop import Pop, plan_of, pop_of
from ivr.web.live import version_of


class Me(BaseModel):
    """`wanted` is the last wish, granted when the present business ends; `contact` is the one at hand."""

    username: str
    name: str
    role: str
    state: str
    reason: str | None
    state_since: datetime
    wanted: str
    contact: str | None


class StateWish(BaseModel):
    state: Literal["ready", "break", "offline"]
    reason: str | None = Field(default=None, max_length=200)


class Since(BaseModel):
    since: str | None = Field(
        default=None, description="The version seen last; answered by 204 if it is still current."
    )


class PoppedCase(BaseModel):
    """Found by caller id, which may be shared or forged: `confirmed` is false until the caller has been verified."""

    model_config = ConfigDict(from_attributes=True)

    case_number: str
    topic: str
    title: str
    status: str
    next_step: str
    expected_by: date | None
    caseworker: str
    party_name: str
    received_on: date | None
    updated_on: date | None
    confirmed: bool = False


class EarlierContact(BaseModel):
    id: str
    when: datetime
    topic: str | None
    outcome: str | None
    resolved: str | None


class SentLink(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    topic: str
    status: str
    created_at: datetime
    clicked_at: datetime | None


class ScreenPop(BaseModel):
    """Who is on the line. Without a contact every field but `version` is null or empty.

    `caller` is null when the number is hidden (`hidden`) and when the contact is anonymous (`anonymous`).
    """

    version: str
    id: str | None = None
    state: Literal["ringing", "accepted", "connected", "wrap_up"] | None = None
    state_until: datetime | None = Field(default=None, description="When the wrap-up is closed by time.")
    on_hold: bool = False
    caller: str | None = None
    hidden: bool = False
    anonymous: bool = False
    topic: str | None = None
    topic_title: str | None = None
    group: str | None = None
    group_name: str | None = None
    waited_seconds: int | None = None
    callback: bool = Field(default=False, description="The citizen asked to be called back.")
    language: str | None = None
    heard: str | None = None
    cases: list[PoppedCase] = []
    history: list[EarlierContact] = []
    links: list[SentLink] = []
    verified: bool = False


def blueprint(parts: Parts) -> APIBlueprint:
    api = APIBlueprint("api_me", __name__, tag="Me")

    @api.get("/me")
    @auth.needs(auth.DESK)
    @api.output(Me)
    @api.doc(summary="Who I am and what I am doing", security="Bearer", responses=[401])
    def me() -> Me:
        with parts.engine.connect() as db:
            return _me(db, auth.person().agent)

    @api.put("/me/state")
    @auth.needs(auth.DESK)
    @api.input(StateWish)
    @api.output(Me)
    @api.doc(summary="Be ready, take a break, sign out", security="Bearer", responses=[401, 409])
    def put_state(json_data: StateWish) -> Me:
        wanted = AgentState(json_data.state)
        agent = parts.operations.run(agent_operations.set_state, auth.person().agent.id, wanted, json_data.reason)
        with parts.engine.connect() as db:
            return _me(db, agents.get(db, agent.id) or agent)

    @api.get("/me/contact")
    @auth.needs(auth.DESK)
    @api.input(Since, location="query")
    @api.output(ScreenPop)
    @api.doc(summary="The screen pop", security="Bearer", responses=[204, 401])
    def contact(query_data: Since) -> ScreenPop | Response:
        with parts.engine.connect() as db:
            pop = pop_of(parts, db, auth.person().agent.id)
            version = version_of(pop)
            if query_data.since == version:
                return Response(status=204)
            return ScreenPop(version=version) if pop is None else _screen_pop(parts, db, pop, version)

    return api


def _me(db: Connection, agent: Agent) -> Me:
    business = engagements.live_of_agent(db, agent.id)
    return Me(
        username=agent.username,
        name=agent.name,
        role=agent.role,
        state=agent.state,
        reason=agent.reason,
        state_since=agent.since,
        wanted=agent.wanted,
        contact=business.contact_id if business is not None else None,
    )


def _screen_pop(parts: Parts, db: Connection, pop: Pop, version: str) -> ScreenPop:
    plan = plan_of(parts, db, pop.contact)
    language = next(iter(plan.flow.speakers))
    topic = plan.flow.topics.get(pop.contact.topic or "")
    now = parts.operations.clock.now(db)
    return ScreenPop(
        version=version,
        id=pop.contact.id,
        state=pop.state.value,  # type: ignore[arg-type]
        state_until=pop.engagement.lease_until if pop.state == "wrap_up" else None,
        on_hold=pop.held_since is not None,
        caller=pop.caller,
        hidden=pop.is_hidden,
        anonymous=pop.contact.anonymous,
        topic=pop.contact.topic,
        topic_title=topic.title[language] if topic is not None else None,
        group=pop.entry.group_id,
        group_name=plan.flow.group_names.get(pop.entry.group_id, {}).get(language),
        waited_seconds=pop.waited_seconds(now),
        callback=pop.entry.callback_at is not None,
        language=pop.contact.language,
        heard=pop.contact.heard,
        cases=[PoppedCase.model_validate(case) for case in pop.cases],
        history=[
            EarlierContact(
                id=earlier.id,
                when=earlier.started_at,
                topic=earlier.wrap_up_topic or earlier.topic,
                outcome=earlier.outcome,
                resolved=earlier.resolved,
            )
            for earlier in pop.history
        ],
        links=[SentLink.model_validate(link) for link in pop.links],
    )
