"""Citizens who call faster than in any real hour, and agents who answer: the load under which processes are killed.

Unlike the demo's crowd, every citizen tells afterwards who ended the call, and every agent ends talks at the desk, since a
telephone that is put down after seconds is a dropped line.
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from ivr.simulator.carrier import Carrier
from ivr.simulator.line import Line, Utterance
from ivr.simulator.phone import Phone
from ivr.simulator.twiml.flow import CANNED_ERROR
from ivr.simulator.twiml.performance import Pressed, Spoke
from ivr.simulator.twiml.sound import spoken_seconds

KEYS = frozenset("0123456789*#")
HANGS_UP = "hangs up"
Errand = Sequence[tuple[str, str]]
"""What is done upon hearing something, the first that fits: a key is pressed, anything else but `HANGS_UP` said."""

_PUT_THROUGH = ("problemer med systemet", HANGS_UP)
PERSON: Errand = (
    ("tak for samtalen", HANGS_UP),
    _PUT_THROUGH,
    ("hvad drejer", "0"),
    ("tast 0 for en medarbejder", "0"),
)
PASSPORT: Errand = (
    ("tak for samtalen", HANGS_UP),
    ("tak for opkaldet", HANGS_UP),
    _PUT_THROUGH,
    ("fik du hjælp", "1"),
    ("tast 1, hvis det er rigtigt", "1"),
    ("et link på sms", "1"),
    ("hvad drejer", "jeg skal have nyt pas"),
    ("drejer det sig om", "1"),
    ("tast 0 for en medarbejder", "0"),
)
PERSON_SHARE, IMPATIENT_SHARE = 0.7, 0.1
_GOODBYES = ("tak for samtalen", "samtalen er slut", "tak for opkaldet", "farvel")
_LOOKS_SECONDS, _PATIENCE_SECONDS = 1.0, 10
_TALK_SECONDS = (3.0, 6.0)


class Citizen:
    """One citizen with one errand."""

    def __init__(self, rush: "Rush", phone: Phone) -> None:
        draw = rush.random
        self._rush, self._delay = rush, draw.uniform(1.0, 2.5)
        self._errand = PERSON if draw.random() < PERSON_SHARE else PASSPORT
        self.has_hung_up = False
        self.line = phone.dial(rush.number)
        self.line.on_heard.append(self._heard)
        if draw.random() < IMPATIENT_SHARE:
            rush.after(draw.uniform(5, 40), self._hang_up)

    @property
    def heard_the_carriers_error(self) -> bool:
        """The carrier got no document, from nobody."""
        return any(utterance.text == CANNED_ERROR for utterance in self.line.heard)

    @property
    def was_put_through(self) -> bool:
        """By a process without a store, to the person who answers then."""
        return any(utterance.contains(_PUT_THROUGH[0]) for utterance in self.line.heard)

    @property
    def is_lost(self) -> bool:
        """Whether the call ended, or never will, without the citizen's doing and without a goodbye."""
        if self.heard_the_carriers_error or self.line.is_live:
            return True
        last = self.line.heard[-3:]
        return not self.has_hung_up and not any(heard.contains(words) for heard in last for words in _GOODBYES)

    def _heard(self, utterance: Utterance) -> None:
        does = next((does for words, does in self._errand if utterance.contains(words)), None)
        if does == HANGS_UP:
            self._rush.after(self._delay, self._hang_up)
        elif does in KEYS:
            self._rush.after(self._delay, lambda: self.line.perceive(Pressed(does)))
        elif does is not None:
            self._rush.after(self._delay, lambda: self.line.perceive(Spoke(does, 0.9, spoken_seconds(does))))

    def _hang_up(self) -> None:
        if self.line.is_live:
            self.has_hung_up = True
            self.line.call.end()


@dataclass
class Agent:
    """One agent: a telephone that is answered, and a desk that is looked at once a second until the day is over."""

    carrier: Carrier
    base: str
    username: str
    password: str
    device: str
    seed: int
    _line: Line | None = None
    _met_at: float | None = None
    _talks_for: float = 0.0
    _http: requests.Session = field(default_factory=requests.Session)
    _draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._http.trust_env = False
        self._draw = random.Random(self.seed)
        self.carrier.phone(self.device).answers(after=self._draw.uniform(1, 3))
        self.carrier.on_ringing.append(self._rings)

    def work(self, over: threading.Event) -> None:
        """Sign in, and do at the desk whatever there is to do."""
        while not over.wait(_LOOKS_SECONDS):
            if "Authorization" in self._http.headers:
                self._look()
            else:
                self._sign_in()

    def _rings(self, line: Line) -> None:
        if line.phone.number == self.device:
            self._line, self._met_at, self._talks_for = line, None, self._draw.uniform(*_TALK_SECONDS)
            line.on_heard.append(lambda heard: self._heard(line, heard))

    def _heard(self, line: Line, utterance: Utterance) -> None:
        if utterance.contains("tast 1"):
            self.carrier.clock.after(1.5, lambda: line.perceive(Pressed("1")))

    def _sign_in(self) -> None:
        answer = self._ask("POST", "/login", {"username": self.username, "password": self.password})
        if answer:
            self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    def _look(self) -> None:
        me = self._ask("GET", "/me") or {"state": "unknown"}
        match me["state"]:
            case "offline" | "break":
                self._ask("PUT", "/me/state", {"state": "ready"})
            case "talking" if self._has_talked_enough():
                self._ask("POST", f"/contacts/{me['contact']}/hang-up")
            case "wrap_up":
                self._ask("POST", f"/contacts/{me['contact']}/wrap-up", {"resolved": "yes"})

    def _has_talked_enough(self) -> bool:
        with self.carrier.clock.lock:
            place = self._line.call.participant if self._line is not None else None
            has_met = place is not None and place.has_joined and place.conference.status == "in-progress"
        if not has_met:
            self._met_at = None
        elif self._met_at is None:
            self._met_at = time.monotonic()
        return self._met_at is not None and time.monotonic() - self._met_at >= self._talks_for

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """The answer; None where there is none, which the next look will make up for."""
        try:
            answer = self._http.request(method, f"{self.base}/api/v1{path}", json=body, timeout=_PATIENCE_SECONDS)
            answer.raise_for_status()
            return answer.json() if answer.content else {}
        except requests.RequestException:
            return None


class Rush:
    """Citizens calling at random moments, so many a second on average, each from a number of their own."""

    def __init__(self, carrier: Carrier, number: str, calls_per_second: float, seed: int) -> None:
        self.number = number
        self.random = random.Random(seed)
        self.citizens: list[Citizen] = []
        self._carrier, self._calls_per_second = carrier, calls_per_second
        self._is_open = False

    def start(self) -> None:
        self._is_open = True
        self._next()

    def stop(self) -> None:
        """No one calls any more; those who are in a call go on."""
        self._is_open = False

    @property
    def is_over(self) -> bool:
        """Whether every call has ended."""
        return not any(citizen.line.is_live for citizen in list(self.citizens))

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do it in a while, as an event of the carrier's clock."""
        self._carrier.clock.after(seconds, act)

    def _next(self) -> None:
        self.after(self.random.expovariate(self._calls_per_second), self._call)

    def _call(self) -> None:
        if self._is_open:
            phone = self._carrier.phone(f"+4520{len(self.citizens):06d}")
            self.citizens.append(Citizen(self, phone))
            self._next()
