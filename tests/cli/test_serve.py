"""`ivr serve` as an operator meets it: what is wrong is told before anything starts, and what dies is started again."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from ivr.cli.kept_running import Kept, how_it_ended, pause_after
from tests.cli.test_demo import free_port
from tests.kit.database import environment
from tests.kit.processes import until
from tests.kit.town import ROOT


def served(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "ivr", "serve", *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith(("IVR_", "TWILIO_"))} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextmanager
def serving(tmp_path, port, **environment):
    """The engine as a process, its log as lines of JSON in a file."""
    log = tmp_path / "log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve", "--port", str(port), "--workers", "1", "--no-dispatcher"],
            cwd=ROOT,
            env={**os.environ, **environment, "IVR_VAR": str(tmp_path / "var")},
            stderr=lines,
            start_new_session=True,
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait(timeout=20)


def events(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def answers(port: int) -> bool:
    session = requests.Session()
    session.trust_env = False
    try:
        return session.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def web_of(process) -> int:
    """The process that serves, among the children of `ivr serve`; 0 where there is none."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return next((int(child) for child in children if b"master" in Path(f"/proc/{child}/cmdline").read_bytes()), 0)


def test_a_plan_that_is_not_there_is_told_with_its_variable(tmp_path):
    told = served(**environment("postgresql://127.0.0.1:1/nothing") | {"IVR_ROUTES": "/nope", "IVR_VAR": str(tmp_path)})

    assert told.returncode == 1
    assert told.stderr == (
        "IVR_ROUTES='/nope' cannot be read: No such file or directory.\nREADME.md lists every variable.\n"
    )


def test_everything_malformed_is_told_at_once():
    told = served(
        IVR_PUBLIC_URL="ivr.example",
        IVR_SECRET_KEY="short",
        TWILIO_ACCOUNT_SID="XX",
        TWILIO_AUTH_TOKEN="1",
        IVR_FALLBACK_URL="foo",
        IVR_ROUTES="/nope/routes.yaml",
        IVR_GRAMMARS="/nope/grammars",
        IVR_VAR="/proc/nope",
    )

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "IVR_PUBLIC_URL='ivr.example' is not a base address such as https://ivr.example.dk.",
        "IVR_SECRET_KEY is shorter than 16 characters.",
        "TWILIO_ACCOUNT_SID='XX' is not AC followed by 32 of 0-9 and a-f.",
        "TWILIO_AUTH_TOKEN is too short: the account's auth token has 32 characters.",
        "IVR_FALLBACK_URL='foo' is not a web address such as https://static.example.dk/ivr/{number}.xml.",
        "IVR_ROUTES='/nope/routes.yaml' cannot be read: No such file or directory.",
        "IVR_GRAMMARS='/nope/grammars' is not a folder.",
        "IVR_VAR='/proc/nope' cannot be made: No such file or directory.",
        "README.md lists every variable.",
    ]


def test_a_port_that_is_taken_is_told_in_a_sentence_before_the_database_starts(tmp_path):
    settings = environment("") | {"IVR_DATABASE_URL": "", "IVR_VAR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = served("--port", str(port), **settings)

    assert told.returncode == 2
    assert told.stderr.splitlines()[-1] == (
        f"Error: Port {port} is in use. Choose another one: ivr serve --port {port + 1}"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "99999"], "99999 is not in the range 1<=x<=65535."),
        (["--port", "0"], "0 is not in the range 1<=x<=65535."),
        (["--workers", "0"], "0 is not in the range x>=1."),
    ],
)
def test_a_number_that_cannot_be_is_wrong_usage(arguments, told):
    answer = served(*arguments)

    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_address_that_is_not_of_this_machine_is_told(tmp_path):
    told = served("--host", "192.0.2.1", **environment("postgresql://127.0.0.1:1/nothing"), IVR_VAR=str(tmp_path))

    assert told.returncode == 2
    assert "192.0.2.1:8000 cannot be listened on: Cannot assign requested address." in told.stderr


@pytest.mark.timeout(120)
def test_a_web_that_was_killed_is_told_of_and_started_again(engine, database_url, tmp_path):
    port = free_port()
    with serving(tmp_path, port, **environment(database_url)) as (process, log):
        until(lambda: answers(port), why="the web answers")
        before = web_of(process)

        os.kill(before, signal.SIGKILL)

        until(lambda: web_of(process) not in (0, before) and answers(port), why="another web answers")
        told = [(event["event"], event.get("signal")) for event in events(log) if event["event"].startswith("web_")]

    assert told == [("web_ended", "SIGKILL"), ("web_started_anew", None)]
    assert process.returncode == 0


@pytest.mark.timeout(120)
def test_a_web_that_can_never_start_is_given_up_in_a_sentence(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", NEVER_STARTS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    lines = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    ended = [(line["code"], line["again_in_seconds"]) for line in lines if line["event"] == "web_ended"]
    assert told.returncode == 3
    assert ended == [(7, 0.001), (7, 0.001), (7, 0.001), (7, 0.001), (7, None)]
    assert told.stderr.splitlines()[-1] == "The web ended 5 times soon after its start; the lines above tell why."


# The pauses and looks are shortened, so that five ends do not take a minute.
NEVER_STARTS = """
import sys, time
from functools import partial
from ivr.cli import kept_running
from ivr.telemetry import configure
configure(json_lines=True)
kept_running._LONGEST_PAUSE_SECONDS = kept_running._LOOK_SECONDS = 0.001
web = kept_running.Kept(name="web", body=partial(sys.exit, 7), may_give_up=True)
other = kept_running.Kept(name="dispatcher", body=partial(time.sleep, 60))
sys.exit(kept_running.until_stopped([web, other]))
"""


def test_pauses_grow_to_a_limit():
    assert [pause_after(ends) for ends in range(7)] == [0, 1, 2, 4, 8, 15, 15]


def test_a_long_life_is_forgiven_and_only_what_may_be_given_up_is():
    web = Kept(name="web", body=list, may_give_up=True, quick_ends=4)
    dispatcher = Kept(name="dispatcher", body=list, quick_ends=40)

    web.ended(1, now=11.0)
    after_a_long_life = (web.quick_ends, web.again_at, web.is_hopeless)
    web.quick_ends = 4
    web.ended(1, now=9.0)
    dispatcher.ended(1, now=1.0)

    assert after_a_long_life == (0, 11.0, False)
    assert (web.quick_ends, web.is_hopeless) == (5, True)
    assert (dispatcher.again_at, dispatcher.is_hopeless) == (16.0, False)


def test_whoever_is_killed_has_not_failed():
    web = Kept(name="web", body=list, may_give_up=True, quick_ends=0)

    for second in range(10):
        web.ended(-signal.SIGKILL, now=float(second))

    assert (web.again_at, web.quick_ends, web.is_hopeless) == (9.0, 0, False)


def test_an_end_is_told_by_code_or_by_the_name_of_the_signal():
    assert [how_it_ended(code) for code in (3, -9, -15)] == [{"code": 3}, {"signal": "SIGKILL"}, {"signal": "SIGTERM"}]


@pytest.mark.timeout(60)
def test_no_library_tells_its_commands_in_the_log():
    told = subprocess.run(
        [sys.executable, "-c", STARTS_AND_STOPS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert told.stderr == ""


STARTS_AND_STOPS = """
import tempfile
from pathlib import Path
from ivr.adapters.store import database
from ivr.telemetry import configure
configure(json_lines=True)
with tempfile.TemporaryDirectory(prefix="ivr-tests-") as folder, database.embedded(Path(folder) / "postgres") as url:
    database.upgrade(url)
    database.is_current(database.connect(url))
"""
