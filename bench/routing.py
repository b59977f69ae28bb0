"""What a match costs: from the commit after which two could meet to the offer's commit, however many wait and work.

`python -m bench.routing` fills a database with callers and agents of ten groups, lets agents become ready one after the
other, and prints a table; `--write` puts it into `docs/performance.md`. Matches per second are counted where many agents
become ready at once, which one matching serves: up to a hundred, ten times. The floor is the least transaction that claims the
head of one list for an agent: two conditional updates and one row, on the same database in the same run.
"""

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from bench import report
from bench.webhook import ENVIRONMENT, ROOT
from ivr.adapters.files import plan_files
from ivr.adapters.store import agents, database
from ivr.assembly import Parts, assemble
from ivr.domain.routing.agents import AgentMove, AgentState
from ivr.operations import dialplan, matching
from ivr.operations.agent_moves import move_agent
from ivr.operations.work import Work
from ivr.settings import Settings

SIZES = ((100, 10), (1_000, 100), (1_000, 1_000), (10_000, 1_000), (100_000, 10_000))
_ROUNDS, _WARM = 300, 30
_RUSHES, _AT_ONCE = 10, 100

_CALLERS = """
WITH fresh AS (
    INSERT INTO contacts (id, line, plan_version, language, started_at)
    SELECT gen_random_uuid(), 'main', :version, 'da', now() FROM generate_series(1, :count) RETURNING id),
numbered AS (SELECT id, row_number() OVER () AS number FROM fresh)
INSERT INTO queue_entries (id, contact_id, group_id, state, queue_class, needs, asked, language, entered_at, rank_at)
SELECT gen_random_uuid(), numbered.id, own.id, 'waiting', CASE WHEN number % 50 = 0 THEN 1 ELSE 2 END,
       own.id || ';' || CASE number % 3 WHEN 0 THEN '' ELSE 'pas:' || (1 + number % 3) END || ';', '{}', 'da',
       now(), now() - random() * interval '1 hour'
FROM numbered, LATERAL (SELECT CAST(:groups AS text[]) AS all_groups) AS known,
     LATERAL (SELECT all_groups[1 + number % cardinality(all_groups)] AS id) AS own
"""

_STAFF = """
WITH fresh AS (
    INSERT INTO agents (id, username, name, role, password_hash, since, state, wanted, device)
    SELECT gen_random_uuid(), 'agent-' || number, 'Agent', 'agent', '-', now(), 'break', 'break', '+4572001201'
    FROM generate_series(1, :count) AS number RETURNING id),
numbered AS (SELECT id, row_number() OVER () AS number FROM fresh),
member AS (
    INSERT INTO agent_groups (agent_id, group_id)
    SELECT id, all_groups[1 + (number + step) % cardinality(all_groups)]
    FROM numbered, (SELECT CAST(:groups AS text[]) AS all_groups) AS known, generate_series(0, 1) AS step)
INSERT INTO agent_skills (agent_id, skill, level) SELECT id, 'pas', 1 + number % 5 FROM numbered
"""

# The same rows are used again: whoever was served is in line once more, at its end, so that as many wait all the time.
_ANEW = """
UPDATE queue_entries SET state = 'waiting', rank_at = now() WHERE state = 'offered';
UPDATE engagements SET state = 'cancelled', ended_at = now() WHERE state = 'ringing';
UPDATE agents SET state = 'break' WHERE state = 'offered';
UPDATE orders SET state = 'dropped' WHERE state = 'pending'
"""

_FLOOR = """
WITH head AS (
    SELECT id, contact_id FROM queue_entries
    WHERE state IN ('callback', 'waiting') AND held_until IS NULL AND group_id = :group AND queue_class = 2 AND needs = :needs
    ORDER BY rank_at LIMIT 1)
UPDATE queue_entries AS entry SET state = 'offered' FROM head WHERE entry.id = head.id RETURNING entry.id
"""


@dataclass(frozen=True)
class Figures:
    """Milliseconds from one commit to the other, at one size; `floor` is the median of the bare claim.

    `rush` is how many matches are made in a second while many are possible at once.
    """

    waiting: int
    staff: int
    each: tuple[float, ...]
    floor: float
    rush: float

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p99(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.99)]


