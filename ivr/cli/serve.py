"""`ivr serve`: webhooks, pages and API; on its own it also runs the dispatcher and, by default, the database."""

import os
import sys

import click

from ivr.adapters.files import plan_files
from ivr.assembly import assemble
from ivr.cli import kept_running, ports
from ivr.cli.database_of import running_database
from ivr.cli.kept_running import Kept
from ivr.operations import dialplan
from ivr.operations.plans import BadDialPlan, NoDialPlan
from ivr.settings import Settings
from ivr.telemetry import configure

_APPLICATION = "ivr.web.wsgi:create()"


@click.command("serve", epilog="Example: ivr serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=ports.PORT, default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Web processes.")
@click.option("--threads", type=click.IntRange(min=1), default=16, show_default=True, help="Threads of each of them.")
@click.option("--dispatcher/--no-dispatcher", default=True, show_default=True, help="Run `ivr dispatch` as well.")
def command(host: str, port: int, workers: int, threads: int, dispatcher: bool) -> None:
    """Answer webhooks, pages and API until stopped."""
    settings = Settings.from_environment(starting=True)
    ports.must_be_free(host, port, "ivr serve --port")
    configure()
    with running_database(settings) as url:
        _take_up_plan(settings, url)
        kept = [Kept(name="web", command=gunicorn(host, port, workers, threads), may_give_up=True)]
        if dispatcher:
            kept.append(Kept(name="dispatcher", command=[sys.executable, "-m", "ivr", "dispatch"]))
        sys.exit(kept_running.until_stopped(kept, {**os.environ, "IVR_DATABASE_URL": url}))


def _take_up_plan(settings: Settings, url: str) -> None:
    """The files as they are now, if they are good; else the last good plan of the store goes on serving."""
    parts = assemble(settings, url)
    sources = plan_files.read_sources(settings.routes, settings.grammars)
    try:
        parts.plans.taken(sources)
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
