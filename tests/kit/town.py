"""Lillebælt Kommune in a test: the engine behind real HTTP, the simulated carrier, phones and desks, and a clock by hand.

Time moves only when a phone waits for something or `town.wait` is called. After every event of the carrier, and once a
second, the dispatcher does everything that is due, in the same thread; nothing sleeps.
"""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, text

from ivr.adapters.carrier.numbers import wanted
from ivr.adapters.files import hearings, plan_files
from ivr.adapters.store import agents as staff
from ivr.adapters.store import cases, contacts, directory, events
from ivr.adapters.store.contacts import Contact
from ivr.assembly import Parts, assemble
from ivr.dispatcher.loop import InTurn
from ivr.operations import dialplan
from ivr.operations.agents import hashed
from ivr.operations.plans import Plans, compile_sources
from ivr.operations.work import Operations, Work
from ivr.settings import Settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.clock import VirtualClock
from ivr.simulator.line import Line
from ivr.simulator.mischief import Mischief
from ivr.simulator.phone import Phone
from ivr.simulator.serving import serve
from ivr.web.app import create_app
from tests.kit.clock import HandMovedClock

ROOT = Path(__file__).parents[2]
MAIN = "+4572001234"
KAREN = "+4520304059"
TRAINED = Path(os.environ["IVR_TRAINED"])
ACCOUNT, TOKEN = "AC" + "0" * 32, "a secret of the carrier's"
OPEN = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
PASSWORD = "a good password"


compiled = partial(compile_sources, learn=partial(hearings.of_sources, TRAINED))
"""`compile_sources` with what was learnt before."""


@cache
def plans() -> Plans:
    """One set of compiled plans for all tests: compiling is the dearest thing they do."""
    return Plans(compiled)


@cache
def _password_hash() -> str:
    return hashed(PASSWORD)


@cache
def sources() -> dict[str, str]:
    return plan_files.read_sources(ROOT / "routes.yaml", ROOT / "grammars")


def hire(work: Work, username: str, device: str, groups: str, skills: str = "", role: str = "agent") -> None:
    """Somebody joins the staff, with the password that everybody has."""
    levels = {name: int(level) for name, level in (part.split(":") for part in skills.split(";") if part)}
    values = {
        "id": work.new_id(),
        "username": username,
        "name": username.title(),
        "role": role,
        "device": device,
        "password_hash": _password_hash(),
        "since": work.now,
    }
    staff.save(work.db, values, frozenset(groups.split(";")), levels)


@dataclass
class Desk:
    """An agent at the web desk, through the JSON API, and the telephone beside it."""

    town: "Town"
    username: str
    phone: Phone
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.town.http.request(method, f"{self.town.url}/api/v1{path}", json=body, headers=headers, timeout=20)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_in(self) -> "Desk":
        self.token = self.ask("POST", "/login", {"username": self.username, "password": PASSWORD})["token"]
        return self

    def ready(self) -> "Desk":
        return self.wishes("ready")

    def wishes(self, state: str, reason: str | None = None) -> "Desk":
        self.ask("PUT", "/me/state", {"state": state, **({"reason": reason} if reason else {})})
        self.town.settle()
        return self

    @property
    def state(self) -> str:
        return self.ask("GET", "/me")["state"]

    @property
    def pop(self) -> dict[str, Any]:
        """The screen pop; fails where there is none."""
        answer = self.ask("GET", "/me/contact")
        assert answer is not None, f"{self.username} sees no contact"
        return answer

    def does(self, what: str, contact: str, body: Any = None, *, status: int = 200) -> Any:
        """An act on a contact: accept, decline, hold, resume, hang-up, link, wrap-up."""
        answer = self.town.http.post(
            f"{self.town.url}/api/v1/contacts/{contact}/{what}",
            json=body or {},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )
        assert answer.status_code in ((200, 204) if status == 200 else (status,)), f"{what}: {answer.text}"
        self.town.settle()
        return answer.json() if answer.content else None

    def wraps_up(self, resolved: str = "yes", **more: str) -> None:
        self.does("wrap-up", self.pop["id"], {"resolved": resolved, **more})

    def takes(self, within: float = 15) -> Line:
        """Picks up, hears the whisper, presses 1 and is in the conversation."""
        line = self.phone.rings(within).answer()
        line.hears("Tast 1")
        line.press("1")
        line.joins_conference()
        return line


