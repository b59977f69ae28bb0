"""`ivr demo` from start to Ctrl-C: ready, answering, open to the other commands, and no process left behind."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.kit.processes import until
from tests.kit.town import ROOT

MAIN, KAI = "+4572001234", "+4520304050"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(marker: str) -> list[str]:
    """Command lines of all processes on this machine whose environment or arguments name `marker`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as arguments, open(f"/proc/{pid}/environ", "rb") as environment:
                if marker.encode() in arguments.read() + environment.read() and int(pid) != os.getpid():
                    found.append(pid)
        except OSError:
            continue
    return found


@dataclass
class RunningDemo:
    """The demo as somebody started it; `rest` is what it says from Ctrl-C on, `code` its exit code."""

    process: "subprocess.Popen[str]"
    engine: str
    phones: str
    var: Path
    said: str = ""
    rest: str = ""
    code: int | None = None
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, address: str):
        return self.http.get(address, timeout=5)

    def calls(self) -> str:
        """Kai calls the main number; the address of his line."""
        asked = self.http.post(f"{self.phones}/phone/api/phones/{KAI}/calls", json={"to": MAIN}, timeout=5).json()
        return f"{self.phones}/phone/api/lines/{asked['sid']}"

    def turns(self, line: str, kind: str) -> list[str]:
        return [turn["text"] for turn in self.get(line).json()["turns"] if turn["kind"] == kind]

    def hears(self, line: str, words: str, kind: str = "heard") -> None:
        until(lambda: any(words in said for said in self.turns(line, kind)), why=f"{words!r} is heard")

    def children(self) -> list[int]:
        return [
            int(child)
            for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]


@contextmanager
def running_demo(tmp_path: Path, *more: str) -> Iterator[RunningDemo]:
    engine, phones, var = free_port(), free_port(), tmp_path / "demo-of-this-test"
    arguments = ["--engine-port", str(engine), "--phones-port", str(phones), "--var", str(var), *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "demo", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    demo = RunningDemo(process, f"http://127.0.0.1:{engine}", f"http://127.0.0.1:{phones}", var)
    demo.http.trust_env = False
    try:
        while "Ctrl-C" not in demo.said:
            line = process.stdout.readline()
            assert line, f"the demo ended:\n{demo.said}"
            demo.said += line
        yield demo
    finally:
        os.killpg(process.pid, signal.SIGINT)
        demo.rest = process.stdout.read()
        demo.code = process.wait(timeout=40)


def told(var: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What another command says of the demo, run as the demo tells it."""
    line = f". {var}/environment.sh && {sys.executable} -m ivr {command}"
    return subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.timeout(150)
def test_the_demo_opens_the_town_and_ctrl_c_ends_all_of_it(tmp_path):
    with running_demo(tmp_path) as demo:
        ready = demo.get(f"{demo.engine}/readyz")
        page = demo.get(f"{demo.phones}/phone")
        demo.hears(demo.calls(), "Velkommen")
        staff, numbers = told(demo.var, "staff list"), told(demo.var, "carrier check")
        copied = told(demo.var, f"db backup {tmp_path}/copy.dump")

        assert (ready.status_code, page.status_code) == (200, 200)
        assert f". {demo.var}/environment.sh && .venv/bin/ivr staff list" in demo.said
        assert stat.S_IMODE((demo.var / "environment.sh").stat().st_mode) == 0o600
        assert "Birgit Thygesen" in staff.stdout, staff.stderr
        assert numbers.returncode == 0, numbers.stdout + numbers.stderr
        assert copied.returncode == 0, copied.stderr
        assert processes_of(str(demo.var)) != []

    assert demo.code == 0, demo.rest
    assert demo.rest.strip() == "Closing the town …"
    assert processes_of(str(demo.var)) == []


@pytest.mark.timeout(150)
def test_without_the_engine_a_caller_of_the_demo_is_put_through_to_a_person(tmp_path):
    with running_demo(tmp_path, "--callers-per-minute", "0") as demo:
        line = demo.calls()
        demo.hears(line, "Hvad drejer")

        for child in demo.children():
            os.killpg(child, signal.SIGKILL) if os.getpgid(child) == child else None
        demo.http.post(f"{line}/press", json={"digits": "0"}, timeout=5)

        demo.hears(line, "stiller dig om")
        demo.hears(line, "du taler med vagten", kind="talk")
        assert demo.get(line).json()["in_talk"] is True

    assert demo.code == 3
    assert demo.rest.strip().splitlines() == [
        f"The engine has ended by itself (signal SIGKILL); the end of {demo.var}/engine.log tells why.",
        "The carrier and the telephones go on: callers get the fallback, as they would on a real day. "
        "Ctrl-C ends everything.",
        "",
        "Closing the town …",
    ]


def test_a_folder_that_holds_other_things_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    answer = subprocess.run(
        [sys.executable, "-m", "ivr", "demo", "--var", str(tmp_path), "--engine-port", str(free_port()), "--phones-port", str(free_port())],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert answer.returncode == 2
    assert answer.stderr.splitlines()[-1] == (
        f"Error: {tmp_path} is not empty, and holds no demo. Name another folder: ivr demo --var"
    )
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
