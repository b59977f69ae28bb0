"""`ivr demo`: Lillebælt Kommune on this machine, with a simulated carrier and a small crowd. Ctrl-C ends all of it."""

import csv
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import requests

from ivr.assembly import Parts, assemble
from ivr.cli import cases, directory, staff
from ivr.cli.database_of import running_database
from ivr.operations import notices
from ivr.operations.work import Work
from ivr.settings import Settings
from ivr.simulator.crowd import AgentAccount, Crowd
from ivr.simulator.service import LiveCarrier, Person

MAIN = "+4572001234"
_READY_SECONDS = 30
_STOP_SECONDS = 15
OUR_FAULT = 3
_DEMO = Path("demo")
YOURS = "ali"
"""The agent that is left to whoever looks at the demo; the crowd plays the others."""
_AT_HOME = {"laerke", "yusuf", "lis"}
"""Colleagues of that agent who do not work today, so that a call comes soon."""

CITIZENS = (
    Person(name="Karen Mikkelsen", number="+4520304051"),
    Person(name="Kai Nørgaard (olietank)", number="+4520304050"),
    Person(name="Ejnar (fritaget for Digital Post)", number="+4520304061"),
    Person(name="Rosa (fastnettelefon)", number="+4575123456", landline=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the demo is found on this machine."""

    engine: int
    phones: int


@click.command("demo", epilog="Example: ivr demo --callers-per-minute 6")
@click.option("--engine-port", default=8080, show_default=True, help="The desk, the wallboard and the webhooks.")
@click.option("--phones-port", default=8070, show_default=True, help="The phone page and the simulated carrier.")
@click.option("--callers-per-minute", default=4.0, show_default=True, help="How many of the crowd call; 0 for nobody.")
@click.option("--var", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option(
    "--fresh/--keep", default=True, show_default=True, help="Begin with an empty town, or go on with the last."
)
def command(engine_port: int, phones_port: int, callers_per_minute: float, var: Path, fresh: bool) -> None:
    """Start the whole main line of the example municipality on this machine."""
    _must_be_free("--engine-port", engine_port)
    _must_be_free("--phones-port", phones_port)
    if fresh:
        shutil.rmtree(var, ignore_errors=True)
    began = time.monotonic()
    stopped = threading.Event()
    _stop_on_signals(stopped)
    with ExitStack() as stack:
        ports = Ports(engine=engine_port, phones=phones_port)
        settings = _settings(ports, var)
        carrier = LiveCarrier(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            citizens=CITIZENS,
            agents=_agent_phones(),
        )
        stack.enter_context(carrier.serve(ports.phones))
        click.echo("Starting the database …")
        url = stack.enter_context(running_database(settings))
        click.echo("Starting the engine …")
        engine = stack.enter_context(_running_engine(settings, url, ports))
        parts = assemble(settings, url)
        stack.callback(parts.engine.dispose)
        _wait_for_answer(f"{settings.public_url}/healthz", engine)
        click.echo("Hiring the staff and opening the doors …")
        _furnish(parts)
        _wait_for_answer(f"{settings.public_url}/readyz", engine)
        carrier.carrier.number(
            MAIN,
            voice_url=f"{settings.public_url}/voice/incoming",
            status_callback=f"{settings.public_url}/voice/status",
            sms_url=f"{settings.public_url}/sms/incoming",
        )
        stack.enter_context(_crowd(carrier, settings, callers_per_minute))
        click.echo(_welcome(ports, time.monotonic() - began, _log_file(var)))
        while not stopped.wait(0.5):
            if engine.poll() is not None:
                click.echo(f"The engine has ended by itself; {_log_file(var)} tells why.", err=True)
                sys.exit(OUR_FAULT)
        click.echo("\nClosing the town …")


def _stop_on_signals(stopped: threading.Event) -> None:
    def stop(number: int, frame: types.FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _must_be_free(option: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.UsageError(f"Port {port} is in use. Choose another one: ivr demo {option} {port + 1}") from None


def _settings(ports: Ports, var: Path) -> Settings:
    """An installation of its own, with secrets made for this run."""
    return Settings(
        public_url=f"http://127.0.0.1:{ports.engine}",
        secret_key=secrets.token_hex(),
        twilio_account_sid="AC" + secrets.token_hex(16),
        twilio_auth_token=secrets.token_hex(16),
        twilio_api_url=f"http://127.0.0.1:{ports.phones}",
        database_url=os.environ.get("IVR_DATABASE_URL") or None,
        var=var,
    )


@contextmanager
def _running_engine(settings: Settings, database_url: str, ports: Ports) -> Iterator["subprocess.Popen[bytes]"]:
    """`ivr serve` in a process group of its own, so that Ctrl-C reaches it through us and in order."""
    environment = {
        **os.environ,
        "IVR_DATABASE_URL": database_url,
        "IVR_PUBLIC_URL": settings.public_url,
        "IVR_SECRET_KEY": settings.secret_key,
        "IVR_VAR": str(settings.var),
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "TWILIO_API_URL": str(settings.twilio_api_url),
    }
    command = [sys.executable, "-m", "ivr", "serve", "--port", str(ports.engine)]
    with _log_file(settings.var).open("ab") as log:
        engine = subprocess.Popen(command, env=environment, start_new_session=True, stdout=log, stderr=log)
        try:
            yield engine
        finally:
            engine.terminate()
            try:
                engine.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(engine.pid, signal.SIGKILL)
                engine.wait()


def _log_file(var: Path) -> Path:
    return var / "engine.log"


def _wait_for_answer(address: str, engine: "subprocess.Popen[bytes]") -> None:
    session = requests.Session()
    session.trust_env = False
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and engine.poll() is None:
        try:
            if session.get(address, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise click.ClickException(f"The engine did not answer at {address}; its log, engine.log, tells why.")


def _furnish(parts: Parts) -> None:
    """Staff, directory and cases from `demo/`; every group is kept open by hand, whatever the hour of the demo."""
    staff.import_file(parts, _DEMO / "staff.csv")
    directory.import_file(parts, _DEMO / "directory.csv")
    cases.import_file(parts, _DEMO / "cases.csv")
    cases.import_exemptions(parts, _DEMO / "exempt.csv")
    parts.operations.run(_keep_open)


def _keep_open(work: Work) -> None:
    for group in work.plans.current(work.db).plan.groups:
        notices.set_open(work, "demo", group, True, "demo", None)


def _agent_phones() -> tuple[Person, ...]:
    rows = _staff()
    return tuple(Person(name=row["name"], number=row["device"]) for row in rows if row["role"] == "agent")


def _staff() -> list[dict[str, str]]:
    with (_DEMO / "staff.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def _crowd(carrier: LiveCarrier, settings: Settings, callers_per_minute: float) -> Iterator[None]:
    away = {YOURS, *_AT_HOME}
    played = [row for row in _staff() if row["role"] == "agent" and row["username"] not in away]
    crowd = Crowd(
        carrier.carrier,
        number=MAIN,
        product_url=settings.public_url,
        agents=[
            AgentAccount(username=row["username"], password=row["password"], phone=row["device"]) for row in played
        ],
        callers_per_minute=callers_per_minute,
    )
    crowd.start()
    try:
        yield
    finally:
        crowd.stop()


def _welcome(ports: Ports, seconds: float, log: Path) -> str:
    engine, phones = f"http://127.0.0.1:{ports.engine}", f"http://127.0.0.1:{ports.phones}"
    device = next(row["device"] for row in _staff() if row["username"] == YOURS)
    return f"""
Lillebælt Kommune answers on {MAIN} (ready after {seconds:.0f} s)

  Call as a citizen     {phones}/phone
                        or here: .venv/bin/ivr call
  Answer as an agent    {engine}/desk            sign in: {YOURS} / demo-{YOURS}
    with the telephone  {phones}/phone?number=%2B{device[1:]}
  Watch as a supervisor {engine}/wallboard       sign in: sofie / demo-sofie

A small crowd calls and scripted agents answer. The engine's log is {log}.
Ctrl-C ends everything.
"""
