"""What is known of how accessible these pages are: what is tried, what does not work, and where to say so.

Danish law asks a public body for such a statement, published with the tool at was.digst.dk; this page is what that one
is made from (`docs/operations.md`, accessibility).
"""

from datetime import date

from flask import Blueprint, render_template
from sqlalchemy.exc import SQLAlchemyError

from ivr.assembly import Parts
from ivr.domain.flow.graph import Flow
from ivr.operations.plans import NoDialPlan

_REVISED_ON = date(2026, 11, 23)
"""When somebody last held the text against the pages. The law wants that once a year, and at each change that matters."""


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("accessibility", __name__)

    @pages.get("/tilgaengelighed")
    def page() -> str:
        return render_template("accessibility/page.html", flow=_flow(parts), revised_on=_REVISED_ON)

    return pages


def _flow(parts: Parts) -> Flow | None:
    """The plan, which knows the municipality; the page is there without it too."""
    try:
        with parts.engine.connect() as db:
            return parts.plans.current(db).plan.flow
    except (NoDialPlan, SQLAlchemyError):
        return None
