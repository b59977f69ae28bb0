"""How far calls have come. Reports come twice, late or not at all; none of them may be the only way to learn a thing."""

from contextlib import suppress

from flask import Blueprint, Response, request

from ivr.adapters.carrier import requests
from ivr.assembly import Parts
from ivr.domain.conversation.legs import LegStatus
from ivr.operations import legs, lines
from ivr.operations.lines import UnknownLeg
from ivr.web.webhooks.door import nothing, our_id, signed_form


def blueprint(parts: Parts) -> Blueprint:
    """The status callback of numbers and of the calls that we make."""
    door = Blueprint("status", __name__, url_prefix="/voice")
    run = parts.operations.run

    @door.post("/status")
    def status() -> Response:
        form = signed_form(parts.settings)
        told = requests.call_progress(form, request.args)
        leg, caller = our_id(told.leg), our_id(told.dialled_from)
        if caller is not None and told.status is LegStatus.IN_PROGRESS:
            with suppress(UnknownLeg):
                run(legs.person_reached, caller, has_pressed=False)
        elif told.dialled_from is None and (leg is not None or told.leg is None):
            run(lines.progress, leg, told.call_id, told.status, told.sequence)
        return nothing()

    return door
