"""The web processes: gunicorn over an application that is made before they are forked.

A worker that dies is so replaced in a few milliseconds, and what was learnt from the grammars is in memory once.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from ivr.assembly import Parts
from ivr.web import foresight
from ivr.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_GRACEFUL_SECONDS = 10


class Server(BaseApplication):
    """gunicorn over `application` on `address` (`host:port`); `in_worker` is called in each worker that is forked."""

    def __init__(
        self,
        application: "WSGIApplication",
        address: str,
        *,
        workers: int,
        threads: int,
        in_worker: Callable[[], object] = lambda: None,
    ) -> None:
        self._application = application
        self._settings: dict[str, Any] = {
            "bind": address,
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            # The workers of a web that was killed hold the port for a moment yet.
            "reuse_port": True,
            "graceful_timeout": _GRACEFUL_SECONDS,
            "loglevel": "warning",
            "post_fork": lambda arbiter, worker: in_worker(),
        }
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn asks for first."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        """What gunicorn asks for next."""
        return self._application


def server_of(parts: Parts, address: str, *, workers: int, threads: int) -> Callable[[], None]:
    """What serves webhooks, pages and API on `address` until it is stopped, once it is called; made already."""
    in_worker = partial(foresight.go_on, parts)
    server = Server(create_app(parts), address, workers=workers, threads=threads, in_worker=in_worker)

    def serve() -> None:
        foresight.look(parts)
        # A connection belongs to one process.
        parts.engine.dispose()
        server.run()

    return serve
