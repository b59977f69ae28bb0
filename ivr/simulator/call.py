"""One call at the carrier: its life from queued to a final status, what it tells the product, and the documents
performed on it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ivr.simulator.conference import Participant
from ivr.simulator.problems import Problem
from ivr.simulator.stamps import rfc2822
from ivr.simulator.streams import Streams
from ivr.simulator.track import Track
from ivr.simulator.twiml.document import Document
from ivr.simulator.twiml.flow import call_flow
from ivr.simulator.twiml.performance import (
    ChildEnded,
    ChildReady,
    Fetch,
    Go,
    Hang,
    Performance,
    RoomClosed,
    Score,
    Wait,
)
from ivr.simulator.webhooks import Reply

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier
    from ivr.simulator.line import Line

FINAL = {"completed", "busy", "no-answer", "failed", "canceled"}
SECONDS_BEFORE_RINGING = 1.0
PLACES = ("City", "State", "Zip", "Country")


class Call:
    """A leg. `line` is its other end: someone's telephone, once it rings there."""

    def __init__(
        self, carrier: "Carrier", *, from_: str, to: str, direction: str, parent: "Call | None" = None
    ) -> None:
        self.carrier = carrier
        self.sid = carrier.identifiers.new("CA")
        self.from_, self.to, self.direction, self.parent = from_, to, direction, parent
        self.parent_sid = parent.sid if parent else ""
        self.status = "ringing" if direction == "inbound" else "queued"
        self.created_at = carrier.clock.now()
        self.ringing_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.first: Go | str | None = None
        """What is performed when the call is answered: an address, an inline document, or nothing."""
        self.fallback: Go | None = None
        self.callback, self.callback_method, self.callback_events = "", "POST", {"completed"}
        self.ring_seconds = 60.0
        self.label = ""
        self.line: Line | None = None
        self.participant: Participant | None = None
        self.bridged_with: Call | None = None
        self.document = Document(url="")
        self.track = Track()
        """What the person on the telephone brings to the call."""
        self.streams = Streams(self)
        self.hears_music = False
        self.is_asked = self.is_recorded = self.is_whispering = False
        self.leaves_because = "participant_hung_up"
        self._performance: Performance | None = None
        self._refused_as = ""
        self._sequence = 0

    @property
    def is_live(self) -> bool:
        return self.status not in FINAL

    @property
    def seconds(self) -> int:
        if self.answered_at is None:
            return 0
        return round(((self.ended_at or self.carrier.clock.now()) - self.answered_at).total_seconds())

    # The way out: queued, initiated, ringing, answered.

    def set_out(self) -> None:
        """The carrier begins to call the number, as the next event."""
        self.carrier.clock.after(0, self._initiate)

    def _initiate(self) -> None:
        if self.is_live:
            self.status = "initiated"
            self._tell("initiated")
            self.carrier.clock.after(SECONDS_BEFORE_RINGING, self._ring)

    def _ring(self) -> None:
        if not self.is_live:
            return
        phone = self.carrier.phones.get(self.to)
        if phone is None or phone.is_switched_off:
            self.end("failed")
        elif phone.is_engaged:
            self.end("busy")
        else:
            self.status, self.ringing_at = "ringing", self.carrier.clock.now()
            self._tell("ringing")
            longer = (
                self.carrier.mischief.seconds("ring_longer", 5.0)
                if self.carrier.mischief.strikes("ring_longer")
                else 0.0
            )
            self.carrier.clock.after(self.ring_seconds + longer, lambda: self.end_if_ringing("no-answer"))
            phone.is_rung(self)

    def answer(self) -> None:
        """The called party has lifted the receiver."""
        if self.status != "ringing" or self.direction == "inbound":
            return
        self._is_answered()
        self._tell("answered")
        if self.participant is not None:
            self._perform(self._stay(self.participant))
        elif self.parent is not None and self.first is None:
            self._whispered(None)
        elif self.first is not None:
            self.is_whispering = self.parent is not None
            self._perform(call_flow(self, self.first, self.fallback))

    def arrive(self) -> None:
        """An inbound call reaches the number: its voice URL is asked what to do."""
        if self.first is None:
            self.end("failed")
        else:
            self._perform(call_flow(self, self.first, self.fallback))

    def pick_up(self) -> None:
        """The first verb that answers an inbound call."""
        if self.status == "ringing" and self.direction == "inbound":
            self._is_answered()

    def refuse(self, status: str) -> None:
        self._refused_as = status if self.status == "ringing" else ""

    def _is_answered(self) -> None:
        self.status, self.answered_at = "in-progress", self.carrier.clock.now()
        if self.carrier.mischief.strikes("lose_line", self.sid):
            self.carrier.clock.after(self.carrier.mischief.seconds("lose_line", 60), self.end)

    def _stay(self, participant: Participant) -> Score:
        """A participant added by REST is in the room and nowhere else: out of it, the call ends."""
        self.carrier.conferences.join(participant)
        try:
            yield Wait(None, (RoomClosed,))
        finally:
            self.carrier.conferences.leave(participant, self.leaves_because)
        return Hang()

    # What happens to it.

    def end(self, status: str = "") -> None:
        """The call is over. `status` is the final one; without it, completed or no-answer by whether it was
        answered."""
        if not self.is_live:
            return
        self.status = status or ("completed" if self.answered_at else "no-answer")
        self.ended_at = self.carrier.clock.now()
        if self._performance is not None:
            self._performance.stop()
        if self.participant is not None:
            self.carrier.conferences.leave(self.participant, "participant_add_failed")
        self.hears_music = False
        self.streams.end()
        self._tell("completed")
        if self.parent is not None:
            parent = self.parent
            self.carrier.clock.after(0, lambda: parent.perceive(ChildEnded(self)))
        if self.line is not None:
            self.line.is_ended()

    def end_if_ringing(self, status: str) -> None:
        if self.status == "ringing":
            self.end(status)

    def redirect(self, step: Go | str) -> None:
        """Leave the document under way for another (a REST update). The caller has checked that the call is in
        progress."""
        if self._crosses_its_question(step):
            return
        self.leaves_because = "participant_updated_via_api"
        if self._performance is not None:
            self._performance.stop()
        self.leaves_because = "participant_hung_up"
        if self.parent is not None:
            parent, self.parent, self.is_whispering = self.parent, None, False
            self.carrier.clock.after(0, lambda: parent.perceive(ChildEnded(self)))
        self._perform(call_flow(self, step, self.fallback))

    def _crosses_its_question(self, step: Go | str) -> bool:
        """Mischief: the action of a Gather was requested at the same moment. True when the action's document wins.

        Which of the two wins is not documented.
        """
        mischief = self.carrier.mischief
        if not self.is_asked or self._performance is None or not mischief.strikes("cross_update", self.sid):
            return False
        while self.is_asked and self._performance.time_out():
            pass
        if not self._performance.is_fetching or mischief.seconds("cross_update", 1.0) >= 0.6:
            return False
        if isinstance(step, Go):
            self.carrier.webhooks.tell(step.url, step.method, self.fields() | step.fields)
        return True

    def others_in_talk(self) -> "list[Call]":
        """Those who hear what is said on this call now: in the running conference, or across a <Dial>."""
        if self.bridged_with is not None:
            return [self.bridged_with]
        place = self.participant
        if place is None or place.muted or place.hold or place.conference.status != "in-progress":
            return []
        return [other.call for other in place.conference.present if other is not place and not other.hold]

    def perceive(self, occurrence: object) -> bool:
        """Something occurs on the line or to it; whether the verb under way was listening for it."""
        return self._performance is not None and self._performance.deliver(occurrence)

    def begins_to_hear(self, text: str, language: str, media: str = "") -> None:
        if self.line is not None:
            self.line.begins_to_hear(text, language, media)

    def report(self, code: int, text: str, url: str = "") -> None:
        self.carrier.report(Problem(code=code, text=text, call_sid=self.sid, url=url))

    # What it tells the product.

    def fields(self) -> dict[str, str]:
        """The fields of every request about this call. The places are empty for Danish numbers, and sent all the
        same."""
        fields = {
            "CallSid": self.sid,
            "AccountSid": self.carrier.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
        }
        for party in ("From", "To", "Caller", "Called"):
            fields |= {party + place: "DK" if place == "Country" else "" for place in PLACES}
        if self.parent_sid:
            fields["ParentCallSid"] = self.parent_sid
        return fields

    def side_performance(self, score: Score) -> Performance:
        """Something performed beside the document: the music of a conference."""
        return Performance(self.carrier.clock, self._fetch, score)

    def _perform(self, score: Score) -> None:
        self._performance = Performance(self.carrier.clock, self._fetch, score).start(self._whispered)

    def _whispered(self, result: object) -> None:
        """A document came to its end: a dialled party is connected, any other call is hung up."""
        if self.parent is not None and result is None and self.is_live:
            parent, self.is_whispering = self.parent, False
            self.carrier.clock.after(0, lambda: parent.perceive(ChildReady(self)))
        else:
            self.end(self._refused_as)

    def _fetch(self, wanted: Fetch, then: Callable[[Reply], None]) -> None:
        fields = {} if wanted.is_media else self.fields() | wanted.fields
        self.carrier.webhooks.ask(wanted.url, wanted.method, fields, then)

    def _tell(self, event: str) -> None:
        """A status callback, if asked for. Inbound calls tell of their end only."""
        if not self.callback or event not in self.callback_events:
            return
        fields = self.fields() | {
            "Timestamp": rfc2822(self.carrier.clock.now()) or "",
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
        }
        self._sequence += 1
        if event == "completed":
            fields |= {"CallDuration": str(self.seconds), "Duration": str(-(-self.seconds // 60))}
        self.carrier.webhooks.tell(self.callback, self.callback_method, fields)
