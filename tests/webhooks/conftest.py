"""The public door as the carrier uses it: real requests, signed with the carrier's own library, and the store behind it."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from ivr.adapters.carrier.numbers import without_overrides
from ivr.adapters.store.tables import TABLES
from ivr.operations import cases
from ivr.simulator.line import Line
from tests.kit.town import ACCOUNT, KAREN, MAIN, TOKEN, Town

FORM = "application/x-www-form-urlencoded"
NOBODY = "00000000-0000-7000-8000-000000000000"
"""An id that is well formed and belongs to nothing."""

# Signs of life of processes are no effect of a request.
_WATCHED = [table.name for table in TABLES if table.name != "processes"]


@dataclass(frozen=True)
class Answer:
    """What the carrier gets back."""

    status: int
    body: str
    seconds: float = field(compare=False)

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.body)

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.root]

    @property
    def said(self) -> str:
        """All words of the document, in order."""
        return " ".join(say.text or "" for say in self.root.iter("Say"))

    @property
    def dialled(self) -> list[str | None]:
        return [number.text for number in self.root.iter("Number")]

    @property
    def next(self) -> str:
        """The address to which the first verb that takes input sends it, as the carrier calls it."""
        return without_overrides(next(verb.get("action", "") for verb in self.root.iter() if verb.get("action")))

    @property
    def redirect(self) -> str:
        return without_overrides(next(verb.text or "" for verb in self.root.iter("Redirect")))


EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'


@dataclass
class Door:
    """`town.url` from outside. A request is signed rightly unless the test says otherwise."""

    town: Town
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def signature(self, address: str, form: Mapping[str, str], token: str = TOKEN) -> str:
        return RequestValidator(token).compute_signature(address, dict(form))

    def post(self, path: str, form: Mapping[str, str], **how: Any) -> Answer:
        """`signature` None leaves the header out; `body` and `content_type` are sent instead of the form."""
        address = path if path.startswith("http") else self.town.url + path
        signature = how.get("signature", self.signature(address, form))
        headers = {"Content-Type": how.get("content_type", FORM)}
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        body = how.get("body", urlencode(form))
        method = how.get("method", "POST")
        answer = self.http.request(method, address, data=body, headers=headers, timeout=20, allow_redirects=False)
        return Answer(answer.status_code, answer.text, answer.elapsed.total_seconds())

    def call(self, sid: str, **more: str) -> dict[str, str]:
        """The form of a request about a citizen's call, as the carrier fills it."""
        form = {"CallSid": sid, "AccountSid": ACCOUNT, "From": KAREN, "To": MAIN, "CallStatus": "in-progress"}
        return form | {"Direction": "inbound", "FromCity": "", "ApiVersion": "2010-04-01"} | more

    def arrives(self, sid: str = "CA" + "1" * 32, **more: str) -> "Caller":
        """A citizen's call by itself, without a simulated telephone: each request is the test's own."""
        greeted = self.post("/voice/incoming", self.call(sid, CallStatus="ringing", **more))
        assert greeted.status == 200, greeted.body
        # The door looks for cases once it has answered. Asked for here as well, that is over when we go on.
        with self.town.engine.connect() as db:
            query = text("SELECT contact_id FROM legs WHERE call_id = :call")
            contact = str(db.execute(query, {"call": sid}).scalar_one())
        self.town.operations.run(cases.look_up, contact)
        return Caller(self, sid, greeted)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table. The clock stands still, so that only effects can make a difference."""
        with self.town.engine.connect() as db:
            return {
                name: sorted((tuple(row) for row in db.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
                for name in _WATCHED
            }

    def leg(self, line: Line) -> str:
        """Our id of a telephone line of the simulated carrier."""
        with self.town.engine.connect() as db:
            query = text("SELECT id FROM legs WHERE call_id = :call")
            return str(db.execute(query, {"call": line.sid}).scalar_one())


@dataclass
class Caller:
    """A citizen's call of which the test itself is the carrier."""

    door: Door
    sid: str
    heard: Answer
    leg: str = field(init=False)

    def __post_init__(self) -> None:
        self.leg = self.heard.next.split("/next/")[1].split("?")[0]

    def asks(self, address: str | None = None, **fields: str) -> Answer:
        """A request to `address`, by default where the last document said; the document is remembered."""
        self.heard = self.door.post(address or self.heard.next, self.door.call(self.sid, **fields))
        return self.heard

    @property
    def goal(self) -> str:
        """The address without a turn: it changes nothing."""
        return f"{self.door.town.url}/voice/next/{self.leg}"


@pytest.fixture
def door(town: Town) -> Door:
    return Door(town)
