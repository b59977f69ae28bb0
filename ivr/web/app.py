"""The web application: an API for machines and pages for people; beside it the carrier's own, with its webhooks."""

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from ivr.assembly import Parts
from ivr.telemetry import Counters
from ivr.web import auth, health
from ivr.web.api import problems, resources
from ivr.web.api.board import live_board
from ivr.web.pages import (
    accessibility,
    contacts,
    desk,
    errors,
    format,
    languages,
    lessons,
    links,
    login,
    messages,
    wallboard,
)
from ivr.web.webhooks import app as webhooks
from ivr.web.webhooks.door import LAST_STATEMENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PAGES = Path(__file__).parent / "pages"
_LARGEST_BODY = 256 * 1024

# No inline script or style anywhere, nothing from elsewhere, and in nobody's frame.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(parts: Parts, *, last_statement_seconds: float = LAST_STATEMENT_SECONDS) -> "WSGIApplication":
    """The application over these parts; any number of processes may serve it.

    No webhook begins a statement later than `last_statement_seconds` after its request.
    """
    counters = Counters()
    for_carrier = webhooks.create_app(parts, counters, last_statement_seconds).wsgi_app
    for_people = _of_people(parts, counters).wsgi_app

    def front(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        is_webhook = environ["PATH_INFO"].startswith(webhooks.PREFIXES)
        return (for_carrier if is_webhook else for_people)(environ, start_response)

    return front


def _of_people(parts: Parts, counters: Counters) -> APIFlask:
    app = APIFlask(
        "ivr",
        title="Municipality main line",
        version="1",
        root_path=str(_PAGES),
        static_folder="static",
        template_folder="templates",
        spec_path=f"{resources.PREFIX}/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    _configure(app, parts)
    _count(app, counters)
    languages.install(app)
    format.install(app)
    auth.install(app, parts)
    _answer_errors(app)

    board = live_board(parts)
    for resource in resources.blueprints(parts, board):
        app.register_blueprint(resource, url_prefix=resources.PREFIX)
    pages = (
        login.blueprint(parts),
        languages.blueprint(),
        desk.blueprint(parts, board),
        wallboard.blueprint(parts, board),
        contacts.blueprint(parts, board),
        messages.blueprint(parts, board),
        lessons.blueprint(parts, board),
        links.blueprint(parts),
        accessibility.blueprint(parts),
        health.blueprint(parts, board, counters),
    )
    for page in pages:
        page.enable_openapi = False  # type: ignore[attr-defined]
        app.register_blueprint(page)
    return app


def _configure(app: APIFlask, parts: Parts) -> None:
    app.config.update(
        SECRET_KEY=parts.settings.secret_key,
        MAX_CONTENT_LENGTH=_LARGEST_BODY,
        SESSION_COOKIE_NAME="ivr_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=parts.settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(minutes=5),
        OPENAPI_VERSION="3.0.3",
        HTTP_ERROR_SCHEMA=problems.Problem.model_json_schema(),
        VALIDATION_ERROR_SCHEMA=problems.Problem.model_json_schema(),
        SERVERS=[{"url": parts.settings.public_url}],
    )
    app.security_schemes = {"Bearer": {"type": "http", "scheme": "bearer"}}
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.after_request(login.no_store)
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer_errors(app: APIFlask) -> None:
    """Problem details for machines, a page for people."""

    def answer(error: Exception) -> Response:
        if request.path.startswith(f"{resources.PREFIX}/"):
            return problems.answer(error)
        return errors.answer(error)

    for kind in (Exception, HTTPException, HTTPError):
        app.register_error_handler(kind, answer)
    app.error_callback = answer


def _count(app: APIFlask, counters: Counters) -> None:
    """How long every request took, by the part of the program that answered."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        part = request.blueprint or "none"
        counters.requests.labels(part, request.method, response.status_code).observe(seconds)
        if response.status_code >= 500:
            counters.failures.labels(part).inc()
        return response
