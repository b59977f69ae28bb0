"""The smallest product there can be: each leg hears what the test says it should, and every request is written down."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, request
from werkzeug.serving import make_server

from ivr.adapters.carrier import twiml
from ivr.adapters.carrier.signature import called_address, signed
from ivr.domain.flow.actions import Say, Spoken, Wait
from ivr.domain.flow.graph import Speaker
from ivr.domain.language import Language

DA = Language("da")
ACCOUNT, TOKEN = "AC" + "a" * 32, "secret-of-the-account"
MAIN, CITIZEN, AGENT, LANDLINE = "+4572001234", "+4520123456", "+4530000001", "+4533000001"
SPEAKERS = {DA: Speaker(language=DA, name="dansk", carrier_code="da-DK", voice="Polly.Naja")}
WAITING = (Wait(say=(Say(text="Du står i kø.", language=DA),), language=DA),)


@dataclass
class House:
    """`goals` is what each leg hears; incoming calls are the leg `C`. `requests` are path with query, and form.

    `refusals` are statuses that the next requests are answered with, whatever they ask for.
    """

    url: str = ""
    goals: dict[str, tuple[Spoken, ...]] = field(default_factory=lambda: {"C": WAITING})
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    unsigned: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    def asked(self, beginning: str) -> list[str]:
        return [path for path, _ in self.requests if path.startswith(beginning)]

    def told(self, beginning: str, name: str) -> list[str]:
        return [form[name] for path, form in self.requests if path.startswith(beginning)]

    def _document(self, leg: str, turn: int) -> str:
        place = twiml.ReplyAddress(public_url=self.url, leg=leg, turn=turn, speakers=SPEAKERS)
        return twiml.document(self.goals[leg], place)

    def app(self) -> Flask:
        app = Flask(__name__, static_folder=None)

        @app.post("/<path:path>")
        def answer(path: str) -> Response:
            query = request.query_string.decode()
            address = called_address(self.url, request.path, query)
            if not signed(address, request.form, request.headers.get("X-Twilio-Signature", ""), TOKEN):
                self.unsigned.append(address)
                return Response("", 403)
            self.requests.append((request.full_path.rstrip("?"), request.form.to_dict()))
            if self.refusals:
                return Response("", self.refusals.pop(0))
            if path.startswith(("voice/next/", "voice/incoming")):
                leg = path.removeprefix("voice/next/") if "next" in path else "C"
                return Response(self._document(leg, request.args.get("turn", 0, type=int) + 1), mimetype="text/xml")
            return Response(twiml.nothing(), mimetype="text/xml")

        @app.get("/voice/music/<int:seconds>.wav")
        def music(seconds: int) -> Response:
            return Response(b"", mimetype="audio/wav")

        return app


@contextmanager
def open_house() -> Iterator[House]:
    house = House()
    server = make_server("127.0.0.1", 0, house.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    house.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
