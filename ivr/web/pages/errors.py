"""What a person reads when something went wrong: a sentence and a way on, never the program's own words."""

from http import HTTPStatus

from flask import Response, make_response, render_template, request

from ivr.web import auth
from ivr.web.api.problems import log, status_of
from ivr.web.pages.ways import wants_fragment


def answer(error: Exception) -> Response:
    """A page for a person, a bare status for our own script; strangers are sent to sign in."""
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", path=request.path, method=request.method, exc_info=error)
    if wants_fragment():
        return Response(status=status)
    if isinstance(error, auth.NotSignedIn):
        return make_response(auth.to_login())
    return make_response(render_template("error.html", status=int(status)), int(status))
