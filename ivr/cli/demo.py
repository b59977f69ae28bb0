"""`ivr demo`: Lillebælt Kommune on this machine, with a simulated carrier and a small crowd. Ctrl-C ends all of it."""

import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import requests

from ivr.assembly import assemble
from ivr.cli import demo_town, listen, ports
from ivr.cli.database_of import running_database
from ivr.cli.demo_hearing import heard_here
from ivr.cli.demo_town import CITIZENS, MAIN, YOURS
from ivr.cli.ears import learn_beforehand, trained_folder
from ivr.cli.endings import OUR_FAULT
from ivr.cli.kept_running import how_it_ended
from ivr.domain.errors import IvrError
from ivr.settings import Settings
from ivr.simulator.service import LiveCarrier

_READY_SECONDS = 30
_STOP_SECONDS = 15
_ENDED = """The engine has ended by itself ({how}); the end of {log} tells why.
The carrier and the telephones go on: callers get the fallback, as they would on a real day. Ctrl-C ends everything."""
_LOG, _ENVIRONMENT = "engine.log", "environment.sh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the demo is found on this machine: ports and a folder. `models` is where those to hear callers with are."""

    engine: int
    phones: int
    listener: int
    models: Path | None
    var: Path

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self.engine}"

    @property
    def listen_url(self) -> str:
        return f"ws://127.0.0.1:{self.listener}/listen"

    @property
    def phones_url(self) -> str:
        return f"http://127.0.0.1:{self.phones}"

    @property
    def fallback_url(self) -> str:
        """By another name of this machine: in earnest it is another machine."""
        return f"http://localhost:{self.phones}/hosted/{{number}}.xml"

    @property
    def log(self) -> Path:
        return self.var / _LOG

    @property
    def environment(self) -> Path:
        return self.var / _ENVIRONMENT


@click.command("demo", epilog="Example: ivr demo --callers-per-minute 6")
@click.option("--engine-port", type=ports.PORT, default=8080, show_default=True, help="Desk, wallboard and webhooks.")
@click.option(
    "--phones-port", type=ports.PORT, default=8070, show_default=True, help="Phone page and simulated carrier."
)
@click.option(
    "--listen-port",
    type=ports.PORT,
    default=listen.PORT,
    show_default=True,
    help="Where the carrier streams sound to, if IVR_VOSK_MODELS names models to hear it with.",
)
@click.option("--callers-per-minute", default=4.0, show_default=True, help="How many of the crowd call; 0 for nobody.")
@click.option("--var", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option(
    "--fresh/--keep", default=True, show_default=True, help="Begin with an empty town, or go on with the last."
)
def command(
    engine_port: int, phones_port: int, listen_port: int, callers_per_minute: float, var: Path, fresh: bool
) -> None:
    """Start the whole main line of the example municipality on this machine."""
    models = os.environ.get("IVR_VOSK_MODELS", "").strip()
    listens = [("--listen-port", listen_port)] if models else []
    for option, port in (("--engine-port", engine_port), ("--phones-port", phones_port), *listens):
        ports.must_be_free("127.0.0.1", port, f"ivr demo {option}")
    if fresh:
        _clear(var)
    try:
        learn_beforehand()
    except IvrError as error:
        raise click.ClickException(str(error)) from error
    began = time.monotonic()
    stopped = threading.Event()
    _stop_on_signals(stopped)
    places = Places(
        engine=engine_port,
        phones=phones_port,
        listener=listen_port,
        models=Path(models).resolve() if models else None,
        var=var,
    )
    with ExitStack() as stack:
        engine = _open_town(stack, places, callers_per_minute)
        click.echo(_welcome(places, time.monotonic() - began))
        has_ended = False
        while not stopped.wait(0.5):
            if not has_ended and engine.poll() is not None:
                has_ended = True
                how = " ".join(f"{name} {value}" for name, value in how_it_ended(engine.returncode).items())
                click.echo(_ENDED.format(how=how, log=places.log), err=True)
        click.echo("\nClosing the town …")
    sys.exit(OUR_FAULT if has_ended else 0)


def _clear(var: Path) -> None:
    """An earlier demo goes; whatever else somebody keeps in that folder does not."""
    inside = {path.name for path in var.iterdir()} if var.is_dir() else set()
    if inside and not inside & {_LOG, _ENVIRONMENT}:
        raise click.UsageError(f"{var} is not empty, and holds no demo. Name another folder: ivr demo --var")
    shutil.rmtree(var, ignore_errors=True)


def _open_town(stack: ExitStack, places: Places, callers_per_minute: float) -> "subprocess.Popen[bytes]":
    """Everything in order: carrier, database, engine, people. Gives the engine."""
    settings = _settings(places)
    environment = _environment(settings, places)
    carrier = LiveCarrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        citizens=CITIZENS,
        agents=demo_town.people(),
    )
    stack.enter_context(carrier.serve(places.phones))
    click.echo("Starting the database …")
    url = stack.enter_context(running_database(settings))
    _write_environment(places.environment, environment)
    click.echo("Starting the engine …")
    engine = stack.enter_context(_running_engine({**environment, "IVR_DATABASE_URL": url}, places))
    parts = assemble(settings, url)
    stack.callback(parts.engine.dispose)
    _wait_for_answer(f"{settings.public_url}/healthz", engine, places.log)
    click.echo("Hiring the staff and opening the doors …")
    demo_town.furnish(parts, places.var)
    _wait_for_answer(f"{settings.public_url}/readyz", engine, places.log)
    with parts.engine.connect() as db:
        plan = parts.plans.current(db).plan
    demo_town.connect_numbers(carrier, plan, public_url=settings.public_url, fallback_url=places.fallback_url)
    crowd = stack.enter_context(
        demo_town.crowd(carrier.carrier, plan, public_url=settings.public_url, callers_per_minute=callers_per_minute)
    )
    # Many passwords are judged at once, which takes a while on purpose: nobody is asked to call meanwhile.
    _until(lambda: crowd.is_at_work or engine.poll() is not None)
    return engine


