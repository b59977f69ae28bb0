"""The web application: webhooks for the carrier, an API for machines, pages for people, one door with its rules."""

import time
from datetime import timedelta
from pathlib import Path

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from ivr.assembly import Parts
from ivr.telemetry import Counters
from ivr.web import auth, health
from ivr.web.api import problems, resources
from ivr.web.api.board import live_board
from ivr.web.pages import accessibility, contacts, desk, errors, format, languages, links, login, messages, wallboard
from ivr.web.webhooks import door, sms, status, voice

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


def create_app(parts: Parts) -> Flask:
    """The application over these parts; any number of processes may serve it."""
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
    counters = Counters()
    webhooks = (voice.blueprint(parts), status.blueprint(parts), sms.blueprint(parts))
    names = frozenset(blueprint.name for blueprint in webhooks)
    _time(app, counters, names)
    languages.install(app)
    format.install(app)
    auth.install(app, parts, {webhook.name: f"{webhook.url_prefix}/" for webhook in webhooks})
    door.keep_time(app, names)
    _answer_errors(app, names)

    board = live_board(parts)
    for webhook in webhooks:
        app.register_blueprint(webhook)
    for resource in resources.blueprints(parts, board):
        app.register_blueprint(resource, url_prefix=resources.PREFIX)
    pages = (
        login.blueprint(parts),
        languages.blueprint(),
        desk.blueprint(parts, board),
        wallboard.blueprint(parts, board),
        contacts.blueprint(parts, board),
        messages.blueprint(parts, board),
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
    if response.mimetype == door.TWIML:
        return response
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer_errors(app: APIFlask, webhooks: frozenset[str]) -> None:
    """One place per door: problem details for machines, a page for people, a bare status for the carrier."""

    def answer(error: Exception) -> Response:
        if request.path.startswith(f"{resources.PREFIX}/"):
            return problems.answer(error)
        if request.blueprint in webhooks:
            status = problems.status_of(error)
            # What was turned away has been told where it was; only our own faults are news here.
            if status >= 500:
                problems.log.error("webhook_failed", path=request.path, exc_info=error)
            return Response(status=status)
        return errors.answer(error)

    for kind in (Exception, HTTPException, HTTPError):
        app.register_error_handler(kind, answer)
    app.error_callback = answer


def _time(app: APIFlask, counters: Counters, webhooks: frozenset[str]) -> None:
    """How long every request took, by the part of the program that answered."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        part = request.blueprint or "none"
        counters.requests.labels(part, request.method, response.status_code).observe(seconds)
        if part in webhooks:
            counters.webhooks.labels(str(request.endpoint)).observe(seconds)
        if response.status_code >= 500:
            counters.failures.labels(part).inc()
        return response
