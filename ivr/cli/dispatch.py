"""`ivr dispatch`: timers, orders, the sweep and the reconciler."""

import signal
import threading
import types

import click

from ivr.assembly import Parts, assemble
from ivr.cli.database_of import running_database
from ivr.dispatcher.loop import Dispatcher
from ivr.settings import Settings
from ivr.telemetry import configure
from ivr.web import foresight


@click.command("dispatch", epilog="Example: ivr dispatch")
def command() -> None:
    """Carry out orders and keep time until stopped. Any number may run beside each other."""
    settings = Settings.from_environment()
    configure()
    with running_database(settings) as url:
        run(assemble(settings, url))


def run(parts: Parts) -> None:
    """Carry out orders and keep time until a signal comes."""
    stopped = threading.Event()

    def stop(number: int, frame: types.FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # Compiled in the middle of the first matching, the plan would keep every other matching waiting for seconds.
    foresight.begin(parts)
    dispatcher = Dispatcher(parts)
    dispatcher.start()
    stopped.wait()
    dispatcher.stop()
