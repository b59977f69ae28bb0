"""How far calls have come. Reports come twice, late or not at all; none of them may be the only way to learn a thing."""

from flask import Blueprint, Response, request

from ivr.adapters.carrier import requests
from ivr.assembly import Parts
from ivr.operations import lines
from ivr.web.webhooks.door import answer_faults, nothing, our_id, signed_form


def blueprint(parts: Parts) -> Blueprint:
    """The status callback of numbers and of the calls that we make."""
    door = Blueprint("status", __name__, url_prefix="/voice")
    answer_faults(door)

    @door.post("/status")
    def status() -> Response:
        form = signed_form(parts.settings)
        told = requests.call_progress(form, request.args)
        leg = our_id(told.leg)
        is_a_line_of_ours = told.dialled_from is None and (leg is not None or told.leg is None)
        if is_a_line_of_ours:
            parts.operations.run(lines.progress, leg, told.call_id, told.status, told.sequence)
        return nothing()

    return door
