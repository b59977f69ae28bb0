"""`/contacts`: the log, and one contact with every event. Numbers in the log are masked; one contact shows its own."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import render_template
from pydantic import BaseModel, Field

from ivr.adapters.store import figures
from ivr.adapters.store.contacts import Contact
from ivr.assembly import Parts
from ivr.domain.phone import PhoneNumber
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.period import Period, moments
from ivr.web.api.story import Story, story_of


class Filters(Period):
    group: str | None = None
    topic: str | None = None
    outcome: str | None = None
    limit: int = Field(default=200, ge=1, le=1000)


class LoggedContact(BaseModel):
    id: str
    started_at: datetime
    ended_at: datetime | None
    line: str
    language: str
    caller: str | None
    anonymous: bool
    topic: str | None
    group: str | None
    outcome: str | None
    resolved: str | None


class ContactLog(BaseModel):
    contacts: list[LoggedContact]


class Event(BaseModel):
    at: datetime
    kind: str
    agent: str | None
    data: dict[str, Any]


class Decision(BaseModel):
    """Why this agent: `sentence` in the language of the asker."""

    agent: str
    state: str
    sentence: str
    decision: dict[str, Any]


class Waited(BaseModel):
    """Why it waited: `sentence` in the language of the asker, and the others whom agents who can take it were offered."""

    since: datetime
    until: datetime | None
    sentence: str
    more_pressing: int
    in_line_longer: int
    waited_for_that_agent: int
    others: int


class WholeContact(LoggedContact):
    plan_version: str
    heard: str | None
    wrap_up_topic: str | None
    wrap_up_reason: str | None
    wrap_up_note: str | None
    waits: list[Waited]
    decisions: list[Decision]
    events: list[Event]


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_contacts", __name__, tag="Contacts")

    @api.get("/contacts")
    @auth.needs(auth.LOG)
    @api.input(Filters, location="query")
    @api.output(ContactLog)
    @api.doc(summary="The log of a period, newest first", security="Bearer", responses=[401, 403])
    def log(query_data: Filters) -> ContactLog:
        now = board.now()
        since, until = moments(query_data, now.as_of, now.values.zone)
        with parts.engine.connect() as db:
            found = figures.log(
                db,
                since=since,
                until=until,
                group=query_data.group,
                topic=query_data.topic,
                outcome=query_data.outcome,
                limit=query_data.limit,
            )
        return ContactLog(contacts=[LoggedContact(**_logged(contact, _masked(contact))) for contact in found])

    @api.get("/contacts/<uuid:contact_id>")
    @auth.needs(auth.LOG)
    @api.output(WholeContact)
    @api.doc(summary="One contact with every event", security="Bearer", responses=[401, 403, 404])
    def contact(contact_id: Any) -> WholeContact:
        with parts.engine.connect() as db:
            return _whole(story_of(db, str(contact_id)))

    return api


def _masked(contact: Contact) -> str | None:
    return PhoneNumber(contact.caller).masked() if contact.caller is not None else None


def _logged(contact: Contact, caller: str | None) -> dict[str, Any]:
    return {
        "id": contact.id,
        "started_at": contact.started_at,
        "ended_at": contact.ended_at,
        "line": contact.line,
        "language": contact.language,
        "caller": caller,
        "anonymous": contact.anonymous,
        "topic": contact.wrap_up_topic or contact.topic,
        "group": contact.group_id,
        "outcome": contact.outcome,
        "resolved": contact.resolved,
    }


def _whole(story: Story) -> WholeContact:
    contact = story.contact
    return WholeContact(
        **_logged(contact, PhoneNumber(contact.caller).shown() if contact.caller is not None else None),
        plan_version=contact.plan_version,
        heard=contact.heard,
        wrap_up_topic=contact.wrap_up_topic,
        wrap_up_reason=contact.wrap_up_reason,
        wrap_up_note=contact.wrap_up_note,
        waits=[
            Waited(
                since=wait.since,
                until=wait.until,
                sentence=" ".join(render_template("contacts/_wait.html", wait=wait).split()),
                more_pressing=wait.more_pressing,
                in_line_longer=wait.in_line_longer,
                waited_for_that_agent=wait.waited_for_that_agent,
                others=wait.others,
            )
            for wait in story.waits
        ],
        decisions=[
            Decision(
                agent=choice.agent,
                state=choice.engagement.state,
                sentence=" ".join(render_template("contacts/_decision.html", choice=choice).split()),
                decision=dict(choice.engagement.decision),
            )
            for choice in story.choices
        ],
        events=[
            Event(at=fact.at, kind=fact.kind, agent=story.names.get(fact.agent_id or ""), data=dict(fact.data))
            for fact in story.facts
        ],
    )
