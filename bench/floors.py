"""What a webhook cannot be cheaper than, under the same server: constant words, and one signed transaction.

`python -m bench.floors constant --port 8000` serves the first, `transaction` the second.
"""

import argparse
import os

from flask import Flask, Response, abort, request
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, update
from twilio.request_validator import RequestValidator

from bench.serving import THREADS, WORKERS
from ivr.adapters.store import database
from ivr.web.server import Server

ROWS = 1000
_WORDS = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" numDigits="1" finishOnKey="" timeout="5" '
    'actionOnEmptyResult="true" action="http://127.0.0.1/next?turn=1" method="POST"><Say language="da-DK" '
    'voice="Polly.Sofie-Neural">Tryk 1 for pas. Tryk 2 for flytning.</Say></Gather><Redirect method="POST">'
    "http://127.0.0.1/next?turn=1</Redirect></Response>"
)

metadata = MetaData()
turns = Table("floor_turns", metadata, Column("id", Integer, primary_key=True), Column("turn", Integer, nullable=False))
inputs = Table(
    "floor_inputs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("row", Integer, nullable=False),
    Column("keys", Text, nullable=False),
)


def constant() -> Flask:
    """The first floor: a route that says the same to everybody."""
    app = _app()

    @app.post("/next/<int:row>")
    def next_document(row: int) -> Response:
        return Response(_WORDS, mimetype="text/xml")

    return app


def transaction() -> Flask:
    """The second floor: the signature, and one transaction of an UPDATE … RETURNING and an INSERT."""
    app = _app()
    engine = database.connect(os.environ["IVR_DATABASE_URL"])
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    public_url = os.environ["IVR_PUBLIC_URL"]
    take = update(turns).where(turns.c.id == bindparam("row")).values(turn=turns.c.turn + 1).returning(turns.c.turn)
    note = insert(inputs)

    @app.post("/next/<int:row>")
    def next_document(row: int) -> Response:
        header = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(public_url + request.path, request.form, header):
            abort(403)
        with engine.begin() as db:
            db.execute(take, {"row": row}).scalar_one()
            db.execute(note, {"row": row, "keys": request.form["Digits"]})
        return Response(_WORDS, mimetype="text/xml")

    return app


def furnish(url: str) -> None:
    """The tables of the second floor, with a row for every line."""
    engine = database.connect(url)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as db:
        db.execute(insert(turns), [{"id": row, "turn": 0} for row in range(ROWS)])
    engine.dispose()


def _app() -> Flask:
    app = Flask("floor")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def main() -> None:
    """Serve a floor as `ivr serve` would."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("floor", choices=FLOORS)
    arguments.add_argument("--port", type=int, required=True)
    asked = arguments.parse_args()
    Server(FLOORS[asked.floor](), f"127.0.0.1:{asked.port}", workers=WORKERS, threads=THREADS).run()


FLOORS = {"constant": constant, "transaction": transaction}

if __name__ == "__main__":
    main()
