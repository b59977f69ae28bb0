"""A small crowd for the demo: citizens who call and agents who answer, reacting to what they hear by the rules of
`crowd.yaml`.

Everything a person does is an event of the carrier's clock, so the crowd runs in virtual time as well as in real time
and, in virtual time, the same for the same seed. Agents reach the product only through its JSON API.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from ivr.simulator.carrier import Carrier
from ivr.simulator.crowd_desk import Desk
from ivr.simulator.line import Line, Utterance
from ivr.simulator.phone import Phone
from ivr.simulator.twiml.performance import Pressed, Spoke
from ivr.simulator.twiml.sound import spoken_seconds

IMPATIENT_SHARE = 0.15
"""Callers who hang up before they have got anywhere."""
LOOKS_IN_SECONDS = 20
"""How often an agent looks at the desk, to come back from a break that a missed call has led to."""
KEYS_SHARE = 0.2
"""Callers who would rather press 0 for a person than speak."""


@dataclass(frozen=True, kw_only=True)
class AgentAccount:
    """An agent of the crowd: how to sign in, and which phone is theirs."""

    username: str
    password: str
    phone: str


def rules() -> dict[str, Any]:
    return yaml.safe_load(files("ivr.simulator").joinpath("crowd.yaml").read_text(encoding="utf-8"))


class Crowd:
    """Callers at `callers_per_minute`, and the agents. `start` and `stop` may be called from any thread."""

    def __init__(
        self,
        carrier: Carrier,
        *,
        number: str,
        product_url: str,
        agents: Sequence[AgentAccount] = (),
        callers: Sequence[str] = (),
        attendants: Sequence[str] = (),
        seed: int = 1,
        callers_per_minute: float = 4.0,
        talk_seconds: tuple[float, float] = (15.0, 60.0),
        most_at_once: int = 20,
        voice: Callable[[str], bytes] | None = None,
    ) -> None:
        self.carrier, self.number = carrier, number
        self.callers_per_minute, self.talk_seconds, self.most_at_once = callers_per_minute, talk_seconds, most_at_once
        self.voice = voice
        """What a sentence sounds like, as µ-law: with it, callers speak aloud where their sound is listened to."""
        self.random = random.Random(seed)
        self.rules = rules()
        self.lines: list[Line] = []
        self.is_running = False
        self._callers = [carrier.phone(caller) for caller in callers or _numbers(seed)]
        self._agents = [
            ScriptedAgent(
                self, carrier.phone(agent.phone), Desk(carrier.clock, product_url, agent.username, agent.password)
            )
            for agent in agents
        ]
        self._attendants = [ScriptedAttendant(self, carrier.phone(number)) for number in attendants]

    def start(self) -> "Crowd":
        with self.carrier.clock.lock:
            self.is_running = True
            self.carrier.on_ringing.append(self._rings)
            for agent in self._agents:
                agent.desk.sign_in()
                self.after(LOOKS_IN_SECONDS, agent.looks_in)
            self._next_caller()
        return self

    def stop(self) -> None:
        """No one calls any more, those in a call hang up, and the agents go home, whether or not anybody hears of it."""
        with self.carrier.clock.lock:
            self.is_running = False
            if self._rings in self.carrier.on_ringing:
                self.carrier.on_ringing.remove(self._rings)
            for line in self.lines:
                line.call.end()
            for agent in self._agents:
                agent.desk.leave()

    @property
    def is_at_work(self) -> bool:
        """Whether every agent has signed in."""
        return all(agent.desk.is_signed_in for agent in self._agents)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do it in a while, unless the crowd has been stopped by then."""

        def act_if_running() -> None:
            if self.is_running:
                act()

        self.carrier.clock.after(seconds, act_if_running)

    def _next_caller(self) -> None:
        if self.callers_per_minute > 0:
            self.after(self.random.expovariate(self.callers_per_minute / 60), self._call)

    def _call(self) -> None:
        self.lines = [line for line in self.lines if line.is_live]
        idle = [phone for phone in self._callers if not any(line.is_live for line in phone.lines)]
        if idle and len(self.lines) < self.most_at_once:
            self.lines.append(ScriptedCaller(self, self.random.choice(idle)).line)
        self._next_caller()

    def _rings(self, line: Line) -> None:
        for person in (*self._agents, *self._attendants):
            if person.phone is line.phone:
                person.is_rung(line)


