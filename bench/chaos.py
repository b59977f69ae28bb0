"""`kill -9` of a random process every second, under load: is any caller lost, is anybody offered twice, does service go on?

`python -m bench.chaos` prints a table and ends with 1 where a promise was broken; with `--write` it puts the table into
`docs/performance.md`. Everything is real but the telephones: PostgreSQL, three machines that run `ivr serve` with web and
dispatcher, behind a load balancer. PostgreSQL, the carrier and the balancer are the outside world and are not killed.
The same seed calls and kills alike; what it meets at that moment differs from run to run.
"""

import argparse
import csv
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from bench import promises
from bench.promises import Row, WatchedWebhooks
from bench.rush import Agent, Rush
from bench.serving import free_port
from bench.spreader import spreading
from bench.victims import ROOT, Killer, Machine
from ivr.adapters.carrier.numbers import wanted
from ivr.adapters.store import database
from ivr.assembly import Parts, assemble
from ivr.cli import staff
from ivr.operations import notices
from ivr.operations.work import Work
from ivr.settings import Settings
from ivr.simulator.service import LiveCarrier

NUMBER, FALLBACK = "+4572001234", "+4572001299"
ACCOUNT, TOKEN = "AC" + "0" * 32, "a token for measuring only"
MACHINES, AGENTS = 3, 20
PASSWORD = "good enough to measure"
_PACE = ("calls_per_second: 1}", "calls_per_second: 5}")
"""The example's pace is that of a new account at the carrier, too slow for so many agents."""
_KILL_SECONDS, _DRAIN_SECONDS, _SIGN_IN_SECONDS = 1.0, 180, 60


def main() -> int:
    """Run, print, and write if asked to. 1 where a promise was broken."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--calls-per-second", type=float, default=2.0)
    arguments.add_argument("--log", type=Path, help="keep the engine's log in this file")
    arguments.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    asked = arguments.parse_args()
    rows = _run(asked.seconds, asked.seed, asked.calls_per_second, asked.log)
    table = _table(rows)
    print(table)
    if asked.write:
        from bench import report  # noqa: PLC0415 -- matplotlib is needed for nothing else

        report.write("chaos", table)
    return 1 if any(row.is_kept is False for row in rows) else 0


def _run(seconds: int, seed: int, calls_per_second: float, kept_log: Path | None) -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log = stack.enter_context((kept_log or folder / "engine.log").open("wb"))
        live = LiveCarrier(account_sid=ACCOUNT, auth_token=TOKEN, calls_per_second=0)
        carrier = live.carrier
        webhooks = carrier.webhooks = WatchedWebhooks(carrier)
        rest = stack.enter_context(live.serve())
        url = stack.enter_context(database.embedded(folder / "postgres"))
        environment = _environment(folder, url, rest)
        machines = [Machine(free_port(), environment, log) for _ in range(MACHINES)]
        front = int(environment["IVR_PUBLIC_URL"].rsplit(":", 1)[1])
        stack.enter_context(spreading(front, [machine.port for machine in machines]))
        for machine in machines:
            stack.callback(machine.stop)
            machine.start()
            machine.wait_until_ready()
        parts = assemble(Settings.from_environment(environment), url)
        stack.callback(parts.engine.dispose)
        agents = _hire(parts, folder)
        setup = wanted(environment["IVR_PUBLIC_URL"], fallback_url="")
        carrier.number(NUMBER, voice_url=setup.voice_url, status_callback=setup.status_callback)
        carrier.phone(FALLBACK).answers(after=2)
        people = [
            Agent(carrier, environment["IVR_PUBLIC_URL"], name, PASSWORD, device, seed + number)
            for number, (name, device) in enumerate(agents)
        ]
        stack.enter_context(_at_work(people, parts.engine))
        apart = stack.enter_context(promises.watching(parts.engine))
        killer, rush = Killer(machines, seed), Rush(carrier, NUMBER, calls_per_second, seed)
        _rage(seconds, killer, rush, machines)
        _drain(rush, machines, parts.engine)
        for citizen in rush.citizens:
            if citizen.is_lost:
                print(citizen.line.transcript(), file=sys.stderr)
        return list(promises.rows(parts.engine, carrier, webhooks, rush.citizens, killer.kills, machines, apart))


def _environment(folder: Path, database_url: str, rest: str) -> dict[str, str]:
    routes = (ROOT / "routes.yaml").read_text(encoding="utf-8")
    (folder / "routes.yaml").write_text(routes.replace(*_PACE), encoding="utf-8")
    return {
        **os.environ,
        "IVR_DATABASE_URL": database_url,
        "IVR_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        "IVR_SECRET_KEY": "a secret for measuring only",
        "IVR_ROUTES": str(folder / "routes.yaml"),
        "IVR_GRAMMARS": str(ROOT / "grammars"),
        "IVR_TRAINED": str(ROOT / "var" / "trained"),
        "IVR_VAR": str(folder),
        "TWILIO_API_URL": rest,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


def _hire(parts: Parts, folder: Path) -> list[tuple[str, str]]:
    """Agents who can do everything, and every group open at any hour. Gives usernames and telephones."""
    with parts.engine.connect() as db:
        plan = parts.plans.current(db).plan
    skills = sorted({topic.skill for topic in plan.flow.topics.values() if topic.skill is not None})
    hired = [(f"agent{number}", f"+457200{1300 + number}") for number in range(AGENTS)]
    file = folder / "staff.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(staff.COLUMNS)
        for name, device in hired:
            levels = ";".join(f"{skill}:5" for skill in skills)
            rows.writerow((name, name.title(), "agent", device, ";".join(plan.groups), levels, PASSWORD))
    staff.import_file(parts, file)

    def open_all(work: Work) -> None:
        for group in plan.groups:
            notices.set_open(work, "bench", group, True, "", None)

    parts.operations.run(open_all)
    return hired


@contextmanager
def _at_work(agents: Sequence[Agent], engine: Engine) -> Iterator[None]:
    """All of them signed in and ready, each in a thread, for as long as the context lasts."""
    over = threading.Event()
    threads = [threading.Thread(target=agent.work, args=(over,), daemon=True) for agent in agents]
    for thread in threads:
        thread.start()
    try:
        if not _until(lambda: promises.ready_agents(engine) == len(agents), _SIGN_IN_SECONDS):
            sys.exit(f"Not every agent was ready within {_SIGN_IN_SECONDS} s.")
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _rage(seconds: int, killer: Killer, rush: Rush, machines: Sequence[Machine]) -> None:
    began = time.monotonic()
    rush.start()
    for second in range(1, seconds + 1):
        time.sleep(max(0.0, began + second * _KILL_SECONDS - time.monotonic()))
        killer.strike()
        for machine in machines:
            machine.look_after()
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    rush.stop()


def _drain(rush: Rush, machines: Sequence[Machine], engine: Engine) -> None:
    """Until every call has ended and every agent is done, or that takes too long."""

    def is_over() -> bool:
        for machine in machines:
            machine.look_after()
        return rush.is_over and promises.is_at_rest(engine)

    _until(is_over, _DRAIN_SECONDS)


def _until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it has become so within the time."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        if is_so():
            return True
        time.sleep(0.5)
    return False


def _table(rows: Sequence[Row]) -> str:
    lines = [f"{'':42}{'found':>34}{'promised':>10}"]
    for row in rows:
        broken = "  BROKEN" if row.is_kept is False else ""
        lines.append(f"{row.name:42}{row.found:>34}{row.promised:>10}{broken}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
