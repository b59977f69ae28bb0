"""What the carrier asks while a call goes on: a new call, and the next document of a leg (others: `rooms`, `recordings`)."""

from collections.abc import Mapping

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.carrier import requests
from ivr.adapters.carrier.fields import MalformedRequest, identifier
from ivr.adapters.store import haste
from ivr.assembly import Parts
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.operations import cases, legs
from ivr.operations.legs import Reply
from ivr.operations.lines import UnknownLeg
from ivr.web.webhooks import recordings, rooms
from ivr.web.webhooks.door import document, signed_form
from ivr.web.webhooks.hard_times import HardTimes

log = structlog.get_logger()


def blueprint(parts: Parts) -> Blueprint:
    """The voice webhooks."""
    door = Blueprint("voice", __name__, url_prefix="/voice")
    settings, run = parts.settings, parts.operations.run
    hard_times = HardTimes(settings)

    @door.post("/incoming")
    def incoming() -> Response:
        form = signed_form(settings)
        call = requests.incoming_call(form)
        try:
            reply = run(legs.arrive, call.call_id, call.caller, call.called)
        except SQLAlchemyError as error:
            log.warning("store_unreachable", error=type(error).__name__)
            return hard_times.new_caller(call.called)
        except Exception as error:
            log.exception("call_not_greeted", error=type(error).__name__)
            return hard_times.new_caller(call.called)
        answer = document(reply, settings)
        answer.call_on_close(lambda: _look_up_cases(parts, reply.contact))
        return answer

    @door.post("/next/<uuid:leg_id>")
    def next_document(leg_id: object) -> Response:
        form, leg = signed_form(settings), str(leg_id)
        identifier(form, "CallSid")
        try:
            return document(_turn(leg, form), settings)
        except SQLAlchemyError as error:
            log.warning("store_unreachable", error=type(error).__name__)
        except UnknownLeg:
            log.warning("unknown_leg")
            return _at_once(form)
        except Exception as error:
            log.exception("turn_failed", error=type(error).__name__)
            if not haste.is_over():
                return _rescue(leg) or _at_once(form)
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
            return document(run(legs.rescue, leg), settings)
        except Exception as error:
            log.exception("rescue_failed", error=type(error).__name__)
            return None

    def _at_once(form: Mapping[str, str]) -> Response:
        """Nothing can be learnt of this line by asking again: a citizen gets a person, a call of our own is let go."""
        return hard_times.let_go() if _is_ours(form) else hard_times.new_caller(_called(form))

    rooms.add_to(door, parts, hard_times)
    recordings.add_to(door, parts)
    return door


def _look_up_cases(parts: Parts, contact: str) -> None:
    """While the greeting plays. A failure here costs nothing: the desk looks again."""
    try:
        parts.operations.run(cases.look_up, contact)
    except Exception as error:
        log.warning("cases_not_looked_up", error=type(error).__name__)


def _tries() -> int:
    return max(0, request.args.get("tries", 0, type=int))


def _is_ours(form: Mapping[str, str]) -> bool:
    return form.get("Direction", "").startswith("outbound")


def _called(form: Mapping[str, str]) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse(form.get("To", ""))
    except NotAPhoneNumber:
        return None
