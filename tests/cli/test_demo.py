"""`ivr demo` from start to Ctrl-C: ready, answering, and no process left behind."""

import os
import signal
import socket
import subprocess
import sys

import pytest
import requests

from tests.kit.processes import until
from tests.kit.town import ROOT


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


@pytest.mark.timeout(120)
def test_the_demo_opens_the_town_and_ctrl_c_ends_all_of_it(tmp_path):
    engine, phones = free_port(), free_port()
    var = f"{tmp_path}/demo-of-this-test"
    arguments = ["--engine-port", str(engine), "--phones-port", str(phones), "--var", var]
    demo = subprocess.Popen(
        [sys.executable, "-m", "ivr", "demo", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = demo.stdout.readline()
            assert line, f"the demo ended:\n{said}"
            said += line
        session = requests.Session()
        session.trust_env = False
        ready = session.get(f"http://127.0.0.1:{engine}/readyz", timeout=5)
        page = session.get(f"http://127.0.0.1:{phones}/phone", timeout=5)
        line = session.post(
            f"http://127.0.0.1:{phones}/phone/api/phones/+4520304050/calls", json={"to": "+4572001234"}, timeout=5
        ).json()
        heard = until(
            lambda: [
                turn["text"]
                for turn in session.get(f"http://127.0.0.1:{phones}/phone/api/lines/{line['sid']}", timeout=5).json()[
                    "turns"
                ]
                if "Velkommen" in turn["text"]
            ],
            why="the main line answers",
        )
        assert (ready.status_code, page.status_code, len(heard)) == (200, 200, 1)
        assert processes_of(var) != []
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        rest = demo.stdout.read()
        code = demo.wait(timeout=40)

    assert code == 0, rest
    assert processes_of(var) == []
