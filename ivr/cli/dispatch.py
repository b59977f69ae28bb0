"""`ivr dispatch`: timers, orders, the sweep and the reconciler."""

import signal
import threading
import types

import click

from ivr.assembly import assemble
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
    stopped = threading.Event()

    def stop(number: int, frame: types.FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with running_database(settings) as url:
        parts = assemble(settings, url)
        # Compiled in the middle of the first matching, the plan would keep every other matching waiting for seconds.
        foresight.begin(parts)
        dispatcher = Dispatcher(parts)
        dispatcher.start()
        stopped.wait()
        dispatcher.stop()
