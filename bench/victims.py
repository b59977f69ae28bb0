"""Machines that run `ivr serve`, and whom a killer finds on them: web workers, their masters, dispatchers.

What is killed is started again by `ivr serve` itself. A service manager, played here, starts `ivr serve` again where it
has given up.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
import requests

ROOT = Path(__file__).parents[1]
WORKERS, THREADS = 2, 6
"""Fewer threads than `ivr serve` has by default: the embedded database gives all machines about 100 connections."""
KINDS = {"web worker": WORKERS, "web master": 1, "dispatcher": 1}
"""How many of each kind a machine has."""
_READY_SECONDS, _STOP_SECONDS = 60, 20


@dataclass(frozen=True)
class Kill:
    """What was killed, and when (`time.monotonic`)."""

    kind: str
    at: float


class Machine:
    """One `ivr serve` with the web and the dispatcher that it keeps."""

    def __init__(self, port: int, environment: Mapping[str, str], log: IO[bytes]) -> None:
        self.port = port
        self.times_given_up = 0
        self._environment, self._log = dict(environment), log
        self._keeper: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, without waiting until it answers."""
        serve = ["serve", "--port", str(self.port), "--workers", str(WORKERS), "--threads", str(THREADS)]
        command = [sys.executable, "-m", "ivr", *serve, "--no-listener"]
        self._keeper = subprocess.Popen(
            command, env=self._environment, cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def wait_until_ready(self) -> None:
        """Until it answers that it can do its work. Ends the program where it does not."""
        session = requests.Session()
        session.trust_env = False
        over = time.monotonic() + _READY_SECONDS
        while time.monotonic() < over:
            try:
                if session.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        sys.exit(f"ivr serve on {self.port} was not ready within {_READY_SECONDS} s; its log: {self._log.name}")

    def look_after(self) -> None:
        """Start `ivr serve` again where it has ended."""
        if self._keeper is not None and self._keeper.poll() is not None:
            self.times_given_up += 1
            self._end_group()
            self.start()

    def living(self, kind: str) -> list[psutil.Process]:
        """Its processes of a kind, the oldest first."""
        kept = _children(self._keeper.pid) if self._keeper is not None else {}
        masters = [process for process, title in kept.items() if "master" in title]
        match kind:
            case "web master":
                return masters
            case "web worker":
                return [worker for master in masters for worker in _children(master.pid)]
            case _:
                return [process for process, title in kept.items() if title == "ivr: dispatcher"]

    def stop(self) -> None:
        """End all of it, what was orphaned by a kill included."""
        if self._keeper is not None:
            self._keeper.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._keeper.wait(timeout=_STOP_SECONDS)
            self._end_group()

    def _end_group(self) -> None:
        if self._keeper is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()


def _children(pid: int) -> dict[psutil.Process, str]:
    """The living children of a process with their titles, the oldest first."""
    found = {}
    with suppress(psutil.NoSuchProcess):
        for child in sorted(psutil.Process(pid).children(), key=lambda one: (one.create_time(), one.pid)):
            # One that was killed and not waited for yet has no title any more.
            with suppress(psutil.NoSuchProcess):
                if title := " ".join(child.cmdline()).strip():
                    found[child] = title
    return found


class Killer:
    """`kill -9` of a random process. The same seed goes to the same places in the same order."""

    def __init__(self, machines: Sequence[Machine], seed: int) -> None:
        self.kills: list[Kill] = []
        self._random = random.Random(seed)
        self._places = [
            (machine, kind, place) for machine in machines for kind, places in KINDS.items() for place in range(places)
        ]

    def strike(self) -> None:
        """Kill whoever is found first, going through all places in a random order."""
        for machine, kind, place in self._random.sample(self._places, len(self._places)):
            for victim in machine.living(kind)[place : place + 1]:
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
                    self.kills.append(Kill(kind=kind, at=time.monotonic()))
                    return
