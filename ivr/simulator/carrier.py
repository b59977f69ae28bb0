"""The simulated carrier: subscribers' phones on one side, the product's webhooks and the REST API on the other.

It knows the product only over HTTP, as a carrier does. State changes under `clock.lock`; see `clock.py`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ivr.simulator.call import Call
from ivr.simulator.clock import Clock, VirtualClock
from ivr.simulator.conference import Conferences
from ivr.simulator.identifiers import Identifiers
from ivr.simulator.line import Line
from ivr.simulator.messages import Messages
from ivr.simulator.mischief import Mischief
from ivr.simulator.phone import Phone
from ivr.simulator.problems import Problem
from ivr.simulator.recordings import Recordings
from ivr.simulator.rest.app import create_app
from ivr.simulator.serving import serve
from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import Go
from ivr.simulator.webhooks import Webhooks


@dataclass(kw_only=True)
class Number:
    """A number of the account and the addresses that it was given."""

    sid: str
    number: str
    created_at: datetime
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    friendly_name: str = ""


class Carrier:
    """One account at the carrier."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        clock: Clock | None = None,
        mischief: Mischief | None = None,
        calls_per_second: float = 1.0,
    ) -> None:
        self.account_sid, self.auth_token = account_sid, auth_token
        self.clock: Clock = clock or VirtualClock()
        self.mischief = mischief or Mischief.none()
        """How this carrier misbehaves from now on; every part asks here, so that another may be put in at any time."""
        self.calls_per_second = calls_per_second
        """Calls that REST may create in a second; 0 is without limit."""
        self.identifiers = Identifiers(f"{account_sid}/{self.mischief.seed}")
        self.problems: list[Problem] = []
        self.calls: list[Call] = []
        self._calls_by_sid: dict[str, Call] = {}
        self.numbers: dict[str, Number] = {}
        self.phones: dict[str, Phone] = {}
        self.media_seconds: dict[str, float] = {}
        self.conferences = Conferences(self)
        self.messages = Messages(self)
        self.recordings = Recordings(self)
        self.webhooks = Webhooks(self)
        self.rest_url = "https://api.twilio.com"
        self.on_ringing: list[Callable[[Line], None]] = []

    # What a test or the demo sets up.

    def number(self, number: str, **addresses: Any) -> Number:
        """A number of the account. Addresses: voice_url, voice_fallback_url, status_callback, sms_url, …"""
        with self.clock.lock:
            known = self.numbers.get(number)
            if known is None:
                sid = self.identifiers.new("PN")
                known = Number(sid=sid, number=number, created_at=self.clock.now(), friendly_name=number)
            self.numbers[number] = replace(known, **addresses)
            return self.numbers[number]

    def phone(self, number: str, *, landline: bool = False) -> Phone:
        """The subscriber's phone with that number (or sip: or client: address); the same one every time."""
        with self.clock.lock:
            if number not in self.phones:
                self.phones[number] = Phone(self, number, landline=landline)
            return self.phones[number]

    def after_event(self, hook: Callable[[], None]) -> None:
        """Call `hook`, with no lock held, after every event."""
        self.clock.watch(hook)

    @contextmanager
    def serve_rest(self, port: int = 0) -> Iterator[str]:
        """The REST API on a loopback port for as long as the context lasts; gives its base URL."""
        with serve(create_app(self), port) as url:
            self.rest_url = url
            yield url

    def advance(self, seconds: float) -> None:
        if not isinstance(self.clock, VirtualClock):
            raise TypeError("only virtual time can be moved")
        self.clock.advance(seconds)

    def talks(self, *lines: Line) -> bool:
        """Whether these lines hear one another: one running conference and no one held, or bridged by <Dial>."""
        with self.clock.lock:
            calls = [line.call for line in lines]
            if len(calls) == 2 and calls[0].bridged_with is calls[1]:
                return True
            places = [call.participant for call in calls]
            if any(place is None or not place.has_joined or place.hold for place in places):
                return False
            rooms = {place.conference.sid: place.conference for place in places if place}
            return len(rooms) == 1 and all(room.status == "in-progress" for room in rooms.values())

    # What its parts ask of it.

    def later(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)

    def report(self, problem: Problem) -> None:
        self.problems.append(replace(problem, at=self.clock.now()))

    def receive(self, call: Call) -> None:
        """An inbound call: the number's voice URL decides."""
        self._keep(call)
        number = self.numbers.get(call.to)
        if number is not None and number.voice_url:
            call.first = Go(number.voice_url, number.voice_method)
            if number.voice_fallback_url:
                call.fallback = Go(number.voice_fallback_url, number.voice_fallback_method)
            call.callback, call.callback_method = number.status_callback, number.status_callback_method
        call.arrive()

    def place(self, call: Call) -> Call:
        """An outbound call begins."""
        self._keep(call)
        call.set_out()
        return call

    def dial_out(self, parent: Call, noun: Element, caller_id: str, ring_seconds: float) -> Call:
        """The other leg of a <Dial>."""
        names = [child.text for child in noun.children if child.name == "Identity"]
        address = f"client:{names[0] if names else noun.text}" if noun.name == "Client" else noun.text.replace(" ", "")
        call = Call(self, from_=caller_id, to=address, direction="outbound-dial", parent=parent)
        call.ring_seconds = ring_seconds
        if noun.get("url"):
            call.first = Go(parent.document.resolve(noun.get("url")), noun.get("method", "POST"))
        if noun.get("statusCallback"):
            call.callback = parent.document.resolve(noun.get("statusCallback"))
            call.callback_method = noun.get("statusCallbackMethod", "POST")
            call.callback_events = set(noun.get("statusCallbackEvent", "completed").split())
        return self.place(call)

    def may_show(self, caller_id: str, call: Call) -> bool:
        """Whether a caller id may be shown: a number of ours, or the one who called us."""
        return caller_id in self.numbers or caller_id in (call.from_, call.to) or caller_id.startswith("client:")

    def find_call(self, sid: str) -> Call | None:
        return self._calls_by_sid.get(sid)

    def _keep(self, call: Call) -> None:
        self.calls.append(call)
        self._calls_by_sid[call.sid] = call

    def announce_ringing(self, line: Line) -> None:
        for listener in list(self.on_ringing):
            listener(line)
