"""What the carrier asks while a call goes on: a new call, the next document of a leg, a whisper, a conference's news."""

import time
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.carrier import requests, twiml
from ivr.adapters.carrier.fields import MalformedRequest
from ivr.adapters.carrier.requests import ConferenceEventKind
from ivr.assembly import Parts
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.operations import cases, conversation, legs
from ivr.operations.legs import Reply, UnknownLeg
from ivr.web.webhooks.door import document, nothing, signed_form, xml
from ivr.web.webhooks.hard_times import HardTimes

_MUSIC = Path(__file__).parents[1] / "pages" / "static" / "music" / "waiting.wav"
# With what has gone by more than this, a second try would not answer within the 3 s that a webhook may take.
_TIME_FOR_RESCUE_SECONDS = 1.0

log = structlog.get_logger()


def music_seconds() -> float:
    """The length of the waiting music."""
    with wave.open(str(_MUSIC), "rb") as music:
        return music.getnframes() / music.getframerate()


def blueprint(parts: Parts) -> Blueprint:
    """The voice webhooks."""
    door = Blueprint("voice", __name__, url_prefix="/voice")
    settings, run = parts.settings, parts.operations.run
    hard_times = HardTimes(settings)
    music = music_seconds()

    @door.post("/incoming")
    def incoming() -> Response:
        form = signed_form(settings)
        call = requests.incoming_call(form)
        try:
            reply = run(legs.arrive, call.call_id, call.caller, call.called)
        except SQLAlchemyError as error:
            log.error("store_unreachable", error=type(error).__name__)
            return hard_times.new_caller(call.called)
        except Exception as error:
            log.exception("call_not_greeted", error=type(error).__name__)
            return hard_times.new_caller(call.called)
        answer = document(reply, settings, music)
        answer.call_on_close(lambda: _look_up_cases(parts, reply.contact))
        return answer

    @door.post("/next/<uuid:leg_id>")
    def next_document(leg_id: object) -> Response:
        form, leg, began = signed_form(settings), str(leg_id), time.monotonic()
        try:
            return document(_turn(leg, form), settings, music)
        except SQLAlchemyError as error:
            log.error("store_unreachable", error=type(error).__name__)
        except UnknownLeg:
            log.warning("unknown_leg")
            return _unknown(form)
        except Exception as error:
            log.exception("turn_failed", error=type(error).__name__)
            rescued = _rescue(leg) if time.monotonic() - began < _TIME_FOR_RESCUE_SECONDS else None
            if rescued is not None:
                return rescued
        return hard_times.known_caller(leg, _tries(), is_ours=_is_ours(form), called=_called(form))

    def _turn(leg: str, form: Mapping[str, str]) -> Reply:
        try:
            taken = requests.turn_taken(form, request.args)
        except MalformedRequest as error:
            log.warning("malformed_turn", problem=error.text)
            return run(legs.take_turn, leg, form.get("CallSid", ""), None, None)
        return run(legs.take_turn, leg, taken.call_id, taken.turn, taken.input, call_over=taken.call_over)

    def _rescue(leg: str) -> Response | None:
        try:
            return document(run(legs.rescue, leg), settings, music)
        except Exception as error:
            log.exception("rescue_failed", error=type(error).__name__)
            return None

    def _unknown(form: Mapping[str, str]) -> Response:
        """A line that we do not know: a citizen still gets a person, a call of our own is let go."""
        leg = str(request.view_args["leg_id"]) if request.view_args else ""
        return hard_times.known_caller(leg, tries=99, is_ours=_is_ours(form), called=_called(form))

    @door.post("/whisper/<uuid:leg_id>")
    def whisper(leg_id: object) -> Response:
        """A named employee has picked up: who is there, and 1 to take it."""
        keys = requests.whispered_keys(signed_form(settings))
        if keys is not None:
            return nothing() if keys == "1" else xml(twiml.refused())
        try:
            words, flow = run(legs.whisper_to_person, str(leg_id))
        except (SQLAlchemyError, UnknownLeg):
            return nothing()
        place = twiml.ReplyAddress(public_url=settings.public_url, leg=str(leg_id), turn=0, speakers=flow.speakers)
        return xml(twiml.whisper((words,), place))

    @door.post("/conference/<uuid:contact_id>")
    def conference(contact_id: object) -> Response:
        event = requests.conference_event(signed_form(settings), str(contact_id))
        happened: Mapping[ConferenceEventKind, Callable[[], None]] = {
            ConferenceEventKind.CONFERENCE_START: lambda: run(conversation.started, event.contact),
            ConferenceEventKind.PARTICIPANT_JOIN: lambda: run(conversation.joined, event.contact, event.label),
            ConferenceEventKind.PARTICIPANT_LEAVE: lambda: run(conversation.left, event.contact, event.label),
            ConferenceEventKind.PARTICIPANT_HOLD: lambda: run(conversation.held, event.contact, event.label, True),
            ConferenceEventKind.PARTICIPANT_UNHOLD: lambda: run(conversation.held, event.contact, event.label, False),
        }
        happened.get(event.kind, lambda: None)()
        return nothing()

    @door.get("/hold-music")
    def hold_music() -> Response:
        """What a citizen on hold hears."""
        return xml(twiml.hold_music(settings.public_url))

    return door


def _look_up_cases(parts: Parts, contact: str) -> None:
    """While the greeting plays. A failure here costs nothing: the desk looks again."""
    try:
        parts.operations.run(cases.look_up, contact)
    except Exception as error:
        log.warning("cases_not_looked_up", error=type(error).__name__)


def _tries() -> int:
    return min(9, request.args.get("tries", 0, type=int))


def _is_ours(form: Mapping[str, str]) -> bool:
    return form.get("Direction", "").startswith("outbound")


def _called(form: Mapping[str, str]) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse(form.get("To", ""))
    except NotAPhoneNumber:
        return None
