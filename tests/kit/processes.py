"""The engine as real processes on a real clock, to be killed and started again, and to be seen in a browser."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests

from ivr.assembly import Parts, assemble
from ivr.operations import notices
from ivr.settings import Settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.line import Line
from ivr.simulator.service import LiveCarrier, Person
from tests.kit.town import ACCOUNT, KAREN, ROOT, TOKEN, furnish, hire, set_up

ALIS_PHONE = "+4572001300"

T = TypeVar("T")


def until(what: Callable[[], T], *, within: float = 30, why: str = "it happens") -> T:
    """What `what` gives as soon as it is true; fails after `within` seconds of real time."""
    over, tries = threading.Event(), int(within / 0.05)
    for _ in range(tries):
        found = what()
        if found:
            return found
        over.wait(0.05)
    raise AssertionError(f"waited {within} s in vain until {why}")


def heard(line: Line, words: str, within: float = 40) -> None:
    """Wait in real time until the words have begun to be heard."""
    until(lambda: any(u.contains(words) for u in line.heard), within=within, why=f"{words!r}:\n{line.transcript()}")


@dataclass
class Running:
    """A command of the product as a real process, with whatever it starts itself; `url` is where it answers."""

    arguments: list[str]
    environment: dict[str, str]
    url: str
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = [sys.executable, "-m", "ivr", *self.arguments]
        self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, start_new_session=True)
        until(self._is_ready, within=30, why=f"ivr {self.arguments[0]} is ready")

    def _is_ready(self) -> bool:
        session = requests.Session()
        session.trust_env = False
        try:
            return session.get(f"{self.url}/readyz", timeout=2).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """kill -9, of all processes at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


@contextmanager
def running(*arguments: str, environment: dict[str, str], url: str) -> Iterator[Running]:
    """The command, started, until the context ends."""
    process = Running(arguments=list(arguments), environment=environment, url=url)
    process.start()
    try:
        yield process
    finally:
        process.stop()


@dataclass
class LiveTown:
    """Lillebælt Kommune on the real clock, open at any hour: the carrier with its phones, the engine, its parts."""

    carrier: Carrier
    phones_url: str
    engine: Running
    parts: Parts
    listener: Running | None = None


@contextmanager
def open_live_town(database_url: str, var: Path) -> Iterator[LiveTown]:
    """The town with Ali (an agent of `omstilling` and `borgerservice`) and Sofie (a supervisor) on its staff."""
    with _carrier() as (live, rest), _engine(_environment(database_url, rest, var)) as engine:
        with _furnished(live, rest, engine, database_url) as town:
            yield town


@contextmanager
def open_listening_town(database_url: str, var: Path) -> Iterator[LiveTown]:
    """The same town, where Danish is recognised by `ivr listen`, a process of its own, and English by the carrier."""
    port = _free_port()
    models = var / "models"
    models.mkdir()
    (models / "da").symlink_to(ROOT / "tests" / "data" / "vosk-model-tiny-da")
    routes = var / "routes.yaml"
    ours = (ROOT / "routes.yaml").read_text(encoding="utf-8").replace("recogniser: carrier", "recogniser: vosk", 1)
    routes.write_text(ours, encoding="utf-8")
    hearing = {
        "IVR_ROUTES": str(routes),
        "IVR_VOSK_MODELS": str(models),
        "IVR_LISTEN_URL": f"ws://127.0.0.1:{port}/listen",
    }
    with _carrier() as (live, rest):
        environment = _environment(database_url, rest, var) | hearing
        with (
            _engine(environment) as engine,
            running("listen", "--port", str(port), environment=environment, url=f"http://127.0.0.1:{port}") as listener,
            _furnished(live, rest, engine, database_url) as town,
        ):
            town.listener = listener
            yield town


@contextmanager
def _carrier() -> Iterator[tuple[LiveCarrier, str]]:
    live = LiveCarrier(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        citizens=[Person(name="Karen", number=KAREN)],
        agents=[Person(name="Ali", number=ALIS_PHONE)],
        calls_per_second=0,
    )
    with live.serve() as rest:
        yield live, rest


def _environment(database_url: str, rest_url: str, var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "IVR_DATABASE_URL": database_url,
        "IVR_PUBLIC_URL": f"http://127.0.0.1:{_free_port()}",
        "IVR_SECRET_KEY": "a secret of the town's, long enough",
        "IVR_VAR": str(var),
        "TWILIO_API_URL": rest_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


@contextmanager
def _engine(environment: dict[str, str]) -> Iterator[Running]:
    """`ivr serve` with the dispatcher that it keeps, and no listener."""
    url = environment["IVR_PUBLIC_URL"]
    serve = ["serve", "--port", url.rsplit(":", 1)[1], "--workers", "2", "--threads", "8", "--no-listener"]
    with running(*serve, environment=environment, url=url) as engine:
        yield engine


@contextmanager
def _furnished(live: LiveCarrier, rest: str, engine: Running, database_url: str) -> Iterator[LiveTown]:
    parts = assemble(Settings.from_environment(engine.environment), database_url)
    furnish(parts)
    parts.operations.run(hire, "ali", ALIS_PHONE, "omstilling;borgerservice", "pas:3")
    parts.operations.run(hire, "sofie", "", "omstilling", role="supervisor")
    for group in ("omstilling", "borgerservice"):
        parts.operations.run(notices.set_open, "test", group, True, "", None)
    set_up(live.carrier, engine.url)
    yield LiveTown(carrier=live.carrier, phones_url=rest, engine=engine, parts=parts)
    parts.engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
