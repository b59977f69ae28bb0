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
from tests.kit.town import ACCOUNT, KAREN, MAIN, ROOT, TOKEN, furnish, hire

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
class Engine:
    """`ivr serve` with all its processes."""

    url: str
    environment: dict[str, str]
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = [sys.executable, "-m", "ivr", "serve", "--port", str(self.port), "--workers", "2", "--threads", "8"]
        self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, start_new_session=True)
        until(self._answers, within=30, why="the engine answers")

    def _answers(self) -> bool:
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
def engine_processes(
    *, database_url: str, public_port: int, rest_url: str, var: Path, **twilio: str
) -> Iterator[Engine]:
    """The engine over this database, started."""
    url = f"http://127.0.0.1:{public_port}"
    environment = {
        **os.environ,
        "IVR_DATABASE_URL": database_url,
        "IVR_PUBLIC_URL": url,
        "IVR_SECRET_KEY": "a secret of the town's, long enough",
        "IVR_VAR": str(var),
        "TWILIO_API_URL": rest_url,
        **twilio,
    }
    engine = Engine(url=url, environment=environment, port=public_port)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@dataclass
class LiveTown:
    """Lillebælt Kommune on the real clock, open at any hour: the carrier with its phones, the engine, its parts."""

    carrier: Carrier
    phones_url: str
    engine: Engine
    parts: Parts


@contextmanager
def open_live_town(database_url: str, var: Path) -> Iterator[LiveTown]:
    """The town with Ali (an agent of `omstilling` and `borgerservice`) and Sofie (a supervisor) on its staff."""
    live = LiveCarrier(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        citizens=[Person(name="Karen", number=KAREN)],
        agents=[Person(name="Ali", number=ALIS_PHONE)],
        calls_per_second=0,
    )
    twilio = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    with (
        live.serve() as rest,
        engine_processes(
            database_url=database_url, public_port=_free_port(), rest_url=rest, var=var, **twilio
        ) as processes,
    ):
        parts = assemble(Settings.from_environment(processes.environment), database_url)
        furnish(parts)
        parts.operations.run(hire, "ali", ALIS_PHONE, "omstilling;borgerservice", "pas:3")
        parts.operations.run(hire, "sofie", "", "omstilling", role="supervisor")
        for group in ("omstilling", "borgerservice"):
            parts.operations.run(notices.set_open, "test", group, True, "", None)
        live.carrier.number(
            MAIN, voice_url=f"{processes.url}/voice/incoming", status_callback=f"{processes.url}/voice/status"
        )
        yield LiveTown(carrier=live.carrier, phones_url=rest, engine=processes, parts=parts)
        parts.engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
