"""Conferences: who is in them, when they start and end, and what their callbacks tell.

A conference starts with two participants of whom one has startConferenceOnEnter, and ends when the last leaves or one
with endConferenceOnExit does. The callback's address and events are those of whoever came first. Source:
twilio.com/docs/voice/twiml/conference, …/api/conference-resource, …/conference-participant-resource.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ivr.simulator import problems
from ivr.simulator.stamps import rfc2822
from ivr.simulator.twiml.flow import entertainment
from ivr.simulator.twiml.performance import Go, Performance, RoomClosed

if TYPE_CHECKING:
    from ivr.simulator.call import Call

MOST_PARTICIPANTS = 250
EVENTS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-modify": "modify",
    "announcement-end": "announcement",
}


@dataclass(kw_only=True)
class Participant:
    """A call's place in a conference. One added by REST is here while it still rings, without having joined."""

    call: "Call"
    conference: "Conference"
    label: str
    muted: bool
    start_on_enter: bool
    end_on_exit: bool
    coach: str
    wait_url: str | None
    wait_method: str
    created_at: datetime
    hold: bool = False
    has_joined: bool = False
    entertainment: Performance | None = None

    def matches(self, name: str) -> bool:
        return name in (self.call.sid, self.label)


@dataclass(kw_only=True)
class Conference:
    sid: str
    name: str
    created_at: datetime
    callback: str = ""
    callback_method: str = "POST"
    callback_events: tuple[str, ...] = ()
    status: str = "init"
    participants: list[Participant] = field(default_factory=list)
    reason_ended: str = ""
    call_sid_ending: str = ""
    updated_at: datetime | None = None
    sequence: int = 0
    lingering: dict[str, datetime] = field(default_factory=dict)

    @property
    def present(self) -> list[Participant]:
        return [participant for participant in self.participants if participant.has_joined]

    def find(self, name: str) -> Participant | None:
        return next((participant for participant in self.participants if participant.matches(name)), None)


