"""Plays a transcript in a town: the caller's line, agents at their desks, named employees at their telephones."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import text

from ivr.adapters.store import contacts, events
from ivr.adapters.store.contacts import Contact
from ivr.simulator.line import Line
from ivr.simulator.phone import Phone
from tests.kit.town import KAREN, MAIN, PASSWORD, ROOT, Desk, Town
from tests.kit.transcript import Step, Transcript

NUMBERS = {
    "karen": KAREN,
    "hidden": KAREN,
    "landline": "+4575301010",
    "ported": "+4520304079",  # reads as a mobile, and is a landline: numbers are portable
    "exempt": "+4520304061",
    "the duty line": "+4572001288",
    "the fallback": "+4572001299",
}
_LANDLINES = {"landline", "ported"}
_OF_MUMBLED_WORDS = 0.1  # confidence
_LONGEST_QUESTION_SECONDS = 120
_LOOK_EACH_SECONDS = 4
_VISITORS = {
    "a browser": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "a previewer": "WhatsApp/2.23.20.0",
}


@cache
def _employees() -> Mapping[str, str]:
    with open(ROOT / "demo" / "directory.csv", encoding="utf-8", newline="") as file:
        return {row["name"]: row["phone"] for row in csv.DictReader(file)}


@dataclass
class Stage:
    """Where one transcript is played. `line` is the caller's telephone line."""

    town: Town
    transcript: Transcript
    line: Line = field(init=False)
    desks: dict[str, Desk] = field(default_factory=dict)
    agent_lines: dict[str, Line] = field(default_factory=dict)
    _lines: list[Line] = field(default_factory=list)

    def play(self) -> None:
        """From the first ring to the outcome."""
        for agent in self.transcript.agents:
            desk = self.town.agent(agent["name"], groups=agent["groups"], skills=agent.get("skills", ""))
            self.desks[agent["name"]] = desk if agent.get("ready") == "false" else desk.ready()
        for earlier in self.transcript.earlier:
            self._call(earlier.caller)
            self._steps(earlier.dialogue)
        self._lines.clear()
        self._call(self.transcript.caller)
        self._steps(self.transcript.dialogue)
        self._ends(self.transcript.ends)

    def phone(self, whose: str) -> Phone:
        """The telephone of a kind of caller, of an employee, or with a number."""
        number = NUMBERS.get(whose) or _employees().get(whose) or whose
        assert number.startswith("+"), f"nobody is called {whose!r} here"
        return self.town.carrier.phone(number, landline=whose in _LANDLINES)

    def _call(self, caller: str) -> None:
        self.line = self.phone(caller).call(MAIN, caller_id="anonymous" if caller == "hidden" else None)
        self._lines.append(self.line)

    def _steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            try:
                getattr(self, f"_{step.what}")(step.value)
            except AssertionError as error:
                error.add_note(f"{step.place}  {step.what}: {step.value}\n{self.line.transcript()}")
                raise

    # What the caller does and hears.

    def _hears(self, words: str | list[str]) -> None:
        for fragment in [words] if isinstance(words, str) else words:
            self.line.hears(fragment, within=_LONGEST_QUESTION_SECONDS)

    def _hears_no(self, words: str) -> None:
        self.line.hears_no(words)

    def _says(self, words: str) -> None:
        self.line.say(words)

    def _mumbles(self, words: str) -> None:
        self.line.say(words, confidence=_OF_MUMBLED_WORDS)

    def _presses(self, keys: str) -> None:
        self.line.press(keys)

    def _silent(self, _: str) -> None:
        """Until whatever was asked has been given up and something else is heard."""
        document = self.line.call.document
        self.town.clock.run(_LONGEST_QUESTION_SECONDS, lambda: self.line.call.document is not document)

    def _waits(self, seconds: str) -> None:
        self.town.wait_long(int(seconds), look_each=_LOOK_EACH_SECONDS)

    def _hangs_up(self, _: str) -> None:
        self.line.hang_up()

    def _call_ends(self, _: str) -> None:
        self.line.ends()

    def _calls_again(self, _: str) -> None:
        self._call(self.transcript.caller)

    def _talks_with(self, who: str) -> None:
        other = self.agent_lines.get(who) or self.phone(who).lines[-1]
        self.town.clock.run(30, lambda: self.town.carrier.talks(self.line, other))
        assert self.town.carrier.talks(self.line, other), f"the caller and {who} do not hear each other"

    # Those at the other end.

    def _agent(self, act: Mapping[str, Any]) -> None:
        desk = self.desks[act["name"]]
        if "does" in act:
            _AGENT_ACTS[act["does"]](self, desk)
        if "hears" in act:
            self.agent_lines[act["name"]].hears(act["hears"])
        if "sees" in act:
            pop = desk.pop
            seen = {key: _as_written(pop[key]) for key in act["sees"]}
            assert seen == act["sees"]
        if "reads" in act:
            assert act["reads"] in self._desk_page(desk)

    def _desk_page(self, desk: Desk) -> str:
        """The desk as the agent's browser shows it."""
        http = type(self.town.http)()
        http.trust_env = False
        page = http.get(f"{self.town.url}/login", timeout=20).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"username": desk.username, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        http.post(f"{self.town.url}/login", data=form, timeout=20)
        return http.get(f"{self.town.url}/desk", timeout=20).text

    def _phone(self, act: Mapping[str, Any]) -> None:
        phone = self.phone(act["of"])
        if "does" in act:
            _PHONE_ACTS[act["does"]](phone)
        if "hears" in act:
            phone.lines[-1].hears(act["hears"])

    def _receives(self, fragment: str) -> None:
        """The last text on the caller's telephone."""
        self.town.wait(3)
        inbox = self.phone(self.transcript.caller).inbox
        assert inbox, "no text has arrived"
        assert fragment in inbox[-1].text

    def _writes(self, body: str) -> None:
        self.phone(self.transcript.caller).text(MAIN, body)
        self.town.wait(3)

    def _link(self, visit: Mapping[str, str]) -> None:
        """Somebody, or something, opens the link of the last text."""
        self.town.wait(5)
        address = re.search(r"https?://\S+/l/\w+", self.town.carrier.messages.all[-1].body)
        assert address is not None
        headers = {"User-Agent": _VISITORS[visit["opened_by"]]}
        answer = self.town.http.get(address[0], headers=headers, allow_redirects=False, timeout=20)
        assert (answer.status_code, answer.headers.get("Location")) == (302, visit["leads_to"])

    # How it ends.

    def _ends(self, expected: Mapping[str, Any]) -> None:
        if self.line.is_live:
            self.line.ends()
        self.town.wait(5)
        try:
            self._check(expected)
        except AssertionError as error:
            error.add_note("\n\n".join(line.transcript() for line in self._lines))
            raise
        self.town.is_tidy()

    def _check(self, expected: Mapping[str, Any]) -> None:
        contact, facts = self._contact()
        assert (contact.outcome, contact.language) == (expected["outcome"], self.transcript.language), facts
        assert self._texts() == self._expected_texts(expected.get("sms"))
        assert _in_order(expected.get("facts", []), facts), f"expected {expected['facts']} in this order in {facts}"
        counts = {kind: facts.count(kind) for kind in (*expected.get("once", []), *expected.get("never", []))}
        assert counts == dict.fromkeys(expected.get("once", []), 1) | dict.fromkeys(expected.get("never", []), 0)
        for fragment in expected.get("never_heard", []):
            assert not any(heard.contains(fragment) for line in self._lines for heard in line.heard), fragment
        if expected.get("caller_kept") == "false":
            assert (contact.caller, contact.caller_pseudonym, contact.anonymous) == (None, None, True)

    def _contact(self) -> tuple[Contact, list[str]]:
        """The contact of the caller's last call, and the kinds of its facts."""
        with self.town.engine.connect() as db:
            query = text("SELECT contact_id FROM legs WHERE call_id = :call")
            contact_id = str(db.execute(query, {"call": self.line.sid}).scalar_one())
            found = contacts.get(db, contact_id)
            assert found is not None
            return found, [fact.kind for fact in events.of_contact(db, contact_id)]

    def _texts(self) -> list[tuple[str, str]]:
        """The topic and the receiver of every link that arrived as a text."""
        with self.town.engine.connect() as db:
            topics = {row.code: row.topic for row in db.execute(text("SELECT code, topic FROM links"))}
        arrived = [sms for sms in self.town.carrier.messages.all if sms.status == "delivered" and "/l/" in sms.body]
        return [(topics[sms.body.split("/l/")[1].split()[0]], sms.to) for sms in arrived]

    def _expected_texts(self, sms: Any) -> list[tuple[str, str]]:
        if sms is None:
            return []
        if isinstance(sms, str):
            return [(sms, self.phone(self.transcript.caller).number)]
        return [(sms["topic"], sms["to"])]


