"""Texts: how far those that we sent have come, and those that citizens send us."""

import structlog
from flask import Blueprint, Response, request

from ivr.adapters.carrier import requests
from ivr.assembly import Parts
from ivr.operations import callbacks, links
from ivr.web.webhooks.door import nothing, our_id, signed_form

log = structlog.get_logger()


def blueprint(parts: Parts) -> Blueprint:
    """The webhooks of text messages."""
    door = Blueprint("sms", __name__, url_prefix="/sms")

    @door.post("/status")
    def status() -> Response:
        told = requests.text_status(signed_form(parts.settings))
        link = our_id(request.args.get("link"))
        parts.operations.run(links.reported, link, told.message_id, told.status, told.error_code)
        return nothing()

    @door.post("/incoming")
    def incoming() -> Response:
        """A word cancels a callback; whatever else comes is not kept, since nobody reads it."""
        received = requests.incoming_text(signed_form(parts.settings))
        cancelled = 0
        if received.sender is not None:
            cancelled = parts.operations.run(callbacks.cancel_by_text, received.sender, received.body)
        log.info("text_received", callbacks_cancelled=cancelled)
        return nothing()

    return door
