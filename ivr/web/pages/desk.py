"""The desk: an agent's place of work, from the state of the day to the last word on a contact.

The page and its live part come from the same template. Every button is a form that works without script; with script the
answer is the live part, and what somebody is writing is left alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as AnyResponse

from ivr.adapters.store import agents, messages
from ivr.adapters.store.agents import Agent
from ivr.adapters.store.messages import Message
from ivr.assembly import Parts
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as agent_operations
from ivr.operations import engagements, links
from ivr.web import auth
from ivr.web.api.board import GroupBoard, LiveBoard
from ivr.web.api.conversation import ACTIONS
from ivr.web.api.pop import Pop, plan_of, pop_of
from ivr.web.live import version_of
from ivr.web.pages import unheard
from ivr.web.pages.format import in_order, language, text
from ivr.web.pages.ways import fragment, unchanged, wants_fragment

BREAK_REASONS = ("short_break", "lunch", "meeting", "written_work", "training")
"""What an agent may give as the reason of a break; the words stand in `templates/_words.html`."""

UNSETTLED_REASONS = (
    "needs_caseworker",
    "waits_for_documents",
    "other_department",
    "other_authority",
    "will_call_again",
)
"""Why a contact was not settled, as the wrap-up offers it."""

WISHES = {"ready": AgentState.READY, "break": AgentState.BREAK, "offline": AgentState.OFFLINE}
RESOLVED = ("yes", "no", "not_applicable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the live part shows. `lines` are the queues of the agent's own groups.

    `task` is the message to deal with while the agent is ready and nobody is in line.
    """

    agent: Agent
    pop: Pop | None
    plan: DialPlan
    lines: tuple[GroupBoard, ...]
    task: Message | None
    as_of: datetime

    @property
    def version(self) -> str:
        lines = tuple((line.group.id, line.line, line.opening.is_open, line.messages) for line in self.lines)
        task = (self.task, self.task is not None and self.task.is_overdue(self.as_of))
        seen = (self.agent.state, self.agent.reason, self.agent.since, self.agent.wanted)
        return version_of(seen, self.pop, lines, task, language())

    @property
    def zone(self) -> str:
        return self.plan.calendar.zone


_TAKES_A_MOMENT = {"hold", "resume"}
"""Shown as done only when the carrier has confirmed it; until then the agent is told that it is on its way."""


def blueprint(parts: Parts, board: LiveBoard) -> Blueprint:
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.after_app_request(unheard.teller(parts))

    @pages.get("")
    @auth.needs(auth.DESK)
    def page() -> str:
        return render_template("desk/page.html", **_shown(_read(parts, board)))

    @pages.get("/now")
    @auth.needs(auth.DESK)
    def now() -> Response:
        desk = _read(parts, board)
        if request.args.get("since") == desk.version:
            return unchanged(desk.version, desk.as_of)
        return fragment(render_template("desk/_now.html", **_shown(desk)), desk.version, desk.as_of)

    @pages.post("/state")
    @auth.needs(auth.DESK)
    def state() -> AnyResponse:
        wanted = WISHES.get(request.form.get("state", ""))
        if wanted is None:
            raise BadRequest()
        reason = request.form.get("reason") if request.form.get("reason") in BREAK_REASONS else None
        return _done(parts, board, agent_operations.set_state, auth.person().agent.id, wanted, reason)

    @pages.post("/<uuid:contact_id>/<any(accept, decline, hold, resume, 'hang-up'):action>")
    @auth.needs(auth.DESK)
    def act(contact_id: Any, action: str) -> AnyResponse:
        said = action if action in _TAKES_A_MOMENT else None
        return _done(parts, board, ACTIONS[action][0], auth.person().agent.id, str(contact_id), said=said)

    @pages.post("/<uuid:contact_id>/link")
    @auth.needs(auth.DESK)
    def link(contact_id: Any) -> AnyResponse:
        topic = request.form.get("topic", "")
        return _done(
            parts, board, links.send_from_desk, auth.person().agent.id, str(contact_id), topic, said="link_sent"
        )

    @pages.post("/<uuid:contact_id>/wrap-up")
    @auth.needs(auth.DESK)
    def wrap_up(contact_id: Any) -> AnyResponse:
        resolved = request.form.get("resolved", "")
        if resolved not in RESOLVED:
            return _answer(parts, board, problem="resolved_missing")
        return _done(
            parts,
            board,
            engagements.wrap_up,
            auth.person().agent.id,
            str(contact_id),
            said="wrapped_up",
            resolved=resolved,
            topic=_written("topic"),
            reason=_written("reason"),
            note=_written("note"),
        )

    return pages


def _written(field: str) -> str | None:
    return request.form.get(field, "").strip()[:4000] or None


def _done(
    parts: Parts, board: LiveBoard, operation: Callable[..., Any], *args: Any, said: str | None = None, **kwargs: Any
) -> AnyResponse:
    """Carry it out and show the desk. Losing a race is ordinary: the agent is told in a sentence."""
    try:
        parts.operations.run(operation, *args, **kwargs)
    except IvrError as error:
        return _answer(parts, board, problem=error.code)
    return _answer(parts, board, said=said)


def _answer(parts: Parts, board: LiveBoard, *, problem: str | None = None, said: str | None = None) -> AnyResponse:
    if not wants_fragment():
        if problem or said:
            flash(problem or said or "", "problem" if problem else "said")
        return redirect(url_for("desk.page"), code=303)
    desk = _read(parts, board)
    html = render_template("desk/_now.html", **_shown(desk), problem=problem, said=said)
    return fragment(html, desk.version, desk.as_of)


def _read(parts: Parts, board: LiveBoard) -> Desk:
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        agent = agents.get(db, auth.person().agent.id)
        if agent is None:
            raise NotFound()
        pop = pop_of(parts, db, agent.id)
        plan = plan_of(parts, db, pop.contact) if pop is not None else parts.plans.current(db).plan
        mine = _groups(db, agent)
        lines = tuple(group for group in board.now().values.groups if group.group.id in mine)
        has_time = agent.state is AgentState.READY and not any(line.waiting for line in lines)
        task = messages.next_for(db, mine, agent.id) if has_time else None
    return Desk(agent=agent, pop=pop, plan=plan, lines=lines, task=task, as_of=now)


def _groups(db: Connection, agent: Agent) -> frozenset[str]:
    return agents.abilities_of(db, [agent.id])[agent.id].groups


def _shown(desk: Desk) -> dict[str, Any]:
    topics = sorted(desk.plan.flow.topics.values(), key=lambda topic: in_order(text(topic.title)))
    return {
        "desk": desk,
        "agent": desk.agent,
        "pop": desk.pop,
        "as_of": desk.as_of,
        "zone": desk.zone,
        "version": desk.version,
        "topics": desk.plan.flow.topics,
        "titles": {topic.id: topic.title for topic in topics},
        "all_topics": topics,
        "link_topics": [topic for topic in topics if topic.link],
        "group_names": desk.plan.flow.group_names,
        "break_reasons": BREAK_REASONS,
        "unsettled_reasons": UNSETTLED_REASONS,
    }
