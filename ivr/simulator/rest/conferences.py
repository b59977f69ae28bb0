"""`/Conferences` and their `/Participants`. Source: twilio.com/docs/voice/api/conference-resource,
…/conference-participant-resource."""

from typing import TYPE_CHECKING

from flask import Blueprint

from ivr.simulator import problems
from ivr.simulator.conference import Conference, Participant
from ivr.simulator.rest import form, shapes
from ivr.simulator.rest.calls import new_call
from ivr.simulator.rest.errors import RestError, not_found
from ivr.simulator.rest.pace import Pace

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

EXTRA_RING_SECONDS = 5
REFUSALS = {
    problems.LABEL_TAKEN: "Participant label is already in use in this conference",
    problems.COACH_MISSING: "The call to coach is not in this conference",
}


def routes(carrier: "Carrier", pace: Pace) -> Blueprint:
    bp = Blueprint("conferences", __name__)
    rooms = carrier.conferences

    def room_of(sid: str) -> Conference:
        room = next((room for room in rooms.all if room.sid == sid), None)
        if room is None:
            raise not_found(f"/Conferences/{sid}.json")
        return room

    def place_of(sid: str, name: str) -> Participant:
        place = room_of(sid).find(name)
        if place is None:
            raise not_found(f"/Conferences/{sid}/Participants/{name}.json")
        return place

    @bp.get("/Conferences.json")
    def list_conferences():
        found = [
            room
            for room in reversed(rooms.all)
            if form.text("FriendlyName", room.name) == room.name
            and form.text("Status", room.status) == room.status
            and form.is_at("DateCreated", room.created_at)
            and form.is_at("DateUpdated", room.updated_at)
        ]
        return shapes.page("conferences", [shapes.conference(carrier, room) for room in found])

    @bp.get("/Conferences/<sid>.json")
    def fetch(sid: str):
        return shapes.conference(carrier, room_of(sid))

    @bp.post("/Conferences/<sid>.json")
    def update(sid: str):
        room = room_of(sid)
        if form.text("Status") == "completed" and room.status != "completed":
            rooms.end(room, "conference-ended-via-api")
        return shapes.conference(carrier, room)

    @bp.get("/Conferences/<sid>/Participants.json")
    def list_participants(sid: str):
        muted, hold = form.flag("Muted"), form.flag("Hold")
        found = [
            place for place in room_of(sid).participants if muted in (None, place.muted) and hold in (None, place.hold)
        ]
        return shapes.page("participants", [shapes.participant(carrier, place) for place in found])

    @bp.post("/Conferences/<name>/Participants.json")
    def create(name: str):
        running = rooms.running(name)
        if running is None and name.startswith("CF"):
            raise not_found(f"/Conferences/{name}.json")
        settings = _settings()
        title = running.name if running else name
        refusal = rooms.refusal(title, settings)
        if refusal:
            raise RestError(400, refusal, REFUSALS.get(refusal, "The conference is full"))
        call = new_call(carrier)
        call.ring_seconds += EXTRA_RING_SECONDS
        pace.take()
        place = rooms.expect(call, title, settings)
        carrier.place(call)
        return shapes.participant(carrier, place), 201

    @bp.get("/Conferences/<sid>/Participants/<name>.json")
    def fetch_participant(sid: str, name: str):
        return shapes.participant(carrier, place_of(sid, name))

    @bp.post("/Conferences/<sid>/Participants/<name>.json")
    def update_participant(sid: str, name: str):
        place = place_of(sid, name)
        hold, muted, anchor = form.flag("Hold"), form.flag("Muted"), form.flag("EndConferenceOnExit")
        if hold is not None:
            rooms.hold(place, hold, form.url("HoldUrl") or None, form.text("HoldMethod", "GET"))
        if muted is not None:
            rooms.mute(place, muted)
        if anchor is not None:
            rooms.set_end_on_exit(place, anchor)
        if form.url("AnnounceUrl"):
            rooms.announce(place, form.url("AnnounceUrl"), form.text("AnnounceMethod", "POST"))
        return shapes.participant(carrier, place)

    @bp.delete("/Conferences/<sid>/Participants/<name>.json")
    def delete(sid: str, name: str):
        rooms.remove(place_of(sid, name))
        return "", 204

    return bp


def _settings() -> dict[str, str]:
    """The form in the words of <Conference>. Callbacks of a participant added by REST default to start and end."""
    names = {
        "Label": "participantLabel",
        "Muted": "muted",
        "StartConferenceOnEnter": "startConferenceOnEnter",
        "EndConferenceOnExit": "endConferenceOnExit",
        "WaitUrl": "waitUrl",
        "WaitMethod": "waitMethod",
        "MaxParticipants": "maxParticipants",
        "CallSidToCoach": "coach",
        "ConferenceStatusCallback": "statusCallback",
        "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    }
    given = {ours: form.text(theirs) for theirs, ours in names.items() if form.text(theirs, "-") != "-"}
    for flag in ("muted", "startConferenceOnEnter", "endConferenceOnExit"):
        if flag in given:
            given[flag] = given[flag].lower()
    given["statusCallbackEvent"] = form.events("ConferenceStatusCallbackEvent", "start end")
    return given
