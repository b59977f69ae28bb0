"""Signing in and out, and what is to be read without having signed in."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents
from ivr.web import auth
from ivr.web.api.problems import status_of
from ivr.web.pages.ways import back_to


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("login", __name__)

    @pages.get("/")
    def home() -> AnyResponse:
        who = auth.person_or_none()
        return redirect(auth.home_of(who) if who is not None else url_for("login.page"))

    @pages.get("/login")
    def page() -> str:
        return render_template("login/page.html", next=request.args.get("next", ""))

    @pages.post("/login")
    def sign_in() -> AnyResponse | tuple[str, int]:
        username = request.form.get("username", "")
        wanted = request.form.get("next", "")
        try:
            who = auth.door().signed_in(username, request.form.get("password", ""))
        except IvrError as error:
            shown = render_template("login/page.html", next=wanted, username=username, problem=error.code)
            return shown, int(status_of(error))
        auth.begin_session(who)
        return redirect(back_to(wanted, otherwise=auth.home_of(who)))

    @pages.post("/logout")
    def sign_out() -> AnyResponse:
        who = auth.person_or_none()
        if who is not None and who.agent.state is not AgentState.OFFLINE:
            parts.operations.run(agents.set_state, who.agent.id, AgentState.OFFLINE, None)
        auth.end_session()
        return redirect(url_for("login.page"))

    return pages


def no_store(response: Response) -> Response:
    """Pages show personal data, so no cache keeps them."""
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