def _stop_on_signals(stopped: threading.Event) -> None:
    def stop(number: int, frame: types.FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _settings(places: Places) -> Settings:
    """An installation of its own, with secrets made for this run."""
    return Settings(
        public_url=places.engine_url,
        secret_key=secrets.token_hex(),
        twilio_account_sid="AC" + secrets.token_hex(16),
        twilio_auth_token=secrets.token_hex(16),
        twilio_api_url=places.phones_url,
        database_url=os.environ.get("IVR_DATABASE_URL") or None,
        routes=heard_here(Path(os.environ.get("IVR_ROUTES", "routes.yaml")), places.models, places.var),
        grammars=Path(os.environ.get("IVR_GRAMMARS", "grammars")),
        var=places.var,
        trained=trained_folder(),
        listen_url=places.listen_url,
        vosk_models=places.models,
    )


def _environment(settings: Settings, places: Places) -> dict[str, str]:
    """The same installation for other processes, wherever they are started."""
    return {
        "IVR_PUBLIC_URL": settings.public_url,
        "IVR_SECRET_KEY": settings.secret_key,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "TWILIO_API_URL": places.phones_url,
        "IVR_FALLBACK_URL": places.fallback_url,
        "IVR_ROUTES": str(settings.routes.resolve()),
        "IVR_GRAMMARS": str(settings.grammars.resolve()),
        "IVR_VAR": str(settings.var.resolve()),
        "IVR_TRAINED": str(settings.trained.resolve()),
        "IVR_LISTEN_URL": settings.listen_url,
        "IVR_VOSK_MODELS": str(settings.vosk_models or ""),
        **({"IVR_DATABASE_URL": settings.database_url} if settings.database_url else {}),
    }


def _write_environment(file: Path, environment: dict[str, str]) -> None:
    """For the other commands, to be read by a shell. It holds secrets: nobody else may read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with open(file, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as lines:
        lines.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


@contextmanager
def _running_engine(environment: dict[str, str], places: Places) -> Iterator["subprocess.Popen[bytes]"]:
    """`ivr serve` in a process group of its own, so that Ctrl-C reaches it through us and in order."""
    command = [sys.executable, "-m", "ivr", "serve", "--port", str(places.engine)]
    command += ["--listen-port", str(places.listener)]
    with places.log.open("ab") as log:
        engine = subprocess.Popen(
            command, env={**os.environ, **environment}, start_new_session=True, stdout=log, stderr=log
        )
        try:
            yield engine
        finally:
            engine.terminate()
            try:
                engine.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(engine.pid, signal.SIGKILL)
                engine.wait()


def _wait_for_answer(address: str, engine: "subprocess.Popen[bytes]", log: Path) -> None:
    session = requests.Session()
    session.trust_env = False

    def answers() -> bool:
        try:
            return session.get(address, timeout=2).ok
        except requests.RequestException:
            return False

    _until(lambda: engine.poll() is not None or answers())
    if engine.poll() is not None or not answers():
        raise click.ClickException(f"The engine did not answer at {address}; the end of {log} tells why.")


def _until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, or has not been for too long."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and not is_so():
        time.sleep(0.1)


def _welcome(places: Places, seconds: float) -> str:
    telephone = demo_town.device_of(YOURS).removeprefix("+")
    return f"""
Lillebælt Kommune answers on {MAIN} (ready after {seconds:.0f} s)

  Call as a citizen     {places.phones_url}/phone
                        or here: .venv/bin/ivr call
  Answer as an agent    {places.engine_url}/desk            sign in: {YOURS} / demo-{YOURS}
    with the telephone  {places.phones_url}/phone?number=%2B{telephone}
  Watch as a supervisor {places.engine_url}/wallboard       sign in: sofie / demo-sofie
  Run other commands    . {places.environment} && .venv/bin/ivr staff list

A small crowd calls and scripted agents answer. The engine's log is {places.log}.
Ctrl-C ends everything.
"""
