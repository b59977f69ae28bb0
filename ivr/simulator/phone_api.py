"""Telephones over HTTP: what the phone page, or any other program on this machine, does with a phone.

`GET /phone/api/phones/{number}` is the phone: its ringing lines, the line in use, its texts. `GET
…/lines/{sid}?since=n` is what has happened on a line after the first n turns. The rest are acts of a person: call,
press, say, answer, decline, hang up, text. `…/lines/{sid}/microphone` is a WebSocket for the sound of a microphone:
binary messages of µ-law at 8 kHz, as they are heard.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, jsonify, request
from flask_sock import Sock
from simple_websocket import Server

from ivr.simulator.line import Line, Turn
from ivr.simulator.phone import Phone

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

LONGEST_SENTENCE = 500
LONGEST_PIECE_BYTES = 8000
"""A second of a microphone's sound: what comes in larger pieces is no microphone."""


def routes(carrier: "Carrier") -> Blueprint:
    bp = Blueprint("phone_api", __name__, url_prefix="/phone/api")

    def line_of(sid: str) -> Line:
        call = carrier.find_call(sid)
        if call is None or call.line is None:
            abort(404, f"no line {sid}")
        return call.line

    @bp.get("/phones/<number>")
    def show(number: str):
        with carrier.clock.lock:
            return _phone(carrier.phone(number))

    @bp.post("/phones/<number>/calls")
    def call(number: str):
        asked = _asked("to")
        line = carrier.phone(number).call(asked["to"], caller_id="anonymous" if asked.get("hidden") else None)
        return _line(line, since=0), 201

    @bp.post("/phones/<number>/texts")
    def text(number: str):
        asked = _asked("to", "body")
        carrier.phone(number).text(asked["to"], asked["body"])
        return "", 204

    @bp.get("/lines/<sid>")
    def heard(sid: str):
        with carrier.clock.lock:
            return _line(line_of(sid), since=request.args.get("since", 0, type=int))

    @bp.post("/lines/<sid>/press")
    def press(sid: str):
        digits = _asked("digits")["digits"]
        if not digits or set(digits) - set("0123456789*#"):
            abort(400, "digits: one or more of 0-9 * #")
        line_of(sid).press(digits)
        return "", 204

    @bp.post("/lines/<sid>/say")
    def say(sid: str):
        asked = _asked("text")
        line_of(sid).say(asked["text"][:LONGEST_SENTENCE], confidence=asked.get("confidence", 0.9))
        return "", 204

    @bp.post("/lines/<sid>/answer")
    def answer(sid: str):
        line_of(sid).answer()
        return "", 204

    @bp.post("/lines/<sid>/decline")
    def decline(sid: str):
        line_of(sid).decline()
        return "", 204

    @bp.post("/lines/<sid>/hang-up")
    def hang_up(sid: str):
        line_of(sid).hang_up()
        return "", 204

    @bp.before_request
    def refuse_strangers() -> None:
        # A WebSocket may be opened from any site's page: only this one may listen to the person at it.
        if request.headers.get("Upgrade", "").lower() == "websocket" and not _is_from_here():
            abort(403, "opened from another site")

    @Sock().route("/lines/<sid>/microphone", bp=bp)
    def microphone(wire: Server, sid: str) -> None:
        line = line_of(sid)
        while line.is_live:
            piece = wire.receive(timeout=1)
            if isinstance(piece, bytes) and len(piece) <= LONGEST_PIECE_BYTES:
                line.speak_into(piece)

    return bp


def _is_from_here() -> bool:
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _asked(*names: str) -> dict[str, Any]:
    # A JSON body cannot be sent by another site's form, so no page in the same browser can place calls.
    body = request.get_json()
    if not isinstance(body, dict) or any(
        not isinstance(body.get(name), str) or not body[name].strip() for name in names
    ):
        abort(400, f"expected a JSON object with {', '.join(names)}")
    return body


def _phone(phone: Phone):
    current = next((line for line in reversed(phone.lines) if line.is_live and line not in phone.ringing), None)
    return jsonify(
        number=phone.number,
        line=current.sid if current else None,
        ringing=[{"sid": line.sid, "from": line.call.from_} for line in phone.ringing],
        inbox=[
            {"sid": text.sid, "from": text.from_, "text": text.text, "at": text.at.isoformat(), "status": text.status}
            for text in phone.inbox
        ],
    )


def _line(line: Line, since: int):
    call = line.call
    return jsonify(
        sid=line.sid,
        state=line.state,
        is_live=line.is_live,
        **{"from": call.from_, "to": call.to},
        direction="out" if call.direction == "inbound" else "in",
        seconds=call.seconds,
        in_talk=bool(call.others_in_talk()),
        is_held=line.is_held,
        is_listened_to=line.is_listened_to,
        hears_music=line.hears_music,
        next=len(line.turns),
        turns=[_turn(n, turn) for n, turn in enumerate(line.turns) if n >= since],
    )


def _turn(n: int, turn: Turn) -> dict[str, Any]:
    return {
        "n": n,
        "at": turn.at.isoformat(),
        "kind": turn.kind,
        "text": turn.text,
        "language": turn.language,
        "is_heeded": turn.is_heeded,
    }
