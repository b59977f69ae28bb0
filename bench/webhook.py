"""What a webhook costs: a menu step and a waiting turn of ours beside two floors, under the same server and load.

`python -m bench.webhook` prints a table, and with `--write` puts figures and plot into `docs/`.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import requests
from sqlalchemy import Engine, text
from twilio.request_validator import RequestValidator

from bench import floors
from bench.load import Shot, Volley
from bench.serving import OURS, Server, seconds_of, served
from ivr.adapters.files import plan_files
from ivr.adapters.store import database
from ivr.assembly import Parts, assemble
from ivr.operations import dialplan, notices
from ivr.settings import Settings

ROOT = Path(__file__).parents[1]
RATES = (200, 400)
NUMBER, TOKEN = "+4572001234", "a token for measuring"
ENVIRONMENT = {
    "IVR_SECRET_KEY": "a secret for measuring only",
    "IVR_PUBLIC_URL": "http://127.0.0.1",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "IVR_ROUTES": str(ROOT / "routes.yaml"),
    "IVR_GRAMMARS": str(ROOT / "grammars"),
    "IVR_TRAINED": str(ROOT / "var" / "trained"),
}
WAITING, IN_MENU = 1000, 400
_STATISTICS_SECONDS = 11  # PostgreSQL: an idle session tells what it has counted after 10 s at the latest


@dataclass(frozen=True)
class Figures:
    """One subject at one rate: CPU in milliseconds per request, of the web and of PostgreSQL; latencies in ms."""

    web_cpu: float
    store_cpu: float
    p50: float
    p99: float
    per_second: float
    errors: int

    @property
    def cpu(self) -> float:
        return self.web_cpu + self.store_cpu


Found = Mapping[tuple[str, int], Figures]
"""By the subject's name and the rate per second."""


@dataclass(frozen=True)
class Subject:
    """Something to measure: `shots` gives its requests, endlessly."""

    name: str
    server: Server
    shots: Iterator[Shot]


