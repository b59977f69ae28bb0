"""`ivr listen` as an operator meets it: clear at its start, in good order at its end, and missed when it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.cli.test_demo import free_port
from tests.kit.database import environment
from tests.kit.processes import until
from tests.kit.town import ACCOUNT, ROOT, TOKEN, Town
from tests.kit.voice import say, silence
from tests.listener.conftest import House, listening_plan
from tests.webhooks.conftest import Door


class Process:
    """A listener in a process of its own; it stands where the house's own listener stands in other tests."""

    def __init__(self, port: int, process: "subprocess.Popen[str]") -> None:
        self.port, self.process = port, process

    def answers(self) -> bool:
        session = requests.Session()
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok
        except requests.RequestException:
            return False


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ivr", "listen", *arguments]


def of_town(town: Town, database_url: str, models: Path) -> dict[str, str]:
    return {
        **os.environ,
        **environment(database_url),
        "IVR_PUBLIC_URL": town.url,
        "IVR_SECRET_KEY": town.parts.settings.secret_key,
        "IVR_VOSK_MODELS": str(models),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


@contextmanager
def listening(town: Town, database_url: str, models: Path) -> Iterator[House]:
    port = free_port()
    process = subprocess.Popen(
        command("--port", str(port), "--workers", "1"),
        env=of_town(town, database_url, models),
        cwd=ROOT,
        text=True,
        stderr=subprocess.PIPE,
    )
    listener = Process(port, process)
    try:
        until(listener.answers, why="the listener answers")
        yield House(town, Door(town), listener)
    finally:
        process.kill()
        process.wait()


def test_a_caller_is_heard_by_a_process_of_its_own(listening_town, database_url, models_folder):
    with listening(listening_town, database_url, models_folder) as house:
        line = house.call()

        line.stream().says(silence(0.3) + say("jeg skal have et nyt pas") + silence(1.2))
        line.has_answered()

        assert "pas" in line.moved().said.lower()


def test_a_listener_that_is_killed_is_missed_and_the_keys_take_over(listening_town, database_url, models_folder):
    with listening(listening_town, database_url, models_folder) as house:
        line = house.call()
        line.stream().says(silence(0.3))

        house.listener.process.kill()
        house.town.wait(5)
        # Signs of life are told by the database's clock, which the town's is not: both are over by then.
        with house.town.engine.begin() as db:
            db.exec_driver_sql("UPDATE listenings SET seen_at = opened_at")
        house.town.is_dispatching = True
        house.town.dispatch()

        assert "Jeg kan desværre ikke høre tale lige nu." in line.moved().said
        assert "no_input" not in line.facts


def test_told_to_stop_it_lets_the_keys_take_over_and_ends_in_good_order(listening_town, database_url, models_folder):
    with listening(listening_town, database_url, models_folder) as house:
        line = house.call()
        line.stream().says(silence(0.3))

        house.listener.process.send_signal(signal.SIGTERM)
        line.has_answered()

        assert house.listener.process.wait(timeout=20) == 0


def test_a_model_that_is_missing_is_told_at_the_start(listening_town, database_url, models_folder, tmp_path):
    (tmp_path / "da").symlink_to(models_folder / "da")
    told = subprocess.run(
        command("--port", str(free_port())),
        env=of_town(listening_town, database_url, tmp_path),
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=60,
    )

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        f'The vosk model of "en": there is no folder {tmp_path / "en"}.',
        "docs/operations.md, listening, tells where models come from and how the folder looks.",
    ]


def test_a_port_that_is_taken_is_told_at_the_start(listening_town, database_url, models_folder):
    with listening(listening_town, database_url, models_folder) as house:
        told = subprocess.run(
            command("--port", str(house.listener.port)),
            env=of_town(listening_town, database_url, models_folder),
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=60,
        )

    assert told.returncode == 2
    assert f"Port {house.listener.port} is in use." in told.stderr


def serve(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ivr", "serve", "--workers", "1", "--no-dispatcher", *arguments]


def a_listening_plan(folder: Path) -> str:
    file = folder / "routes.yaml"
    file.write_text(listening_plan()["routes.yaml"], encoding="utf-8")
    return str(file)


def test_the_engine_runs_a_listener_where_there_are_models(engine, database_url, models_folder, tmp_path):
    web, ear = free_port(), free_port()
    installation = {
        **os.environ,
        **environment(database_url),
        "IVR_ROUTES": a_listening_plan(tmp_path),
        "IVR_VAR": str(tmp_path / "var"),
        "IVR_VOSK_MODELS": str(models_folder),
    }
    process = subprocess.Popen(
        serve("--port", str(web), "--listen-port", str(ear)), env=installation, cwd=ROOT, start_new_session=True
    )
    try:
        until(Process(ear, process).answers, why="the listener answers")
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_the_engine_does_not_start_where_a_language_cannot_be_heard(engine, database_url, tmp_path):
    told = subprocess.run(
        serve("--port", str(free_port())),
        env={
            **os.environ,
            **environment(database_url),
            "IVR_ROUTES": a_listening_plan(tmp_path),
            "IVR_VAR": str(tmp_path / "var"),
            "IVR_VOSK_MODELS": "",
        },
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=60,
    )

    assert told.returncode == 1
    assert '"da" is to be heard by vosk, but IVR_VOSK_MODELS is not set.' in told.stderr
    assert "docs/operations.md, listening" in told.stderr