def measured(waiting: int, staff: int) -> Figures:
    """One size, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({**ENVIRONMENT, "IVR_VAR": folder})
        with database.embedded(Path(folder) / "postgres") as url:
            database.upgrade(url)
            parts = assemble(settings, url)
            try:
                return _measured(parts, waiting, staff)
            finally:
                parts.engine.dispose()


def _measured(parts: Parts, waiting: int, staff: int) -> Figures:
    sources = plan_files.read_sources(ROOT / "routes.yaml", ROOT / "grammars")
    parts.operations.run(dialplan.take_up, sources)
    with parts.engine.begin() as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))  # a hundred thousand rows take their time
        plan = parts.plans.current(db).plan
        groups = sorted(plan.groups)
        db.execute(text(_CALLERS), {"count": waiting, "groups": groups, "version": plan.version})
        db.execute(text(_STAFF), {"count": staff, "groups": groups})
        names = [str(id) for id in db.execute(text("SELECT id FROM agents ORDER BY username")).scalars()]
    with parts.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("SET statement_timeout = 0"))
        db.execute(text("ANALYZE"))
        db.execute(text("RESET statement_timeout"))
    chance, each = random.Random(1), []
    for number in range(_WARM + _ROUNDS):
        milliseconds = _meeting(parts, chance.choice(names))
        if number >= _WARM:
            each.append(milliseconds)
    rush = statistics.median(_rush(parts, chance.sample(names, min(_AT_ONCE, staff))) for _ in range(_RUSHES))
    return Figures(waiting, staff, tuple(each), _floor(parts, groups, names), rush)


def _meeting(parts: Parts, agent: str) -> float:
    """An agent becomes ready, which is committed; then the time until the offer is."""
    parts.operations.run(_becomes_ready, agent)
    return _matched(parts, 1)


def _rush(parts: Parts, names: list[str]) -> float:
    """So many become ready before anybody matches; the matches per second."""
    for agent in names:
        parts.operations.run(_becomes_ready, agent)
    return len(names) / _matched(parts, len(names)) * 1000


def _matched(parts: Parts, meetings: int) -> float:
    """Milliseconds until so many offers are committed; then nothing has been."""

    def timed(work: Work) -> None:
        assert matching.make_matches(work) == meetings

    began = time.perf_counter()
    parts.operations.run(timed)
    milliseconds = (time.perf_counter() - began) * 1000
    with parts.engine.begin() as db:
        for statement in _ANEW.split(";"):
            db.execute(text(statement))
    return milliseconds


def _becomes_ready(work: Work, agent_id: str) -> None:
    agent = agents.locked(work.db, agent_id)
    assert agent is not None
    agents.change(work.db, agent_id, wanted=AgentState.READY)
    move_agent(work, agent, AgentMove.BECAME_READY)
    work.meeting_possible = False  # what is timed comes after this commit


def _floor(parts: Parts, groups: list[str], names: list[str]) -> float:
    each = []
    for number in range(_WARM + _ROUNDS):
        group, agent = groups[number % len(groups)], names[number % len(names)]
        began = time.perf_counter()
        with parts.engine.begin() as db:
            _claim(db, group, agent)
        each.append((time.perf_counter() - began) * 1000)
        with parts.engine.begin() as db:
            for statement in _ANEW.split(";"):
                db.execute(text(statement))
    return statistics.median(each[_WARM:])


def _claim(db: Connection, group: str, agent: str) -> None:
    needs = {"group": group, "needs": f"{group};pas:2;"}
    entry = db.execute(text(_FLOOR), needs).scalar_one_or_none()
    db.execute(text("UPDATE agents SET state = 'offered' WHERE id = :agent AND state = 'break'"), {"agent": agent})
    db.execute(
        text(
            "INSERT INTO events (at, kind, data) VALUES (now(), 'offered', jsonb_build_object('entry', CAST(:entry AS text)))"
        ),
        {"entry": str(entry)},
    )


def table(found: list[Figures]) -> str:
    """What was measured, a line for each size."""
    first = found[0].p50
    lines = ["waiting   agents   p50 ms   p99 ms   of the floor   of the smallest   at once/s   of the floor"]
    lines += [
        f"{row.waiting:>7,}  {row.staff:>7,}  {row.p50:>7.1f}  {row.p99:>7.1f}"
        f"  {row.p50 / row.floor:>12.1f}x  {row.p50 / first:>15.2f}x"
        f"  {row.rush:>9.0f}  {1000 / row.rush / row.floor:>12.1f}x"
        for row in found
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    arguments = parser.parse_args()
    found = [measured(waiting, staff) for waiting, staff in SIZES]
    print(table(found))
    if arguments.write:
        report.write("routing", table(found))


if __name__ == "__main__":
    main()
