"""`ivr serve`: webhooks, pages and API; on its own it also runs the dispatcher and, by default, the database."""

import os
import signal
import subprocess
import sys
import types
from collections.abc import Mapping

import click
import structlog

from ivr.adapters.files import plan_files
from ivr.assembly import assemble
from ivr.cli.database_of import running_database
from ivr.operations import dialplan
from ivr.operations.plans import BadDialPlan, NoDialPlan
from ivr.settings import Settings
from ivr.telemetry import configure

_STOP_SECONDS = 10
# Also the pause before a process that dies is started again.
_LOOK_SECONDS = 2
_APPLICATION = "ivr.web.wsgi:create()"

log = structlog.get_logger()


@click.command("serve", epilog="Example: ivr serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=16, show_default=True, help="Threads of each web process.")
@click.option("--dispatcher/--no-dispatcher", default=True, show_default=True, help="Run `ivr dispatch` as well.")
def command(host: str, port: int, workers: int, threads: int, dispatcher: bool) -> None:
    """Answer webhooks, pages and API until stopped."""
    settings = Settings.from_environment()
    configure()
    with running_database(settings) as url:
        _take_up_plan(settings, url)
        environment = {**os.environ, "IVR_DATABASE_URL": url}
        commands = [gunicorn(host, port, workers, threads)]
        if dispatcher:
            commands.append([sys.executable, "-m", "ivr", "dispatch"])
        sys.exit(_until_stopped(commands, environment))


def _take_up_plan(settings: Settings, url: str) -> None:
    """The files as they are now, if they are good; else the last good plan of the store goes on serving."""
    parts = assemble(settings, url)
    sources = plan_files.read_sources(settings.routes, settings.grammars)
    try:
        parts.operations.run(dialplan.take_up, sources)
        plan_files.keep_last_good(settings.var, sources)
    except BadDialPlan as error:
        click.echo(f"{error.text}\n{error.hint}", err=True)
        with parts.engine.connect() as db:
            try:
                parts.plans.current(db)
            except NoDialPlan:
                raise error from None
        click.echo("The plan that was taken up last goes on serving.", err=True)
    finally:
        parts.engine.dispose()


def gunicorn(host: str, port: int, workers: int, threads: int, application: str = _APPLICATION) -> list[str]:
    """The command that serves `application`; the benchmarks serve their floors by the same one."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"{host}:{port}",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--worker-class",
        "gthread",
        "--graceful-timeout",
        "10",
        "--log-level",
        "warning",
        application,
    ]


def _until_stopped(commands: list[list[str]], environment: Mapping[str, str]) -> int:
    """Run the commands until a signal comes or the first of them ends; then end all of them and leave no process.

    The first one, the web, decides. Another that dies is started anew: callers would be greeted and never put through.
    """

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        children.extend(subprocess.Popen(command, env=environment) for command in commands)
        return _web_ended(children, commands, environment)
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _web_ended(
    children: list["subprocess.Popen[bytes]"], commands: list[list[str]], environment: Mapping[str, str]
) -> int:
    while True:
        try:
            return children[0].wait(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            for place, child in enumerate(children):
                code = child.poll()
                if code is not None and place > 0:
                    log.warning("process_started_anew", command=commands[place][-1], code=code)
                    children[place] = subprocess.Popen(commands[place], env=environment)
