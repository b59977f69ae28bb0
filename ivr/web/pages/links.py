"""`/l/<code>`: the page that a citizen opens from a text message. Counts the click and leads on."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from ivr.assembly import Parts
from ivr.domain.deflection.links import is_code, is_person
from ivr.operations import links

_PURPOSES = ("Purpose", "Sec-Purpose", "X-Moz")


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("links", __name__)

    @pages.get("/l/<code>")
    def follow(code: str) -> Response | tuple[str, int]:
        target = parts.operations.run(links.clicked, code, _visitor()) if is_code(code) else None
        if target is None:
            return render_template("links/unknown.html"), 404
        return redirect(target)

    return pages


def _visitor() -> str:
    """Who asks, as the browser says; nobody when it only looks ahead, for that is no click."""
    agent = request.headers.get("User-Agent", "")
    purposes = [request.headers.get(name, "") for name in _PURPOSES]
    return agent if is_person(agent, method=request.method, purpose=purposes) else ""