def _in_order(wanted: list[str], facts: list[str]) -> bool:
    left = iter(facts)
    return all(kind in left for kind in wanted)


def _as_written(value: Any) -> Any:
    """What a screen pop holds, as it is written in a transcript; of cases only the numbers."""
    if isinstance(value, list):
        return [case["case_number"] for case in value]
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else value


def _takes(stage: Stage, desk: Desk) -> None:
    stage.agent_lines[desk.username] = desk.takes()


def _answers(stage: Stage, desk: Desk) -> None:
    stage.agent_lines[desk.username] = desk.phone.rings().answer()


def _presses_1(stage: Stage, desk: Desk) -> None:
    stage.agent_lines[desk.username].press("1")


def _hangs_up(stage: Stage, desk: Desk) -> None:
    stage.agent_lines[desk.username].hang_up()


def _misses(stage: Stage, desk: Desk) -> None:
    desk.phone.rings()
    stage.town.wait(35)


_AGENT_ACTS: Mapping[str, Callable[[Stage, Desk], Any]] = {
    "is ready": lambda stage, desk: desk.ready(),
    "goes home": lambda stage, desk: desk.wishes("offline"),
    "is rung": lambda stage, desk: desk.phone.rings(),
    "is not rung": lambda stage, desk: desk.phone.does_not_ring(),
    "takes the call": _takes,
    "answers": _answers,
    "presses 1": _presses_1,
    "declines": lambda stage, desk: desk.phone.rings().decline(),
    "does not answer": _misses,
    "hangs up the telephone": _hangs_up,
    "hangs up at the desk": lambda stage, desk: desk.does("hang-up", desk.pop["id"]),
    "has settled the matter": lambda stage, desk: desk.wraps_up("yes"),
    "has not settled the matter": lambda stage, desk: desk.wraps_up("no"),
}

_PHONE_ACTS: Mapping[str, Callable[[Phone], Any]] = {
    "answers": lambda phone: phone.rings().answer(),
    "answers and presses 1": lambda phone: phone.rings().answer().press("1"),
    "presses 1": lambda phone: phone.lines[-1].press("1"),
    "hangs up": lambda phone: phone.lines[-1].hang_up(),
    "is busy": lambda phone: phone.busy(),
    "is switched off": lambda phone: phone.switched_off(),
    "declines": lambda phone: phone.rings().decline(),
    "has a voicemail": lambda phone: phone.voicemail(after=5),
    "rings": lambda phone: phone.rings(),
    "does not ring": lambda phone: phone.does_not_ring(),
}
