"""The carrier's own application: it shares nothing with pages and API but the process.

It has no sessions, languages or people to look for, and a caller listens to silence while it thinks.
"""

import time

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from ivr.assembly import Parts
from ivr.telemetry import Counters
from ivr.web.webhooks import door, sms, status, voice

log = structlog.get_logger()

PREFIXES = ("/voice/", "/sms/")
"""How the addresses begin that only the carrier calls."""
_LARGEST_BODY = 256 * 1024


def create_app(parts: Parts, counters: Counters, last_statement_seconds: float) -> Flask:
    """The webhooks over these parts; none begins a statement later than `last_statement_seconds` after its request."""
    app = Flask("ivr.webhooks", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=_LARGEST_BODY)
    door.keep_time(app, last_statement_seconds)
    _count(app, counters)
    door.answer_faults(app)
    app.register_error_handler(Exception, _answer)
    for blueprint in (voice.blueprint(parts), status.blueprint(parts), sms.blueprint(parts)):
        app.register_blueprint(blueprint)
    return app


def _answer(error: Exception) -> Response:
    """A bare status: the carrier has no use for an error page. What was turned away has been told where it was."""
    code = error.code if isinstance(error, HTTPException) else None
    if code is None or code >= 500:
        log.error("webhook_failed", path=request.path, exc_info=error)
    return Response(status=code or 500)


def _count(app: Flask, counters: Counters) -> None:
    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.began if "began" in g else 0.0
        counters.webhooks.labels(str(request.endpoint), response.status_code).observe(seconds)
        if response.status_code >= 500:
            counters.failures.labels(request.blueprint or "none").inc()
        return response
