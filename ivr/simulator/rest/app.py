"""The REST API as a Flask application: Basic authentication, one lock, Twilio's errors, and mischief on the way
back."""

import hmac
import socket
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from ivr.simulator.rest import calls, conferences, messages, numbers, recordings
from ivr.simulator.rest.errors import RestError, not_found, too_many
from ivr.simulator.rest.pace import Pace

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier


def create_app(carrier: "Carrier") -> Flask:
    app = Flask("ivr.simulator.rest", static_folder=None)
    mount(app, carrier)
    return app


def mount(app: Flask, carrier: "Carrier") -> None:
    """Put the REST API on `app` below `/2010-04-01`."""
    api = Blueprint("rest", __name__, url_prefix=f"/2010-04-01/Accounts/{carrier.account_sid}")
    pace = Pace(carrier)
    for part in (
        calls.routes(carrier, pace),
        conferences.routes(carrier, pace),
        messages.routes(carrier),
        numbers.routes(carrier),
        recordings.routes(carrier),
    ):
        api.register_blueprint(part)
    changes = ("POST", "DELETE")

    @api.before_request
    def enter() -> None:
        # The whole request is one step of the carrier: nothing else happens between its parts.
        carrier.clock.lock.acquire()
        request.environ["carrier.locked"] = True
        given = request.authorization
        if (
            given is None
            or not hmac.compare_digest(given.username or "", carrier.account_sid)
            or not hmac.compare_digest(given.password or "", carrier.auth_token)
        ):
            raise RestError(401, 20003, "Authenticate")
        if request.method in changes and carrier.mischief.strikes("refuse_rest", request.path):
            raise too_many()

    @api.after_request
    def lose_reply(response: Response) -> Response:
        if (
            request.method in changes
            and response.status_code < 400
            and carrier.mischief.strikes("lose_rest_reply", f"{request.method} {request.path}")
        ):
            connection = request.environ.get("werkzeug.socket")
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
        return response

    @api.teardown_request
    def leave(error: BaseException | None) -> None:
        if request.environ.pop("carrier.locked", False):
            carrier.clock.lock.release()

    @api.errorhandler(RestError)
    def refused(error: RestError):
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else {}
        return error.body(), error.status, headers

    app.register_blueprint(api)

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException):
        if not request.path.startswith("/2010-04-01"):
            return error
        if error.code == 404:
            return not_found(request.path).body(), 404
        return RestError(error.code or 500, 20001, error.description or "").body(), error.code or 500
