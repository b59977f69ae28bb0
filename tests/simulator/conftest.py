"""A carrier in virtual time and a throwaway product: documents by path, and everything the carrier told it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import make_server

from ivr.simulator.carrier import Carrier
from ivr.simulator.clock import VirtualClock
from ivr.simulator.mischief import Mischief

ACCOUNT, TOKEN = "AC" + "a" * 32, "secret-of-the-account"
MAIN = "+4572001234"
CITIZEN, AGENT, COLLEAGUE = "+4520123456", "+4530000001", "+4530000002"


@dataclass
class Product:
    """What a product is to a carrier: documents at addresses, and a door for callbacks."""

    url: str = ""
    documents: dict[str, str | Response | Callable[[dict[str, str]], str]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    api: dict[str, Callable[[dict], dict]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def on(self, path: str, answer: str | Response | Callable[[dict[str, str]], str]) -> None:
        self.documents[path] = answer

    def asked(self, path: str) -> list[dict[str, str]]:
        return [fields for at, fields in self.requests if at == path]

    def told(self, path: str, name: str = "CallStatus") -> list[str]:
        return [fields.get(name, "") for fields in self.asked(path)]

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.route("/<path:path>", methods=["GET", "POST", "PUT"])
        def answer(path: str):
            path = f"/{path}"
            if path in self.api:
                return self.api[path](request.get_json(silent=True) or {})
            fields = request.form.to_dict() or request.args.to_dict()
            validator = RequestValidator(TOKEN)
            if not validator.validate(request.url, request.form.to_dict(), request.headers["X-Twilio-Signature"]):
                self.refused.append(path)
            self.requests.append((path, fields))
            self.headers.append(dict(request.headers))
            found = self.documents.get(path, "")
            found = found(fields) if callable(found) and not isinstance(found, Response) else found
            if isinstance(found, Response):
                return found
            return Response(f"<Response>{found}</Response>", mimetype="text/xml")

        return app


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    server = make_server("127.0.0.1", 0, product.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    product.url = f"http://127.0.0.1:{server.server_port}"
    yield product
    server.shutdown()
    server.server_close()


@pytest.fixture
def carrier_with(product: Product) -> Callable[..., Carrier]:
    """A carrier with some mischief, and our main number on it."""

    def make(**mischief: float) -> Carrier:
        clock = VirtualClock(start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=clock, mischief=Mischief(**mischief))
        carrier.number(MAIN, voice_url=f"{product.url}/voice", status_callback=f"{product.url}/status")
        for number in (CITIZEN, AGENT, COLLEAGUE):
            carrier.phone(number)
        return carrier

    return make


@pytest.fixture
def carrier(carrier_with: Callable[..., Carrier]) -> Carrier:
    return carrier_with()


@pytest.fixture
def client_of() -> Callable[[str], Client]:
    """Twilio's own client, speaking to the simulated REST API."""

    def make(base_url: str) -> Client:
        client = Client(ACCOUNT, TOKEN)
        client.api.base_url = base_url
        return client

    return make


@pytest.fixture
def rest(carrier: Carrier, client_of: Callable[[str], Client]) -> Iterator[Client]:
    with carrier.serve_rest() as base_url:
        yield client_of(base_url)
