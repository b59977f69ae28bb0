"""Whom the caller meets: the whisper to a named employee, what happens in a conference, and the music on hold."""

from contextlib import suppress

from flask import Blueprint, Response, abort
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.carrier import requests, twiml
from ivr.adapters.carrier.requests import ConferenceEvent, ConferenceEventKind
from ivr.assembly import Parts
from ivr.domain.conversation.rooms import Report
from ivr.operations import conversation, legs
from ivr.operations.lines import UnknownLeg
from ivr.web.webhooks.door import nothing, our_id, signed_form, xml
from ivr.web.webhooks.hard_times import HardTimes
from ivr.web.webhooks.music import LONGEST_SECONDS, first_seconds

_A_DAY_SECONDS = 24 * 60 * 60


def add_to(door: Blueprint, parts: Parts, hard_times: HardTimes) -> None:
    """Put these webhooks into the voice door."""
    settings, run = parts.settings, parts.operations.run

    @door.post("/whisper/<uuid:leg_id>")
    def whisper(leg_id: object) -> Response:
        """A named employee has picked up: who is there, and 1 to take it."""
        keys = requests.whispered_keys(signed_form(settings))
        if keys == "1":
            # Joined whether or not it can be written down: the two are waiting for each other.
            with suppress(SQLAlchemyError, UnknownLeg):
                run(legs.person_reached, str(leg_id), has_pressed=True)
            return nothing()
        if keys is not None:
            return xml(twiml.refused())
        try:
            words, flow = run(legs.whisper_to_person, str(leg_id))
        except (SQLAlchemyError, UnknownLeg):
            # Never joined unasked: what has picked up may be a voicemail.
            return hard_times.whisper(str(leg_id))
        place = twiml.ReplyAddress(public_url=settings.public_url, leg=str(leg_id), turn=0, speakers=flow.speakers)
        return xml(twiml.whisper((words,), place))

    @door.post("/conference/<uuid:contact_id>")
    def conference(contact_id: object) -> Response:
        event = requests.conference_event(signed_form(settings), str(contact_id))
        if event.kind is ConferenceEventKind.CONFERENCE_START:
            run(conversation.started, event.contact, event.conference_sid)
        elif event.kind is not ConferenceEventKind.CONFERENCE_END:
            run(conversation.told, event.contact, our_id(event.label), _report(event))
        return nothing()

    @door.get("/music/<int:seconds>.wav")
    def music(seconds: int) -> Response:
        """The beginning of the waiting music; the carrier may keep it."""
        if not 1 <= seconds <= LONGEST_SECONDS:
            abort(404)
        answer = Response(first_seconds(seconds), mimetype="audio/wav")
        answer.cache_control.public, answer.cache_control.max_age = True, _A_DAY_SECONDS
        return answer

    @door.route("/hold-music", methods=["GET", "POST"])
    def hold_music() -> Response:
        """What a citizen on hold hears. The carrier asks by GET unless told otherwise; there is nothing to keep secret."""
        return xml(twiml.hold_music(settings.public_url))


def _report(event: ConferenceEvent) -> Report:
    """Whatever a participant does but leave, it does in the room."""
    held = {ConferenceEventKind.PARTICIPANT_HOLD: True, ConferenceEventKind.PARTICIPANT_UNHOLD: False}
    return Report(
        room=event.conference_sid,
        sequence=event.sequence or 0,
        in_room=event.kind is not ConferenceEventKind.PARTICIPANT_LEAVE,
        held=held.get(event.kind, event.held),
    )
