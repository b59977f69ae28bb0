"""A subscriber's telephone: it calls, it rings, it gets texts. How it meets an incoming call is set by its habit."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ivr.simulator.call import Call
from ivr.simulator.clock import VirtualClock
from ivr.simulator.line import Line

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

VOICEMAIL_SECONDS = 30


@dataclass(kw_only=True)
class Text:
    """An SMS as it arrived."""

    from_: str
    text: str
    at: datetime
    status: str
    sid: str


class Phone:
    """By default a person decides: `rings` gives the line, to be answered or declined."""

    def __init__(self, carrier: "Carrier", number: str, *, landline: bool = False) -> None:
        self.carrier, self.number, self.is_landline = carrier, number, landline
        self.is_engaged = self.is_switched_off = self.is_out_of_reach_for_texts = False
        self.inbox: list[Text] = []
        self.lines: list[Line] = []
        self._answers_after: float | None = None
        self._declines_after: float | None = None
        self._is_voicemail = False

    # Habits. Each replaces the one before and returns the phone.

    def manual(self) -> "Phone":
        return self._habit()

    def answers(self, after: float = 3) -> "Phone":
        return self._habit(answers_after=after)

    def declines(self, after: float = 2) -> "Phone":
        return self._habit(declines_after=after)

    def voicemail(self, after: float = 15) -> "Phone":
        """A machine answers, listens for half a minute, presses nothing."""
        return self._habit(answers_after=after, is_voicemail=True)

    def busy(self, on: bool = True) -> "Phone":
        self.is_engaged = on
        return self

    def no_answer(self) -> "Phone":
        return self._habit()

    def switched_off(self, on: bool = True) -> "Phone":
        """Cannot be reached at all: calls fail without ringing, texts are undelivered."""
        self.is_switched_off = self.is_out_of_reach_for_texts = on
        return self

    def _habit(
        self, answers_after: float | None = None, declines_after: float | None = None, is_voicemail: bool = False
    ) -> "Phone":
        self.is_engaged = self.is_switched_off = False
        self._answers_after, self._declines_after, self._is_voicemail = answers_after, declines_after, is_voicemail
        return self

    # What a person does with it.

    def call(self, number: str, caller_id: str | None = None) -> Line:
        """Call a number of the account; `caller_id` "anonymous" hides one's own."""
        clock = self.carrier.clock
        line = self.dial(number, caller_id)
        if isinstance(clock, VirtualClock):
            clock.advance(0)
        return line

    def dial(self, number: str, caller_id: str | None = None) -> Line:
        """Place a call from within an event of the clock: nothing has happened yet when this returns."""
        with self.carrier.clock.lock:
            call = Call(self.carrier, from_=caller_id or self.number, to=number, direction="inbound")
            line = self._open(call)
            self.carrier.receive(call)
        return line

    def rings(self, within: float = 10) -> Line:
        """Let time pass until the phone rings; the line that does."""
        clock = self.carrier.clock
        if not isinstance(clock, VirtualClock) or not clock.run(within, lambda: bool(self.ringing)):
            raise AssertionError(f"{self.number} did not ring within {within} s; problems: {self.carrier.problems}")
        clock.advance(0)
        return self.ringing[0]

    def does_not_ring(self, within: float = 10) -> None:
        clock = self.carrier.clock
        if isinstance(clock, VirtualClock) and clock.run(within, lambda: bool(self.ringing)):
            raise AssertionError(f"{self.number} rang: {self.ringing[0].transcript()}")

    def text(self, to: str, body: str) -> None:
        """Send an SMS to a number of the account."""
        clock = self.carrier.clock
        with clock.lock:
            self.carrier.messages.receive(self, to, body)
        if isinstance(clock, VirtualClock):
            clock.advance(0)

    @property
    def ringing(self) -> list[Line]:
        return [line for line in self.lines if line.state == "ringing" and line.call.direction != "inbound"]

    def is_rung(self, call: Call) -> None:
        """Called by the carrier, under the lock, when the call begins to ring here."""
        line = self._open(call)
        clock = self.carrier.clock
        if self._answers_after is not None:
            clock.after(self._answers_after, call.answer)
        if self._is_voicemail:
            clock.after((self._answers_after or 0) + VOICEMAIL_SECONDS, call.end)
        if self._declines_after is not None:
            clock.after(self._declines_after, lambda: call.end_if_ringing("busy"))
        self.carrier.announce_ringing(line)

    def _open(self, call: Call) -> Line:
        line = Line(self, call)
        self.lines.append(line)
        return line