@dataclass
class Town:
    """Everything of one test. `url` is the engine's own address."""

    carrier: Carrier
    clock: VirtualClock
    parts: Parts
    url: str
    http: requests.Session = field(default_factory=requests.Session)
    is_dispatching: bool = True
    _dispatcher: InTurn = field(init=False)

    def __post_init__(self) -> None:
        self._dispatcher = InTurn(self.parts)

    @property
    def engine(self) -> Engine:
        return self.parts.engine

    @property
    def operations(self) -> Operations:
        return self.parts.operations

    def settle(self) -> None:
        """A dispatcher does all there is to do, then what the carrier answers with is heard, until nothing moves."""
        if self.is_dispatching:
            InTurn(self.parts).step(self.clock.now())
        self.carrier.advance(0.2)

    def dispatch(self) -> None:
        """What a dispatcher does now, by the town's clock; nothing while there is none."""
        if self.is_dispatching:
            self._dispatcher.step(self.clock.now())

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.carrier.advance(seconds)

    def wait_long(self, seconds: int, *, look_each: int = 60) -> None:
        """A quiet time goes by, in which the dispatcher looks once in `look_each` seconds: that much cheaper."""
        for begun in range(0, seconds, look_each):
            self.is_dispatching = False
            self.carrier.advance(min(look_each, seconds - begun) - 1)
            self.is_dispatching = True
            self.carrier.advance(1)

    def calls(self, number: str = KAREN, **how: Any) -> Line:
        """Somebody calls the main number."""
        return self.carrier.phone(number).call(MAIN, **how)

    def agent(self, username: str, *, groups: str = "borgerservice", skills: str = "", role: str = "agent") -> Desk:
        """A member of staff, signed in at the desk, not ready yet."""
        device = f"+457200{1300 + len(self.desks):04d}"
        self.operations.run(hire, username, device, groups, skills, role)
        desk = Desk(self, username, self.carrier.phone(device)).sign_in()
        self.desks.append(desk)
        return desk

    desks: list[Desk] = field(default_factory=list)

    def contact(self, index: int = -1) -> Contact:
        """A contact of this test, the latest unless told otherwise."""
        with self.engine.connect() as db:
            ids = [row.id for row in db.execute(text("SELECT id FROM contacts ORDER BY started_at, id"))]
            found = contacts.get(db, str(ids[index]))
        assert found is not None
        return found

    def facts(self, index: int = -1) -> list[str]:
        """The kinds of what is in the log about a contact, in order."""
        with self.engine.connect() as db:
            return [fact.kind for fact in events.of_contact(db, self.contact(index).id)]

    def is_tidy(self) -> None:
        """No ghosts: every contact that ended has its one outcome, nothing live refers to an ended contact."""
        with self.engine.connect() as db:
            ghosts = db.execute(text(_GHOSTS)).all()
        assert ghosts == []
        assert self.carrier.problems == []


_GHOSTS = """
    SELECT 'entry' AS what, e.id FROM queue_entries e JOIN contacts c ON c.id = e.contact_id
        WHERE e.state IN ('waiting', 'offered', 'connected') AND c.ended_at IS NOT NULL
    UNION ALL SELECT 'engagement', g.id FROM engagements g JOIN contacts c ON c.id = g.contact_id
        WHERE g.state IN ('ringing', 'accepted', 'connected', 'wrap_up') AND c.ended_at IS NOT NULL
    UNION ALL SELECT 'busy agent', a.id FROM agents a WHERE a.state IN ('offered', 'talking', 'wrap_up')
        AND NOT EXISTS (SELECT 1 FROM engagements g WHERE g.agent_id = a.id
                        AND g.state IN ('ringing', 'accepted', 'connected', 'wrap_up'))
    UNION ALL SELECT 'idle engagement', g.id FROM engagements g JOIN agents a ON a.id = g.agent_id
        WHERE g.state IN ('ringing', 'accepted', 'connected', 'wrap_up') AND a.state NOT IN ('offered', 'talking', 'wrap_up')
    UNION ALL SELECT 'contact', c.id FROM contacts c WHERE c.ended_at IS NULL AND c.line_ended_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM engagements g WHERE g.contact_id = c.id
                        AND g.state IN ('ringing', 'accepted', 'connected', 'wrap_up'))
        AND NOT EXISTS (SELECT 1 FROM queue_entries e WHERE e.contact_id = c.id AND e.state = 'callback')
    UNION ALL SELECT 'callback', b.id FROM callbacks b JOIN contacts c ON c.id = b.contact_id
        WHERE b.state = 'open' AND c.ended_at IS NOT NULL
"""


