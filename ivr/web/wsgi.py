"""What the web server imports: the application, made from the environment once, before the workers are forked.

A worker that dies is so replaced in a few milliseconds, and what was learnt from the grammars is in memory once.
"""

import os
from functools import partial
from typing import TYPE_CHECKING

from ivr.assembly import assemble
from ivr.settings import BadSettings, Settings
from ivr.telemetry import configure
from ivr.web import foresight
from ivr.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create() -> "WSGIApplication":
    """The application over the database of `IVR_DATABASE_URL`, which whoever starts web processes has to run."""
    settings = Settings.from_environment()
    if settings.database_url is None:
        raise BadSettings("IVR_DATABASE_URL is not set.", hint="Start the web with `ivr serve`, which sets it.")
    configure()
    parts = assemble(settings, settings.database_url)
    foresight.look(parts)
    # A connection belongs to one process, and a thread does not come along.
    parts.engine.dispose()
    os.register_at_fork(after_in_child=partial(foresight.go_on, parts))
    return create_app(parts)