class ScriptedCaller:
    """One citizen with one matter."""

    def __init__(self, crowd: Crowd, phone: Phone) -> None:
        self.crowd = crowd
        self.topic = crowd.random.choice(sorted(crowd.rules["topics"]))
        self.prefers_keys = crowd.random.random() < KEYS_SHARE
        self.line = phone.dial(crowd.number)
        self.line.on_heard.append(self._heard)
        if crowd.random.random() < IMPATIENT_SHARE:
            crowd.after(crowd.random.uniform(5, 60), self.line.call.end)

    def _heard(self, utterance: Utterance) -> None:
        rule = matching(self.crowd.rules["callers"], utterance)
        if rule is None:
            return
        # People wait for the end of the sentence, most of the time.
        delay = spoken_seconds(utterance.text) * self.crowd.random.uniform(0.6, 1.0) + self.crowd.random.uniform(
            0.5, 2.0
        )
        if rule.get("does") == "hangs_up":
            self.crowd.after(delay, self.line.call.end)
        elif "presses" in rule:
            react(self.crowd, self.line, delay, Pressed(self.crowd.random.choice(list(rule["presses"]))))
        elif self.prefers_keys:
            react(self.crowd, self.line, delay, Pressed("0"))
        else:
            words = self.crowd.random.choice(self.crowd.rules["topics"][self.topic])
            text = rule["says"].replace("{topic}", words)
            confidence = round(self.crowd.random.uniform(0.6, 0.97), 2)
            self.crowd.after(delay, lambda: self._say(text, confidence))

    def _say(self, text: str, confidence: float) -> None:
        if self.crowd.voice is not None and self.line.is_listened_to:
            self.line.utter(self.crowd.voice(text))
        else:
            self.line.perceive(Spoke(text, confidence, spoken_seconds(text)))


class ScriptedAgent:
    """One agent: answers, presses 1 after the whisper, talks, hangs up, wraps up and is ready again."""

    def __init__(self, crowd: Crowd, phone: Phone, desk: Desk) -> None:
        self.crowd, self.phone, self.desk = crowd, phone, desk

    def is_rung(self, line: Line) -> None:
        line.on_heard.append(lambda utterance: self._heard(line, utterance))
        line.on_ended.append(lambda: self.crowd.after(self.crowd.random.uniform(3, 8), self._wrap_up))
        self.crowd.after(self.crowd.random.uniform(1, 3.5), line.call.answer)

    def _heard(self, line: Line, utterance: Utterance) -> None:
        rule = matching(self.crowd.rules["agents"], utterance)
        if rule is not None:
            react(self.crowd, line, self.crowd.random.uniform(1, 2.5), Pressed(rule["presses"]))
            self.crowd.after(self.crowd.random.uniform(*self.crowd.talk_seconds), line.call.end)

    def looks_in(self) -> None:
        """Back from a break, and done with what was left over."""
        if not any(line.is_live for line in self.phone.lines):
            self.desk.wrap_up({"resolved": "yes"})
        self.crowd.after(LOOKS_IN_SECONDS, self.looks_in)

    def _wrap_up(self) -> None:
        """What a person does after a talk: settled for most, with a word about why when not."""
        settled = self.crowd.random.random() < 0.75
        self.desk.wrap_up(
            {"resolved": "yes" if settled else "no", **({} if settled else {"note": "Borgeren ringer igen"})}
        )


class ScriptedAttendant:
    """Somebody at a telephone that the product is not asked about: answers, says a sentence, and talks for a while."""

    def __init__(self, crowd: Crowd, phone: Phone) -> None:
        self.crowd, self.phone = crowd, phone

    def is_rung(self, line: Line) -> None:
        self.crowd.after(self.crowd.random.uniform(1.5, 4), lambda: self._answer(line))

    def _answer(self, line: Line) -> None:
        line.call.answer()
        greeting = self.crowd.rules["attendants"]["say"]
        react(self.crowd, line, 1, Spoke(greeting, 1.0, spoken_seconds(greeting)))
        self.crowd.after(self.crowd.random.uniform(*self.crowd.talk_seconds), line.call.end)


def matching(known: list[dict[str, Any]], utterance: Utterance) -> dict[str, Any] | None:
    return next((rule for rule in known if utterance.contains(rule["hears"])), None)


def react(crowd: Crowd, line: Line, delay: float, occurrence: Pressed | Spoke) -> None:
    crowd.after(delay, lambda: line.perceive(occurrence))


def _numbers(seed: int) -> list[str]:
    """Forty citizens."""
    draw = random.Random(f"numbers/{seed}")
    return sorted({f"+4520{draw.randrange(10**6):06d}" for _ in range(40)})
