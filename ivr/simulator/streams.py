"""Media streams of a call: one-way copies of its sound, sent to the product over a WebSocket while the call goes on.

A stream is set up beside the document under way and lives on across documents, until it is stopped by name, by REST or
by either end of the socket, or the call ends. Source: twilio.com/docs/voice/twiml/stream, …/media-streams; errors
twilio.com/docs/api/errors/31901, 31902, 31920 to 31924, 31941.

Frames keep the pace of the carrier's clock. In virtual time a step of the clock first sends its frames and then waits a
tenth of their length on the wall, so that whoever listens hears a stream ten times as fast as in life, and is heard
when it acts upon it.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ivr.simulator import problems
from ivr.simulator.clock import VirtualClock
from ivr.simulator.media import FRAME_MILLISECONDS, Messages
from ivr.simulator.problems import UnusableError
from ivr.simulator.track import RATE, SILENCE
from ivr.simulator.webhooks import signature
from ivr.simulator.wire import NORMAL_CLOSURE, Wire

if TYPE_CHECKING:
    from ivr.simulator.call import Call

TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}
MOST_TRACKS = 4
"""Of all streams of a call at a time."""
FRAME = timedelta(milliseconds=FRAME_MILLISECONDS)
VIRTUAL_STEP = timedelta(milliseconds=100)
HASTE_IN_VIRTUAL_TIME = 10
LONGEST_LATE_START_SECONDS = 6
LONGEST_BEFORE_BREAKING_OFF_SECONDS = 6
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, kw_only=True)
class Order:
    """A stream as it was asked for, by a document or by REST."""

    url: str
    name: str = ""
    track: str = "inbound_track"
    callback: str = ""
    callback_method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)


def socket_address(url: str, base: str = "") -> str:
    """The address of the WebSocket. Raises `UnusableError`.

    Only wss is allowed. On loopback, where there are no certificates, ws is too.
    """
    if not urlsplit(url).scheme:
        if not base:
            raise UnusableError(problems.RELATIVE_WITHOUT_BASE, f"relative address {url!r} without a base", url)
        url = urljoin(base, url).replace("http", "ws", 1)
    parts = urlsplit(url)
    if parts.scheme != "wss" and not (parts.scheme == "ws" and parts.hostname in LOOPBACK):
        raise UnusableError(problems.STREAM_SCHEME, f"a stream goes to a wss address, not {url!r}", url)
    if not parts.hostname or parts.query or parts.fragment:
        text = f"{url!r}: a host and a path, without a query string (use <Parameter>)"
        raise UnusableError(problems.STREAM_URL, text, url)
    return url


class Streams:
    """All streams of one call, the stopped ones as well."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self.all: list[Stream] = []

    @property
    def live(self) -> list["Stream"]:
        return [stream for stream in self.all if stream.is_live]

    def start(self, order: Order, base: str = "") -> "Stream":
        """Set a stream up; nothing has been sent when this returns. One that cannot be is told as its error."""
        stream = Stream(self._call, order)
        try:
            self._check(order)
            stream.set_up(socket_address(order.url, base))
        except UnusableError as bad:
            stream.fail(bad.code, bad.text)
        self.all.append(stream)
        return stream

    def stop(self, name_or_sid: str) -> "Stream | None":
        """The live stream with that name or identifier ends; None where there is none."""
        found = next((stream for stream in self.live if name_or_sid and stream.is_called(name_or_sid)), None)
        if found is not None:
            found.stop()
        return found

    def end(self) -> None:
        """The call is over."""
        for stream in self.live:
            stream.stop()

    def cut(self) -> None:
        """The carrier goes out of business: no message, no report."""
        for stream in self.live:
            stream.cut()

    def _check(self, order: Order) -> None:
        # Neither limit has a documented code of its own.
        if order.name and any(stream.order.name == order.name for stream in self.live):
            raise UnusableError(problems.SCHEMA_WARNING, f"the call has a stream named {order.name!r} already")
        if sum(len(stream.tracks) for stream in self.live) + len(TRACKS[order.track]) > MOST_TRACKS:
            raise UnusableError(problems.SCHEMA_WARNING, f"at most {MOST_TRACKS} tracks of a call at a time")


