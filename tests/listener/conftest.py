"""A town that hears callers itself: a real listener with the tiny Danish model, real sockets, real signatures.

English has the same model under its own name: what it can hear of an English vocabulary are words that both languages
have, such as "pension".
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import text

from ivr.adapters.recognition.vosk import Models
from ivr.listener.service import Listener
from ivr.operations import dialplan
from tests.kit.media import MediaStream
from tests.kit.processes import until
from tests.kit.town import ROOT, Town, sources
from tests.webhooks.conftest import Answer, Caller, Door

TINY_MODEL = ROOT / "tests" / "data" / "vosk-model-tiny-da"


def listening_plan() -> dict[str, str]:
    """The town's plan, but that both languages are heard by ourselves."""
    plan = dict(sources())
    plan["routes.yaml"] = plan["routes.yaml"].replace("recogniser: carrier", "recogniser: vosk")
    return plan


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for language in ("da", "en"):
        (folder / language).symlink_to(TINY_MODEL)
    return folder


@pytest.fixture(scope="session")
def models(models_folder: Path) -> Models:
    return Models(models_folder)


@dataclass
class Line:
    """A citizen's call of which the test is the carrier: its requests, and the streams that its documents ask for."""

    house: "House"
    caller: Caller
    streams: list[MediaStream] = field(default_factory=list)

    @property
    def heard(self) -> Answer:
        return self.caller.heard

    def asks(self, address: str | None = None, **fields: str) -> Answer:
        return self.caller.asks(address, **fields)

    def moved(self) -> Answer:
        """The carrier fetches the call, as a move tells it to."""
        return self.caller.asks(self.caller.goal)

    def stream(self, **how: object) -> MediaStream:
        """The stream that the last document asks for, begun."""
        stream = self.unbegun_stream(**how).start()
        until(self.is_listened_to, within=5, why="the stream has begun")
        return stream

    def unbegun_stream(self, **how: object) -> MediaStream:
        noun = next(self.heard.root.iter("Stream")) if self.heard.verbs[0] != "Stop" else _started(self.heard)
        parameters = {each.get("name", ""): each.get("value", "") for each in noun}
        made = {"call_sid": self.caller.sid, "parameters": parameters} | how
        stream = MediaStream(door=self.house.door_url, address=noun.get("url", ""), **made)  # type: ignore[arg-type]
        self.streams.append(stream)
        return stream

    def is_listened_to(self) -> bool:
        return self.row("started_at IS NOT NULL")

    def row(self, claim: str) -> bool:
        """Whether the line's listening is so."""
        query = f"SELECT {claim} FROM listenings WHERE leg_id = :leg"
        with self.house.town.engine.connect() as db:
            return bool(db.execute(text(query), {"leg": self.caller.leg}).scalar_one_or_none())

    def has_answered(self) -> None:
        """Wait until an answer lies ready for the line."""
        until(self._is_due, within=10, why="an answer lies ready")

    def _is_due(self) -> bool:
        with self.house.town.engine.connect() as db:
            query = text("SELECT due_answer IS NOT NULL FROM legs WHERE id = :leg")
            return bool(db.execute(query, {"leg": self.caller.leg}).scalar_one())

    @property
    def turn(self) -> int:
        with self.house.town.engine.connect() as db:
            query = text("SELECT turn FROM legs WHERE id = :leg")
            return int(db.execute(query, {"leg": self.caller.leg}).scalar_one())

    @property
    def facts(self) -> list[str]:
        return self.house.town.facts()


def _started(answer: Answer):
    return next(answer.root.iter("Start")).find("Stream")


@dataclass
class House:
    """The town and its ear."""

    town: Town
    door: Door
    listener: Listener

    @property
    def door_url(self) -> str:
        """Where the socket is; the carrier calls, and signs, the public address."""
        return f"ws://127.0.0.1:{self.listener.port}/listen"

    def asks(self, path: str) -> requests.Response:
        """What whoever looks after the listener is told."""
        session = requests.Session()
        session.trust_env = False
        return session.get(f"http://127.0.0.1:{self.listener.port}{path}", timeout=5)

    def figures(self) -> dict[str, float]:
        lines = (line for line in self.asks("/metrics").text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def call(self, sid: str = "CA" + "1" * 32) -> Line:
        return Line(self, self.door.arrives(sid))


@pytest.fixture
def listening_town(town: Town) -> Town:
    """Nothing but what the test itself carries to and fro moves a call."""
    town.is_dispatching = False
    town.wait(1)  # of two plans that are taken up in the same moment neither is the later one
    town.operations.run(dialplan.take_up, listening_plan())
    return town


@pytest.fixture
def house_for(listening_town: Town, models: Models) -> Iterator[Callable[..., House]]:
    """Makes a house whose listener is as the test wants it."""
    with ExitStack() as stack:

        def made(of: Models = models, **how: Any) -> House:
            listener = Listener(listening_town.parts, of, **{"workers": 2, "heartbeat_seconds": 0.1} | how)
            listener.start()
            stack.callback(listener.stop)
            return House(listening_town, Door(listening_town), listener)

        yield made


@pytest.fixture
def house(house_for: Callable[..., House]) -> House:
    return house_for()
