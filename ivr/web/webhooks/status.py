"""How far calls have come. Reports come twice, late or not at all; none of them may be the only way to learn a thing."""

from flask import Blueprint, Response, request

from ivr.adapters.carrier import requests
from ivr.assembly import Parts
from ivr.operations import legs
from ivr.web.webhooks.door import nothing, signed_form


def blueprint(parts: Parts) -> Blueprint:
    """The status callback of numbers and of the calls that we make."""
    door = Blueprint("status", __name__, url_prefix="/voice")

    @door.post("/status")
    def status() -> Response:
        form = signed_form(parts.settings)
        told = requests.call_progress(form, request.args)
        if told.dialled_from is None:
            parts.operations.run(legs.progress, told.leg, told.call_id, told.status, told.sequence)
        return nothing()

    return door
