"""`ivr listen`: hears callers in the languages whose recogniser is vosk."""

import os
import signal
import sys
import threading
import types

import click

from ivr.adapters.recognition.vosk import Models
from ivr.assembly import Parts, assemble
from ivr.cli import ports
from ivr.cli.database_of import running_database
from ivr.listener.service import Listener
from ivr.operations.plans import NoDialPlan
from ivr.settings import Settings
from ivr.telemetry import configure

PORT = 8001
WORKERS = os.cpu_count() or 1
_STREAMS_PER_WORKER = 40
"""What one core follows with a small model (`docs/speech.md`)."""


@click.command("listen", epilog="Example: ivr listen --port 8001")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=ports.PORT, default=PORT, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(min=1), default=WORKERS, help="Decoders (default: one for each core).")
@click.option(
    "--streams",
    type=click.IntRange(min=1),
    help=f"Callers heard at a time; more are asked for keys (default: {_STREAMS_PER_WORKER} for each worker).",
)
def command(host: str, port: int, workers: int, streams: int | None) -> None:
    """Hear callers over the carrier's media stream until stopped. Any number may run beside each other.

    Models are read from IVR_VOSK_MODELS: a folder with one model for each language, named by its code.
    """
    settings = Settings.from_environment()
    ports.must_be_free(host, port, "ivr listen --port")
    configure()
    with running_database(settings) as url:
        run(assemble(settings, url), host, port, workers, streams)


def run(parts: Parts, host: str, port: int, workers: int = WORKERS, streams: int | None = None) -> None:
    """Hear callers until a signal comes."""
    stopped = threading.Event()

    def stop(number: int, frame: types.FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    models = Models(parts.settings.vosk_models)
    with parts.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
        try:
            models.read(parts.plans.current(db).plan.flow.vocabularies)
        except NoDialPlan as missing:
            click.echo(f"{missing.text} Models are read when they are first needed.", err=True)
    listener = Listener(
        parts, models, host=host, port=port, workers=workers, most_streams=streams or workers * _STREAMS_PER_WORKER
    )
    listener.start()
    stopped.wait()
    listener.stop()
    parts.engine.dispose()
    sys.exit(0)
