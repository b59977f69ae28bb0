"""What a failing connection means: the one question is whether the carrier may have acted."""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from ivr.adapters.carrier import wire
from ivr.adapters.carrier.outcomes import CarrierProblem, NotProcessed, Permanent, Unavailable, Unknown
from ivr.adapters.carrier.rest import Carrier
from ivr.domain.phone import PhoneNumber

OURS = PhoneNumber("+4572001234")
Start = Callable[[bytes | None], Carrier]


@pytest.fixture
def carrier_that_answers() -> Iterator[Start]:
    """A carrier with one reply to everything, byte by byte; None hangs up without a word, empty never answers."""
    listeners: list[socket.socket] = []

    def start(reply: bytes | None) -> Carrier:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, reply), daemon=True).start()
        return at(f"http://127.0.0.1:{listener.getsockname()[1]}")

    yield start
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, reply: bytes | None) -> None:
    kept = []
    while True:
        try:
            connection, _ = listener.accept()
            connection.recv(65536)
        except OSError:
            return
        if reply == b"":
            kept.append(connection)
            continue
        if reply is not None:
            connection.sendall(reply)
        connection.close()


def at(api_url: str) -> Carrier:
    return Carrier(account_sid="AC1", auth_token="t", public_url="https://ivr.dk", api_url=api_url)


def reply(status: int, body: object) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return (head + text).encode()


def outcome(carrier: Carrier) -> CarrierProblem:
    with pytest.raises(CarrierProblem) as caught:
        carrier.ring("A", "+4530000001", OURS, 20)
    return caught.value


def test_nobody_there_means_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert type(outcome(at(f"http://127.0.0.1:{port}"))) is Unavailable
    assert type(outcome(at("http://nowhere.invalid"))) is Unavailable


def test_a_line_cut_after_sending_means_perhaps(carrier_that_answers):
    assert type(outcome(carrier_that_answers(None))) is Unknown


def test_silence_means_perhaps(carrier_that_answers, monkeypatch):
    monkeypatch.setattr(wire, "READ_SECONDS", 0.2)

    assert type(outcome(carrier_that_answers(b""))) is Unknown


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(429, {"code": 20429, "message": "Too many requests", "status": 429}), NotProcessed),
        (reply(400, {"code": 21211, "message": "Invalid 'To'", "status": 400}), Permanent),
        (reply(404, "not json"), Permanent),
        (reply(500, {"code": 20500, "message": "Internal", "status": 500}), Unknown),
        (reply(503, "<html>"), Unknown),
        (reply(201, "<html>a proxy's page</html>"), Unknown),
        (reply(201, [1]), Unknown),
        (reply(201, {"status": "queued"}), Unknown),
        (reply(302, {}), Unknown),
    ],
)
def test_every_kind_of_reply(carrier_that_answers, answer, kind):
    assert type(outcome(carrier_that_answers(answer))) is kind


def test_a_refusal_carries_its_code_and_what_it_means(carrier_that_answers):
    problem = outcome(carrier_that_answers(reply(400, {"code": 21211, "message": "Invalid 'To'", "status": 400})))

    assert isinstance(problem, Permanent)
    assert (problem.carrier_code, str(problem)) == (
        21211,
        "The carrier refused (21211): Invalid 'To' The number is not one that can be called or texted.",
    )