class Conferences:
    """All conferences of the account."""

    def __init__(self, carrier: Any) -> None:
        self._carrier = carrier
        self.all: list[Conference] = []

    def running(self, name: str) -> Conference | None:
        """The conference of that name or sid that has not ended."""
        return next((room for room in self.all if room.status != "completed" and name in (room.name, room.sid)), None)

    def refusal(self, name: str, settings: dict[str, str]) -> int:
        """The code for which a call may not enter; 0 when it may."""
        room = self.running(name)
        label = settings.get("participantLabel", "")
        if (
            label
            and room
            and (room.find(label) or room.lingering.get(label, room.created_at) > self._carrier.clock.now())
        ):
            return problems.LABEL_TAKEN
        coach = settings.get("coach")
        if coach and not (room and room.status == "in-progress" and any(p.call.sid == coach for p in room.present)):
            return problems.COACH_MISSING
        most = int(settings.get("maxParticipants", MOST_PARTICIPANTS))
        if room and len(room.participants) >= min(most, MOST_PARTICIPANTS):
            return 13257
        return 0

    def enter(self, call: "Call", name: str, settings: dict[str, str]) -> Participant:
        """Put the call into the room, which is opened if need be."""
        participant = self.expect(call, name, settings)
        self.join(participant)
        return participant

    def expect(self, call: "Call", name: str, settings: dict[str, str]) -> Participant:
        """A place for a call that may still have to be answered."""
        now = self._carrier.clock.now()
        room = self.running(name)
        if room is None:
            room = Conference(sid=self._carrier.identifiers.new("CF"), name=name, created_at=now)
            room.callback = settings.get("statusCallback", "")
            room.callback_method = settings.get("statusCallbackMethod", "POST")
            room.callback_events = tuple(settings.get("statusCallbackEvent", "").split())
            self.all.append(room)
        participant = Participant(
            call=call,
            conference=room,
            label=settings.get("participantLabel", ""),
            muted=settings.get("muted") == "true",
            start_on_enter=settings.get("startConferenceOnEnter", "true") == "true",
            end_on_exit=settings.get("endConferenceOnExit") == "true",
            coach=settings.get("coach", ""),
            wait_url=settings.get("waitUrl"),
            wait_method=settings.get("waitMethod", "POST"),
            created_at=now,
        )
        room.participants.append(participant)
        call.participant = participant
        return participant

    def join(self, participant: Participant) -> None:
        room = participant.conference
        participant.has_joined = True
        self._tell(room, "participant-join", participant)
        if room.status == "in-progress":
            return
        if len(room.present) >= 2 and any(other.start_on_enter for other in room.present):
            room.status = "in-progress"
            for other in room.present:
                self._stop_entertaining(other)
            self._tell(room, "conference-start")
        else:
            self._entertain(participant, participant.wait_url, participant.wait_method, is_needed=True)

    def leave(self, participant: Participant, reason: str = "participant_hung_up") -> None:
        """The call is no longer in the room; the room ends if it was the last or the anchor."""
        room = participant.conference
        if participant not in room.participants:
            return
        self._stop_entertaining(participant)
        room.participants.remove(participant)
        participant.call.participant = None
        if participant.label and self._carrier.mischief.strikes("label_lingers", participant.label):
            seconds = self._carrier.mischief.seconds("label_lingers")
            room.lingering[participant.label] = self._carrier.later(seconds)
        if room.status == "completed":
            reason = (
                "conference_ended_via_api"
                if room.reason_ended == "conference-ended-via-api"
                else "moderator_ended_conference"
            )
        fields = {"ReasonParticipantLeft": reason, "ParticipantCallStatus": participant.call.status}
        self._tell(room, "participant-leave", participant, fields)
        if room.status == "completed":
            return
        kicked = "kicked" if reason == "participant_updated_via_api" else "left"
        if participant.end_on_exit and participant.has_joined:
            self.end(room, f"participant-with-end-conference-on-exit-{kicked}", participant)
        elif not room.participants:
            self.end(room, f"last-participant-{kicked}", participant)

    def end(self, room: Conference, reason: str, by: Participant | None = None) -> None:
        """Everyone still in the room is let out; each call goes on after its <Dial>."""
        room.status, room.reason_ended = "completed", reason
        room.call_sid_ending = by.call.sid if by else ""
        room.updated_at = self._carrier.clock.now()
        for participant in list(room.participants):
            self._let_out(participant)
        fields = {"ReasonConferenceEnded": reason, "Reason": f"Conference ended: {reason}"}
        if by:
            fields["CallSidEndingConference"] = by.call.sid
            if by.label:
                fields["ParticipantLabelEndingConference"] = by.label
        self._tell(room, "conference-end", None, fields)

    def remove(self, participant: Participant) -> None:
        """Put one participant out (REST delete); the call goes on after its <Dial>."""
        participant.call.leaves_because = "participant_updated_via_api"
        self._let_out(participant)

    def hold(self, participant: Participant, on: bool, url: str | None = None, method: str = "GET") -> None:
        if participant.hold == on:
            return
        participant.hold = on
        if on:
            self._entertain(participant, url, method)
        else:
            self._stop_entertaining(participant)
        self._tell(participant.conference, "participant-hold" if on else "participant-unhold", participant)

    def mute(self, participant: Participant, on: bool) -> None:
        if participant.muted != on:
            participant.muted = on
            self._tell(participant.conference, "participant-mute" if on else "participant-unmute", participant)

    def set_end_on_exit(self, participant: Participant, on: bool) -> None:
        if participant.end_on_exit != on:
            participant.end_on_exit = on
            self._tell(participant.conference, "participant-modify", participant)

    def announce(self, participant: Participant, url: str, method: str) -> None:
        """One participant hears an announcement over the talk."""
        score = entertainment(participant.call, Go(url, method))
        fields = {"AnnounceUrl": url}
        participant.call.side_performance(score).start(
            lambda result: self._tell(participant.conference, "announcement-end", participant, fields)
        )

    def _let_out(self, participant: Participant) -> None:
        call = participant.call
        if participant.has_joined:
            self._carrier.clock.after(0, lambda: call.participant is participant and call.perceive(RoomClosed()))
        else:
            self._carrier.clock.after(0, lambda: call.end("canceled"))

    def _entertain(self, participant: Participant, url: str | None, method: str, is_needed: bool = False) -> None:
        """None is the carrier's own music, an empty address is silence.

        Documented: who waits at an address that fails does not stay in the conference.
        """

        def is_over(result: object) -> None:
            if is_needed and result is False:
                self._let_out(participant)

        self._stop_entertaining(participant)
        if url:
            score = entertainment(participant.call, Go(url, method))
            participant.entertainment = participant.call.side_performance(score).start(is_over)
        elif url is None:
            participant.call.hears_music = True

    def _stop_entertaining(self, participant: Participant) -> None:
        participant.call.hears_music = False
        if participant.entertainment is not None:
            participant.entertainment.stop()
            participant.entertainment = None

    def _tell(
        self, room: Conference, event: str, participant: Participant | None = None, more: dict[str, str] | None = None
    ) -> None:
        room.updated_at = self._carrier.clock.now()
        if not room.callback or EVENTS[event] not in room.callback_events:
            return
        room.sequence += 1
        fields = {
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "AccountSid": self._carrier.account_sid,
            "SequenceNumber": str(room.sequence),
            "Timestamp": rfc2822(self._carrier.clock.now()),
            "StatusCallbackEvent": event,
        }
        if participant is not None:
            fields |= {
                "CallSid": participant.call.sid,
                "Muted": str(participant.muted).lower(),
                "Hold": str(participant.hold).lower(),
                "Coaching": str(bool(participant.coach)).lower(),
                "EndConferenceOnExit": str(participant.end_on_exit).lower(),
                "StartConferenceOnEnter": str(participant.start_on_enter).lower(),
            }
            if participant.label:
                fields["ParticipantLabel"] = participant.label
        self._carrier.webhooks.tell(room.callback, room.callback_method, fields | (more or {}))