@contextmanager
def open_town(
    database_url: str,
    var: Path,
    *,
    now: datetime = OPEN,
    mischief: Mischief | None = None,
    last_statement_seconds: float = 60,
) -> Iterator[Town]:
    """A town at `now`, with an empty database and the demo's directory and cases.

    On virtual time nobody waits, however slow the machine: webhooks have a minute for what they do in a real second.
    """
    clock = VirtualClock(start=now)
    carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=clock, mischief=mischief or Mischief.none())
    with carrier.serve_rest() as rest:
        # The engine must know its public address before it is made: a free port is taken first.
        with serve_later() as front:
            settings = Settings(
                public_url=front.url,
                secret_key="a secret of the town's, long enough",
                twilio_account_sid=ACCOUNT,
                twilio_auth_token=TOKEN,
                twilio_api_url=rest,
                routes=ROOT / "routes.yaml",
                grammars=ROOT / "grammars",
                var=var,
                trained=TRAINED,
            )
            parts = assemble(settings, database_url, clock=HandMovedClock(clock), plans=plans())
            parts.operations.run(dialplan.take_up, sources())
            furnish(parts)
            front.app = create_app(parts, last_statement_seconds=last_statement_seconds)
            set_up(carrier, front.url)
            town = Town(carrier=carrier, clock=clock, parts=parts, url=front.url)
            town.http.trust_env = False
            carrier.after_event(town.dispatch)
            _tick(town)
            try:
                yield town
            finally:
                parts.engine.dispose()


def set_up(carrier: Carrier, public_url: str) -> None:
    """What `ivr carrier setup` writes to the main number, except that nobody hosts a fallback."""
    setup = wanted(public_url, fallback_url="")
    carrier.number(MAIN, voice_url=setup.voice_url, status_callback=setup.status_callback, sms_url=setup.sms_url)


def _tick(town: Town) -> None:
    """The carrier may be silent for long; the dispatcher looks at its timers once a second all the same."""
    town.clock.after(1, lambda: _tick(town))


@dataclass
class Front:
    """A WSGI door whose application is put in later."""

    url: str = ""
    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


@contextmanager
def serve_later() -> Iterator[Front]:
    front = Front()
    with serve(front) as url:  # type: ignore[arg-type]
        front.url = url
        yield front


def furnish(parts: Parts) -> None:
    def move_in(work: Work) -> None:
        plan = work.plans.current(work.db).plan
        ids = {name: d.id for d in plan.flow.departments.values() for name in d.name.values()}
        people = []
        for row in _rows("directory"):
            until = row["until"]
            if until:
                until = f"{until if 'T' in until else f'2026-11-23T{until}'}:00+01:00"
            people.append(
                {
                    "id": row["email"].split("@")[0],
                    "name": row["name"],
                    "department": ids.get(row["department"], row["department"]),
                    "phone": row["phone"] or None,
                    "email": row["email"],
                    "presence": row["presence"],
                    "until": until or None,
                }
            )
        directory.replace(work.db, people)
        keep = ("case_number", "topic", "title", "status", "next_step", "caseworker", "party_name")
        dates = ("expected_by", "received_on", "updated_on")
        cases.save(
            work.db,
            [
                {
                    **{key: row[key] for key in keep},
                    "party_phone": row["party_phone"] or None,
                    **{key: row[key] or None for key in dates},
                }
                for row in _rows("cases")
            ],
        )
        cases.set_exemptions(work.db, [row["phone"] for row in _rows("exempt")])

    parts.operations.run(move_in)


def _rows(name: str) -> list[dict[str, str]]:
    with open(ROOT / "demo" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
