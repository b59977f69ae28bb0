"""The log of contacts by day, and one contact's story from the first ring to the last word."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from ivr.adapters.store import figures
from ivr.assembly import Parts
from ivr.domain.contacts.outcome import Outcome
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.period import Period, moments
from ivr.web.api.story import story_of

_LIMIT = 300
_YEARS = range(2000, 3000)
"""Days on which there may have been a call: those at the ends of the calendar have no day before or after them."""


def blueprint(parts: Parts, board: LiveBoard) -> Blueprint:
    pages = Blueprint("contacts", __name__, url_prefix="/contacts")

    @pages.get("")
    @auth.needs(auth.LOG)
    def page() -> str:
        now, names = board.now(), _names(board)
        asked = {name: request.args.get(name, "").strip() for name in ("day", "group", "outcome")}
        day = _day(asked["day"])
        group = asked["group"] if asked["group"] in names["groups"] else None
        outcome = asked["outcome"] if asked["outcome"] in list(Outcome) else None
        since, until = moments(Period.model_validate({"from": day}), now.as_of, now.values.zone)
        with parts.engine.connect() as db:
            found = figures.log(db, since=since, until=until, group=group, outcome=outcome, limit=_LIMIT)
        chosen = since.date()
        return render_template(
            "contacts/page.html",
            contacts=found,
            limit=_LIMIT,
            chosen=chosen,
            day_before=chosen - timedelta(days=1),
            day_after=chosen + timedelta(days=1) if until <= now.as_of else None,
            group=group,
            outcome=outcome,
            outcomes=tuple(Outcome),
            unknown=_unknown(asked, day=day, group=group, outcome=outcome),
            **names,
        )

    @pages.get("/<uuid:contact_id>")
    @auth.needs(auth.LOG)
    def story(contact_id: Any) -> str:
        with parts.engine.connect() as db:
            found = story_of(db, str(contact_id))
        return render_template("contacts/story.html", story=found, contact=found.contact, **_names(board))

    return pages


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _unknown(asked: dict[str, str], **understood: object) -> dict[str, str]:
    """What was asked for and is not there, so that it has been left out."""
    return {name: value for name, value in asked.items() if value and understood[name] is None}


def _names(board: LiveBoard) -> dict[str, Any]:
    now = board.now().values
    return {
        "groups": {group.group.id: group.group.name for group in now.groups},
        "titles": now.titles,
        "zone": now.zone,
    }
