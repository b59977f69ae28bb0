"""The simulated carrier in real time, for the demo: REST API, phones over HTTP and the phone page on one loopback
port, and the static documents that somebody hosts for the day on which the product does not answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask, Response, abort

from ivr.simulator import phone_api
from ivr.simulator.carrier import Carrier
from ivr.simulator.clock import RealClock
from ivr.simulator.mischief import Mischief
from ivr.simulator.page import routes as page
from ivr.simulator.rest import app as rest
from ivr.simulator.serving import serve


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone with a telephone, by name, on the phone page."""

    name: str
    number: str
    landline: bool = False


class LiveCarrier:
    """One account at a carrier that runs by itself until `stop`."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        citizens: Sequence[Person] = (),
        agents: Sequence[Person] = (),
        mischief: Mischief | None = None,
        speed: float = 1.0,
        calls_per_second: float = 1.0,
    ) -> None:
        self.clock = RealClock(speed=speed)
        self.carrier = Carrier(
            account_sid=account_sid,
            auth_token=auth_token,
            clock=self.clock,
            mischief=mischief,
            calls_per_second=calls_per_second,
        )
        self.citizens, self.agents = tuple(citizens), tuple(agents)
        for person in (*self.citizens, *self.agents):
            self.carrier.phone(person.number, landline=person.landline)
        self._documents: dict[str, str] = {}

    def host(self, name: str, document: str) -> None:
        """Serve the document at `/hosted/` and its name, as text/xml."""
        self._documents[name] = document

    def app(self) -> Flask:
        app = Flask("ivr.simulator", static_folder=None)
        rest.mount(app, self.carrier)
        app.register_blueprint(phone_api.routes(self.carrier))
        app.register_blueprint(page.routes(self.carrier, self.citizens, self.agents))

        @app.route("/hosted/<name>", methods=["GET", "POST"])
        def hosted(name: str) -> Response:
            if name not in self._documents:
                abort(404)
            return Response(self._documents[name], mimetype="text/xml")

        return app

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Everything on 127.0.0.1; gives the base URL. The phone page is at `/phone`."""
        with serve(self.app(), port) as url:
            self.carrier.rest_url = url
            try:
                yield url
            finally:
                self.stop()

    def stop(self) -> None:
        self.clock.stop()
        for call in self.carrier.calls:
            call.streams.cut()
