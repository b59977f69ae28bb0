"""Web servers, all with the same processes and threads, and what they have used of the processors so far."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import requests

WORKERS, THREADS = 2, 16
OURS = ("ivr", "serve", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-dispatcher", "--no-listener")
_READY_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A web server with its worker processes."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """User and system time of all its processes."""
        return seconds_of(self.process)


def seconds_of(process: psutil.Process) -> float:
    """User and system time of a process and its children, those that have ended included."""
    own = process.cpu_times()
    ended = own.children_user + own.children_system
    return own.user + own.system + ended + sum(seconds_of(child) for child in process.children())


@contextmanager
def served(what: Sequence[str], environment: Mapping[str, str]) -> Iterator[Server]:
    """What `python -m` serves with these words: `OURS`, or a floor of `bench.floors`."""
    port = free_port()
    command = [sys.executable, "-m", *what, "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment, "IVR_PUBLIC_URL": f"http://127.0.0.1:{port}"})
    try:
        wait_for(port, process)
        yield Server(port=port, process=psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[Any]") -> None:
    """Until anything at all answers on the port."""
    session = requests.Session()
    session.trust_env = False
    over = time.monotonic() + _READY_SECONDS
    while time.monotonic() < over:
        if process.poll() is not None:
            sys.exit(f"A process ended with {process.returncode} before it answered on {port}.")
        try:
            session.get(f"http://127.0.0.1:{port}/", timeout=1)
            return
        except requests.RequestException:
            time.sleep(0.1)
    sys.exit(f"Nothing answers on {port}.")
