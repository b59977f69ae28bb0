"""`ivr serve`: webhooks, pages and API; on its own it also runs dispatcher, listener and, by default, the database."""

import sys
from functools import partial

import click

from ivr.adapters.files import plan_files
from ivr.adapters.recognition import models
from ivr.assembly import Parts, assemble
from ivr.cli import dispatch, kept_running, listen, ports
from ivr.cli.database_of import running_database
from ivr.cli.kept_running import Kept
from ivr.domain.language import Language
from ivr.operations import dialplan
from ivr.operations.plans import BadDialPlan, NoDialPlan
from ivr.settings import Settings
from ivr.telemetry import configure
from ivr.web import server


@click.command("serve", epilog="Example: ivr serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=ports.PORT, default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Web processes.")
@click.option("--threads", type=click.IntRange(min=1), default=16, show_default=True, help="Threads of each of them.")
@click.option("--dispatcher/--no-dispatcher", default=True, show_default=True, help="Run `ivr dispatch` as well.")
@click.option(
    "--listener/--no-listener",
    default=True,
    show_default=True,
    help="Run `ivr listen` as well, where there are models in IVR_VOSK_MODELS or the plan needs them.",
)
@click.option("--listen-port", type=ports.PORT, default=listen.PORT, show_default=True, help="The listener's port.")
def command(
    host: str, port: int, workers: int, threads: int, dispatcher: bool, listener: bool, listen_port: int
) -> None:
    """Answer webhooks, pages and API until stopped."""
    settings = Settings.from_environment(starting=True)
    ports.must_be_free(host, port, "ivr serve --port")
    configure()
    with running_database(settings) as url:
        parts = assemble(settings, url)
        heard = _take_up(parts)
        web = server.server_of(parts, f"{host}:{port}", workers=workers, threads=threads)
        kept = [Kept(name="web", body=web, may_give_up=True)]
        if dispatcher:
            kept.append(Kept(name="dispatcher", body=partial(dispatch.run, parts)))
        if listener and (settings.vosk_models or heard):
            models.must_be_there(settings.vosk_models, heard)
            ports.must_be_free(host, listen_port, "ivr serve --listen-port")
            kept.append(Kept(name="listener", body=partial(listen.run, parts, host, listen_port)))
        # Whoever is forked makes connections of its own.
        parts.engine.dispose()
        sys.exit(kept_running.until_stopped(kept))


def _take_up(parts: Parts) -> list[Language]:
    """The files as they are now, if they are good; else the last good plan of the store goes on serving.

    Gives the languages that are to be heard by ourselves.
    """
    settings = parts.settings
    sources = plan_files.read_sources(settings.routes, settings.grammars)
    try:
        parts.plans.taken(sources)
        parts.operations.run(dialplan.take_up, sources)
        plan_files.keep_last_good(settings.var, sources)
    except BadDialPlan as error:
        click.echo(f"{error.text}\n{error.hint}", err=True)
        try:
            languages = _heard(parts)
        except NoDialPlan:
            raise error from None
        click.echo("The plan that was taken up last goes on serving.", err=True)
        return languages
    return _heard(parts)


def _heard(parts: Parts) -> list[Language]:
    with parts.engine.connect() as db:
        return list(parts.plans.current(db).plan.flow.vocabularies)
