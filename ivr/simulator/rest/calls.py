"""`/Calls`: create, list, fetch, update; the streams of a call: create, stop. Source:
twilio.com/docs/voice/api/call-resource, …/stream-resource."""

from typing import TYPE_CHECKING

from flask import Blueprint

from ivr.simulator.call import Call
from ivr.simulator.rest import form, shapes
from ivr.simulator.rest.errors import RestError, not_found, not_in_progress
from ivr.simulator.rest.pace import Pace
from ivr.simulator.streams import TRACKS, Order
from ivr.simulator.twiml.performance import Go

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

MOST_PARAMETERS = 99
"""Of a stream."""


def routes(carrier: "Carrier", pace: Pace) -> Blueprint:
    bp = Blueprint("calls", __name__)

    def find(sid: str) -> Call:
        call = carrier.find_call(sid)
        if call is None:
            raise not_found(f"/Calls/{sid}.json")
        return call

    @bp.post("/Calls.json")
    def create():
        call = new_call(carrier)
        call.first, call.fallback = _document(), _fallback()
        if call.first is None:
            raise RestError(400, 21205, "Url parameter is required: give Url, Twiml or ApplicationSid")
        pace.take()
        carrier.place(call)
        return shapes.call(carrier, call), 201

    @bp.get("/Calls.json")
    def list_calls():
        wanted = [call for call in reversed(carrier.calls) if _is_wanted(call)]
        return shapes.page("calls", [shapes.call(carrier, call) for call in wanted])

    @bp.get("/Calls/<sid>.json")
    def fetch(sid: str):
        return shapes.call(carrier, find(sid))

    @bp.post("/Calls/<sid>.json")
    def update(sid: str):
        call = find(sid)
        status, step = form.text("Status"), _document()
        if status:
            _set_status(call, status)
        elif step is not None:
            if call.status != "in-progress":
                raise not_in_progress()
            call.fallback = _fallback() or call.fallback
            call.redirect(step)
        return shapes.call(carrier, call)

    @bp.post("/Calls/<sid>/Streams.json")
    def create_stream(sid: str):
        call = find(sid)
        if call.status != "in-progress":
            raise not_in_progress()
        return shapes.stream(carrier, call.streams.start(_stream())), 201

    @bp.post("/Calls/<sid>/Streams/<name_or_sid>.json")
    def update_stream(sid: str, name_or_sid: str):
        if form.text("Status") != "stopped":
            raise RestError(400, 20001, "Parameter 'Status' is not valid")
        stream = find(sid).streams.stop(name_or_sid)
        if stream is None:
            raise not_found(f"/Calls/{sid}/Streams/{name_or_sid}.json")
        return shapes.stream(carrier, stream)

    return bp


def _stream() -> Order:
    track = form.text("Track", "inbound_track")
    if not form.text("Url") or track not in TRACKS:
        raise RestError(400, 20001, f"Parameter '{'Track' if form.text('Url') else 'Url'}' is not valid")
    numbers = range(1, MOST_PARAMETERS + 1)
    return Order(
        url=form.text("Url"),
        name=form.text("Name"),
        track=track,
        callback=form.url("StatusCallback"),
        callback_method=form.text("StatusCallbackMethod", "POST"),
        parameters={
            form.text(f"Parameter{n}.Name"): form.text(f"Parameter{n}.Value")
            for n in numbers
            if form.text(f"Parameter{n}.Name")
        },
    )


def new_call(carrier: "Carrier") -> Call:
    """A call as the form asks for it, not yet placed."""
    to, from_ = form.address("To"), form.text("From").strip()
    if from_ not in carrier.numbers and not from_.startswith("client:"):
        raise RestError(400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account.")
    call = Call(carrier, from_=from_, to=to, direction="outbound-api")
    call.ring_seconds = form.whole("Timeout", 60)
    if not 1 <= call.ring_seconds <= 600:
        raise RestError(400, 21215, "Timeout must be between 1 and 600 seconds")
    call.callback = form.url("StatusCallback")
    call.callback_method = form.text("StatusCallbackMethod", "POST")
    call.callback_events = set(form.events("StatusCallbackEvent", "completed").split())
    return call


def _document() -> Go | str | None:
    if form.text("Twiml"):
        return form.text("Twiml")
    url = form.url("Url")
    return Go(url, form.text("Method", "POST")) if url else None


def _fallback() -> Go | None:
    url = form.url("FallbackUrl")
    return Go(url, form.text("FallbackMethod", "POST")) if url else None


def _set_status(call: Call, status: str) -> None:
    """`completed` ends a call at any stage, `canceled` only one that was not answered; neither moves an ended one."""
    if status not in ("completed", "canceled"):
        raise RestError(400, 21218, f"Invalid status {status}")
    if not call.is_live:
        raise not_in_progress()
    if status == "canceled" and call.answered_at is not None:
        return
    call.end("completed" if call.answered_at else "canceled")


def _is_wanted(call: Call) -> bool:
    for name, value in (("To", call.to), ("From", call.from_), ("ParentCallSid", call.parent_sid)):
        if form.text(name) and form.text(name) != value:
            return False
    status = "queued" if call.status == "initiated" else call.status
    if form.text("Status") and form.text("Status") != status:
        return False
    return form.is_at("StartTime", call.created_at) and form.is_at("EndTime", call.ended_at)