def main() -> None:
    """Measure everything, print it, and write it if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=6.0)
    arguments.add_argument("--write", action="store_true", help="put figures and plot into docs/")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, database.embedded(Path(folder) / "postgres") as url:
        postgres = _postmaster(Path(folder) / "postgres")
        found, commits = _measured(url, postgres, asked.rounds, asked.seconds, Path(folder))
    print(_table(found, commits))
    if asked.write:
        from bench import report  # noqa: PLC0415 -- matplotlib is needed for nothing else

        report.write_webhook(_table(found, commits), found)


def _measured(
    url: str, postgres: psutil.Process, rounds: int, seconds: float, folder: Path
) -> tuple[Found, Mapping[str, float]]:
    database.upgrade(url)
    floors.furnish(url)
    environment = {**ENVIRONMENT, "IVR_DATABASE_URL": url, "IVR_VAR": str(folder)}
    with ExitStack() as stack:
        parts = stack.enter_context(_town(environment, url))
        constant = stack.enter_context(served(("bench.floors", "constant"), environment))
        transaction = stack.enter_context(served(("bench.floors", "transaction"), environment))
        ours = stack.enter_context(served(OURS, environment))
        subjects = (
            Subject("constant TwiML", constant, _floor_shots(constant)),
            Subject("one transaction", transaction, _floor_shots(transaction)),
            Subject("menu step", ours, _menu_shots(ours)),
            Subject("waiting turn", ours, _waiting_shots(ours)),
        )
        rows: dict[tuple[str, int], list[Figures]] = {}
        for _ in range(rounds):
            for rate in RATES:
                for subject in subjects:
                    found = _volley(subject, rate, seconds, postgres)
                    rows.setdefault((subject.name, rate), []).append(found)
                    print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        commits = {subject.name: _commits_each(subject, parts.engine) for subject in subjects}
    return {key: _middle(found) for key, found in rows.items()}, commits


@contextmanager
def _town(environment: Mapping[str, str], url: str) -> Iterator[Parts]:
    """Lillebælt Kommune, open at any hour."""
    settings = Settings.from_environment(environment)
    parts = assemble(settings, url)
    parts.operations.run(dialplan.take_up, plan_files.read_sources(settings.routes, settings.grammars))
    parts.operations.run(notices.set_open, "bench", "omstilling", True, "", None)
    try:
        yield parts
    finally:
        parts.engine.dispose()


def _volley(subject: Subject, rate: int, seconds: float, postgres: psutil.Process) -> Figures:
    _fire(subject, rate, rate)
    count = int(rate * seconds)
    web, store = subject.server.cpu_seconds(), seconds_of(postgres)
    volley = _fire(subject, rate, count)
    web, store = subject.server.cpu_seconds() - web, seconds_of(postgres) - store
    for error in volley.errors[:3]:
        print(f"{subject.name} at {rate}/s: {error}", file=sys.stderr)
    latencies = statistics.quantiles([1000 * s for s in volley.seconds], n=100)
    return Figures(
        web_cpu=1000 * web / count,
        store_cpu=1000 * store / count,
        p50=latencies[49],
        p99=latencies[98],
        per_second=count / volley.took,
        errors=len(volley.errors),
    )


def _commits_each(subject: Subject, engine: Engine) -> float:
    """Transactions that PostgreSQL committed per request. Its own housekeeping may add one or two to the thousand."""
    time.sleep(_STATISTICS_SECONDS)
    before = _commits(engine)
    _fire(subject, RATES[0], 1000)
    time.sleep(_STATISTICS_SECONDS)
    return (_commits(engine) - before) / 1000


def _fire(subject: Subject, rate: int, count: int) -> Volley:
    shots = [(shot.request, shot.expected) for shot in islice(subject.shots, count)]
    command = [sys.executable, "-m", "bench.load", str(subject.server.port), str(rate)]
    done = subprocess.run(command, input=json.dumps(shots), capture_output=True, text=True, check=True, cwd=ROOT)
    return Volley(**json.loads(done.stdout))


def _postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))


def _commits(engine: Engine) -> int:
    with engine.connect() as db:
        query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        return int(db.execute(text(query)).scalar_one())


def _middle(found: list[Figures]) -> Figures:
    """The median of every figure, but of errors the sum."""

    def median(figure: Callable[[Figures], float]) -> float:
        return statistics.median(figure(one) for one in found)

    return Figures(
        web_cpu=median(lambda one: one.web_cpu),
        store_cpu=median(lambda one: one.store_cpu),
        p50=median(lambda one: one.p50),
        p99=median(lambda one: one.p99),
        per_second=median(lambda one: one.per_second),
        errors=sum(one.errors for one in found),
    )


def _shot(server: Server, path: str, form: Mapping[str, str], expected: str) -> Shot:
    """A signed request, as the carrier sends it."""
    signature = RequestValidator(TOKEN).compute_signature(f"http://127.0.0.1:{server.port}{path}", form)
    body = urlencode(form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Shot(request=head + body, expected=expected)


def _form(call: int, **more: str) -> dict[str, str]:
    """The fields that come with every request of a call."""
    return {
        "CallSid": f"CA{call:032x}",
        "AccountSid": ENVIRONMENT["TWILIO_ACCOUNT_SID"],
        "From": f"+45{20000000 + call}",
        "To": NUMBER,
        "CallStatus": "in-progress",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "FromCountry": "DK",
        "FromCity": "",
        "ToCountry": "DK",
        "ToCity": "",
        **more,
    }


def _floor_shots(server: Server) -> Iterator[Shot]:
    for row in cycle(range(floors.ROWS)):
        yield _shot(server, f"/next/{row}", _form(row, Digits="1", msg="Gather End"), "<Gather")


def _menu_shots(server: Server) -> Iterator[Shot]:
    """Into the menu with 1, and back to the open question with 9."""
    calls = _calls(server, first=0, count=IN_MENU)
    while True:
        for keys in ("1", "9"):
            yield from _turns(server, calls, keys)


def _waiting_shots(server: Server) -> Iterator[Shot]:
    """Waiting documents that come to their end, one after the other."""
    calls = _calls(server, first=IN_MENU, count=WAITING)
    for shot in _turns(server, calls, "0"):
        _send(server, shot)
    while True:
        yield from _turns(server, calls, "")


@dataclass
class _Call:
    number: int
    leg: str
    turn: int


def _turns(server: Server, calls: list[_Call], keys: str) -> Iterator[Shot]:
    """The next turn of every call. An answer that is right asks for the turn after it."""
    for call in calls:
        path = f"/voice/next/{call.leg}?turn={call.turn}"
        call.turn += 1
        form = _form(call.number, Digits=keys, msg="Gather End")
        yield _shot(server, path, form, f"turn={call.turn}")


def _calls(server: Server, *, first: int, count: int) -> list[_Call]:
    found = []
    for number in range(first, first + count):
        form = _form(number, CallStatus="ringing")
        answer = _send(server, _shot(server, "/voice/incoming", form, "<Gather"))
        match = re.search(r"/voice/next/([0-9a-f-]+)\?turn=(\d+)", answer)
        assert match is not None, answer
        found.append(_Call(number=number, leg=match[1], turn=int(match[2])))
    return found


def _send(server: Server, shot: Shot) -> str:
    head, body = shot.request.split("\r\n\r\n")
    line, *headers = head.split("\r\n")
    address = urlsplit(line.split()[1])
    url = f"http://127.0.0.1:{server.port}{address.path}" + (f"?{address.query}" if address.query else "")
    fields = dict(header.split(": ", 1) for header in headers)
    answer = _SESSION.post(url, data=body, headers=fields, timeout=10)
    assert answer.status_code == 200 and shot.expected in answer.text, answer.text
    return answer.text


_SESSION = requests.Session()
_SESSION.trust_env = False


def _table(found: Found, commits: Mapping[str, float]) -> str:
    lines = [
        f"{'':16}{'rate':>6}{'web ms':>9}{'store ms':>10}{'web ×':>8}{'both ×':>8}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'errors':>8}{'commits':>9}"
    ]
    for (name, rate), one in found.items():
        floor = found["one transaction", rate]
        lines.append(
            f"{name:16}{rate:>6}{one.web_cpu:>9.2f}{one.store_cpu:>10.2f}{one.web_cpu / floor.web_cpu:>8.2f}"
            f"{one.cpu / floor.cpu:>8.2f}{one.p50:>9.1f}{one.p99:>9.1f}{one.errors:>8}{commits[name]:>9.3f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
