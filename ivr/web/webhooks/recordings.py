"""Messages that callers have left, as the carrier reports them: the second way to learn of one, beside the line's own."""

from contextlib import suppress

from flask import Blueprint, Response, request

from ivr.adapters.carrier import requests
from ivr.assembly import Parts
from ivr.operations import legs
from ivr.operations.lines import UnknownLeg
from ivr.web.webhooks.door import nothing, signed_form


def add_to(door: Blueprint, parts: Parts) -> None:
    """Put this webhook into the voice door."""

    @door.post("/recording/<uuid:leg_id>")
    def recording(leg_id: object) -> Response:
        told = requests.recording_status(signed_form(parts.settings), request.args)
        if told.message is not None:
            with suppress(UnknownLeg):
                parts.operations.run(legs.recording_kept, str(leg_id), told.call_id, told.turn, told.message)
        return nothing()
