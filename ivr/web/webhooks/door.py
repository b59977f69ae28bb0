"""The carrier's door: only signed requests come in, and only TwiML goes out."""

from collections.abc import Mapping

import structlog
from flask import Response, abort, request

from ivr.adapters.carrier import twiml
from ivr.adapters.carrier.signature import called_address, signed
from ivr.operations.legs import Reply
from ivr.settings import Settings

log = structlog.get_logger()

FORM = "application/x-www-form-urlencoded"


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


def document(reply: Reply, settings: Settings, music_seconds: float) -> Response:
    """What a leg hears, as a TwiML document."""
    place = twiml.ReplyAddress(
        public_url=settings.public_url,
        leg=reply.leg,
        turn=reply.turn,
        speakers=reply.flow.speakers,
        caller_id=reply.number,
        music_seconds=music_seconds,
    )
    return xml(twiml.document(reply.spoken, place))


def xml(text: str, status: int = 200) -> Response:
    """A TwiML answer."""
    return Response(text, status=status, mimetype="text/xml")


def nothing() -> Response:
    """The answer to a status callback."""
    return xml(twiml.nothing())
