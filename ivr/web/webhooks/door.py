"""The carrier's door: only signed requests come in, and only TwiML goes out.

What goes wrong behind it is answered here, unless a caller is waiting for a document (`hard_times`): a form that cannot
be right is 400, a store that cannot be reached is 503, both with an empty document. The carrier sends news again only
where a retry for 5xx was agreed with it (`ivr carrier setup`), notes a 503 in its debugger where an operator sees it, and
has no use for an error page; news that is lost all the same is learnt by asking (`dispatcher/reconcile`). A polite 204
would hide the loss and could never be repeated. Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides,
docs/api/errors/11200.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog
from flask import Flask, Response, abort, g, request
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.carrier import twiml
from ivr.adapters.carrier.fields import MalformedRequest
from ivr.adapters.carrier.signature import called_address, signed
from ivr.adapters.store import haste
from ivr.operations.legs import Reply
from ivr.settings import Settings

log = structlog.get_logger()

LAST_STATEMENT_SECONDS = 0.8
"""When the last statement of a webhook may begin: none takes longer than the session allows, 2 s, so all end within 3 s."""

FORM = "application/x-www-form-urlencoded"
TWIML = "text/xml"


def signed_form(settings: Settings) -> Mapping[str, str]:
    """The form of a request that the carrier has really sent; anything else is turned away with 403.

    The form is read as UTF-8; a byte that is none becomes U+FFFD, which fails the signature unless it was sent so.
    """
    address = called_address(settings.public_url, request.path, request.query_string.decode("latin-1"))
    header = request.headers.get("X-Twilio-Signature", "")
    if request.mimetype not in (FORM, "") or not signed(address, request.form, header, settings.twilio_auth_token):
        log.warning("webhook_refused", path=request.path)
        abort(403)
    return request.form


def keep_time(app: Flask, last_statement_seconds: float) -> None:
    """Every webhook does without the store rather than begin a statement later than that."""

    @app.before_request
    def begin() -> None:
        g.haste = haste.begin(last_statement_seconds)

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if "haste" in g:
            haste.end(g.pop("haste"))


def answer_faults(app: Flask) -> None:
    """What every webhook answers to a form that cannot be right, and without the store."""
    app.register_error_handler(MalformedRequest, _malformed)
    app.register_error_handler(SQLAlchemyError, _store_away)


def _malformed(error: MalformedRequest) -> Response:
    log.warning("webhook_malformed", path=request.path, problem=error.text)
    return xml(twiml.nothing(), 400)


def _store_away(error: SQLAlchemyError) -> Response:
    log.error("news_not_taken", path=request.path, error=type(error).__name__)
    return xml(twiml.nothing(), 503)


def our_id(text: str | None) -> str | None:
    """An id of ours as it came back, or None where it can be none of ours."""
    try:
        return None if text is None else str(UUID(text))
    except ValueError:
        return None


def document(reply: Reply, settings: Settings) -> Response:
    """What a leg hears, as a TwiML document."""
    place = twiml.ReplyAddress(
        public_url=settings.public_url,
        leg=reply.leg,
        turn=reply.turn,
        speakers=reply.flow.speakers,
        hints=reply.flow.hints,
        caller_id=reply.number,
        ear=reply.ear,
        listen_url=settings.listen_url,
    )
    return xml(twiml.document(reply.spoken, place))


def xml(text: str, status: int = 200) -> Response:
    """A TwiML answer."""
    return Response(text, status=status, mimetype=TWIML)


def nothing() -> Response:
    """The answer to a status callback."""
    return xml(twiml.nothing())
