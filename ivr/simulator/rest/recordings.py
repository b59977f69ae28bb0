"""`/Recordings`: list, fetch, listen, delete. Source: twilio.com/docs/voice/api/recording."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from ivr.simulator.recordings import Recording, sound
from ivr.simulator.rest import form, shapes
from ivr.simulator.rest.errors import not_found

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier


def routes(carrier: "Carrier") -> Blueprint:
    bp = Blueprint("recordings", __name__)

    def find(sid: str) -> Recording:
        recording = carrier.recordings.find(sid)
        if recording is None:
            raise not_found(f"/Recordings/{sid}.json")
        return recording

    @bp.get("/Recordings.json")
    def list_recordings():
        found = [r for r in reversed(carrier.recordings.all) if form.text("CallSid", r.call_sid) == r.call_sid]
        return shapes.page("recordings", [shapes.recording(carrier, recording) for recording in found])

    @bp.get("/Recordings/<sid>.json")
    def fetch(sid: str):
        return shapes.recording(carrier, find(sid))

    @bp.get("/Recordings/<sid>")
    @bp.get("/Recordings/<sid>.wav")
    @bp.get("/Recordings/<sid>.mp3")
    def listen(sid: str):
        return Response(sound(find(sid).seconds), mimetype="audio/x-wav")

    @bp.delete("/Recordings/<sid>.json")
    def delete(sid: str):
        carrier.recordings.all.remove(find(sid))
        return "", 204

    return bp