class Stream:
    """One stream. Its methods are called under the clock's lock; the socket is used without it, by one event at a time."""

    def __init__(self, call: "Call", order: Order) -> None:
        self._call, self._carrier, self._clock = call, call.carrier, call.carrier.clock
        self.order = order
        self.sid = call.carrier.identifiers.new("MZ")
        self.tracks = TRACKS[order.track]
        self.is_live = True
        self.updated_at = self._clock.now()
        self._messages = Messages(stream_sid=self.sid, account_sid=self._carrier.account_sid, call_sid=call.sid)
        self._wire: Wire | None = None
        self._is_sending = False
        self._sent_until = self._clock.now()
        self._breaks_off_at: datetime | None = None
        is_virtual = isinstance(self._clock, VirtualClock)
        self._step = VIRTUAL_STEP if is_virtual else FRAME
        self._haste = HASTE_IN_VIRTUAL_TIME if is_virtual else None

    @property
    def call_sid(self) -> str:
        return self._call.sid

    def is_called(self, name_or_sid: str) -> bool:
        return name_or_sid in (self.sid, self.order.name)

    # Setting up.

    def set_up(self, address: str) -> None:
        mischief = self._carrier.mischief
        if mischief.strikes("stream_never_starts", self.sid):
            return
        late = (
            mischief.seconds("stream_starts_late", LONGEST_LATE_START_SECONDS)
            if mischief.strikes("stream_starts_late", self.sid)
            else 0.0
        )
        self._clock.after(late, lambda: self._connect(address))

    def _connect(self, address: str) -> None:
        if self.is_live:
            self._clock.outside(lambda: self._opened(address), self._begin)

    def _opened(self, address: str) -> Wire | UnusableError:
        try:
            return Wire(address, signature(self._carrier.auth_token, address, {}))
        except UnusableError as trouble:
            return trouble

    def _begin(self, opened: Wire | UnusableError) -> None:
        if isinstance(opened, UnusableError):
            if self.is_live:
                self.fail(opened.code, opened.text, opened.url)
            return
        self._wire = opened
        if not self.is_live:
            self._clock.outside(opened.close, lambda done: None)
            return
        self._sent_until = self._clock.now()
        mischief = self._carrier.mischief
        if mischief.strikes("stream_breaks_off", self.sid):
            seconds = mischief.seconds("stream_breaks_off", LONGEST_BEFORE_BREAKING_OFF_SECONDS)
            self._breaks_off_at = self._carrier.later(seconds)
        self._tell("stream-started")
        self._send([self._messages.connected(), self._messages.start(self.tracks, self.order.parameters)])

    # Under way.

    def _send(self, messages: Iterable[str], wall_seconds: float = 0.0) -> None:
        wire = self._wire
        assert wire is not None
        self._is_sending = True

        def send() -> int:
            closed = wire.send(messages)
            time.sleep(wall_seconds)
            return closed

        self._clock.outside(send, self._sent)

    def _sent(self, closed: int) -> None:
        self._is_sending = False
        if closed:
            if self.is_live:
                self._is_closed_with(closed)
        elif not self.is_live:
            if self._wire is not None:
                self._say_goodbye(self._wire)
        else:
            wait = self._sent_until + self._step - self._clock.now()
            self._clock.after(wait.total_seconds(), self._next)

    def _next(self) -> None:
        if not self.is_live:
            return
        if self._breaks_off_at is not None and self._clock.now() >= self._breaks_off_at:
            self.cut()
            return
        begin = self._sent_until
        frames = (self._clock.now() - begin) // FRAME
        self._sent_until = end = begin + frames * FRAME
        sounds = {
            "inbound": self._call.track.between(begin, end),
            "outbound": SILENCE * (frames * RATE * FRAME_MILLISECONDS // 1000),
        }
        messages = [text for track in self.tracks for text in self._messages.media(track, sounds[track])]
        self._send(messages, (end - begin).total_seconds() / self._haste if self._haste else 0.0)

    # The end.

    def stop(self) -> None:
        """No sound goes out any more; the last message and the report follow."""
        self._is_over()
        if self._wire is not None and not self._is_sending:
            self._say_goodbye(self._wire)

    def cut(self) -> None:
        """The connection is lost from one moment to the next."""
        self._is_over()
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.drop()

    def fail(self, code: int, text: str, url: str = "") -> None:
        self._is_over()
        self._call.report(code, f"stream {self.order.name or self.sid}: {text}", url or self.order.url)
        self._tell("stream-error", StreamError=text)

    def _is_closed_with(self, code: int) -> None:
        """The product has closed the socket, which it may."""
        if code == NORMAL_CLOSURE:
            self._is_over()
            self._tell("stream-stopped")
        else:
            self.fail(problems.STREAM_CLOSED, f"the socket was closed with {code}")

    def _say_goodbye(self, wire: Wire) -> None:
        last = self._messages.stop()

        def leave() -> None:
            wire.send([last])
            wire.close()

        self._clock.outside(leave, lambda done: self._tell("stream-stopped"))

    def _is_over(self) -> None:
        self.is_live, self.updated_at = False, self._clock.now()

    def _tell(self, event: str, **more: str) -> None:
        fields = {
            "AccountSid": self._carrier.account_sid,
            "CallSid": self._call.sid,
            "StreamSid": self.sid,
            "StreamName": self.order.name or self.sid,
            "StreamEvent": event,
            "Timestamp": self._clock.now().isoformat(timespec="milliseconds"),
        }
        self._carrier.webhooks.tell(self.order.callback, self.order.callback_method, fields | more)
