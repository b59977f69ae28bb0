"""What came of a run under `kill -9`: figures from the carrier's side and from the store, each beside what was promised."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.rush import Citizen
from bench.victims import KINDS, Kill, Machine
from ivr.simulator.carrier import Carrier
from ivr.simulator.webhooks import Reply, Then, Webhooks

MOST_SECONDS = 5.0
"""Within so many seconds after a kill service goes on."""
_SAMPLE_SECONDS = 0.2
_OURS = "/voice/"

# Nobody here is kept from anybody: every agent is in every group with every skill, and no citizen calls twice.
_APART = text(
    """
    SELECT e.id AS entry, a.id AS agent FROM queue_entries e, agents a
    WHERE e.state IN ('waiting', 'callback') AND e.held_until IS NULL AND a.state = 'ready' AND NOT a.id = ANY (e.excluded_agents)
    """
)
# An operation knows one time, its beginning; a matching that had to wait its turn may have begun before the offer ended
# that it saw ended, by as long as a statement may wait for a lock (1 s). What lasts longer than that is an offer too many.
_OVERLAPS = """
    SELECT count(*) FROM engagements one JOIN engagements other ON one.{whose} = other.{whose} AND one.id < other.id
    WHERE least({end_one}, {end_other}) - greatest(one.offered_at, other.offered_at) > interval '1 s'
"""
_STORE = {
    "contacts": "SELECT count(*) FROM contacts",
    "talked": "SELECT count(DISTINCT contact_id) FROM events WHERE kind = 'connected'",
    "one_outcome": """
        SELECT count(*) FROM contacts c WHERE c.outcome IS NOT NULL AND c.ended_at IS NOT NULL
        AND (SELECT count(*) FROM events e WHERE e.contact_id = c.id AND e.kind = 'ended') = 1
    """,
    "offers": "SELECT count(*) FROM engagements",
    "agent_twice": _OVERLAPS.format(
        whose="agent_id",
        end_one="coalesce(one.ended_at, now())",
        end_other="coalesce(other.ended_at, now())",
    ),
    "caller_twice": _OVERLAPS.format(
        whose="entry_id",
        end_one="coalesce(one.talk_ended_at, one.ended_at, now())",
        end_other="coalesce(other.talk_ended_at, other.ended_at, now())",
    ),
    "indexes": """
        SELECT count(*) FROM pg_index WHERE indisunique AND indisvalid
        AND indexrelid::regclass::text IN ('uq_engagements_agent_live', 'uq_engagements_entry_live')
    """,
    "left_over": """
        SELECT (SELECT count(*) FROM contacts WHERE ended_at IS NULL)
             + (SELECT count(*) FROM queue_entries WHERE state IN ('waiting', 'callback', 'offered', 'connected'))
             + (SELECT count(*) FROM engagements WHERE state IN ('ringing', 'accepted', 'connected', 'wrap_up'))
    """,
    "abandoned": "SELECT count(*) FROM contacts WHERE outcome LIKE 'abandoned%'",
}


@dataclass(frozen=True)
class Row:
    """A figure. `is_kept` is None where nothing was promised."""

    name: str
    found: str
    promised: str = ""
    is_kept: bool | None = None


@dataclass(frozen=True)
class Asked:
    """A document that the carrier asked for, retries included."""

    began: float
    ended: float
    is_good: bool


class WatchedWebhooks(Webhooks):
    """The carrier's requests, each document's noted as it comes."""

    def __init__(self, carrier: Carrier) -> None:
        super().__init__(carrier)
        self.asked: list[Asked] = []

    def ask(self, url: str, method: str, fields: dict[str, str], then: Then) -> None:
        began = time.monotonic()

        def noted(reply: Reply) -> None:
            if _OURS in url:
                self.asked.append(Asked(began=began, ended=time.monotonic(), is_good=not reply.error_code))
            then(reply)

        super().ask(url, method, fields, noted)


@dataclass
class Apart:
    """Waiting callers and ready agents who could have met: how long at most, rounded up to the next look."""

    longest: float = 0.0
    _since: dict[Any, float] = field(default_factory=dict)
    _before: float = field(default_factory=time.monotonic)

    def look(self, db: Connection) -> None:
        pairs = {(row.entry, row.agent) for row in db.execute(_APART)}
        now = time.monotonic()
        self._since = {pair: self._since.get(pair, self._before) for pair in pairs}
        self.longest = max([self.longest, *(now - since for since in self._since.values())])
        self._before = now


@contextmanager
def watching(engine: Engine) -> Iterator[Apart]:
    """Look at who waits and who is ready, for as long as the context lasts."""
    apart, over = Apart(), threading.Event()

    def keep_looking() -> None:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
            while not over.wait(_SAMPLE_SECONDS):
                apart.look(db)

    thread = threading.Thread(target=keep_looking, name="watch", daemon=True)
    thread.start()
    try:
        yield apart
    finally:
        over.set()
        thread.join()


def ready_agents(engine: Engine) -> int:
    """How many agents are ready."""
    with engine.connect() as db:
        return int(db.execute(text("SELECT count(*) FROM agents WHERE state = 'ready'")).scalar_one())


def is_at_rest(engine: Engine) -> bool:
    """Whether nothing is under way any more."""
    with engine.connect() as db:
        return db.execute(text(_STORE["left_over"])).scalar_one() == 0


def rows(
    engine: Engine,
    carrier: Carrier,
    webhooks: WatchedWebhooks,
    citizens: Sequence[Citizen],
    kills: Sequence[Kill],
    machines: Sequence[Machine],
    apart: Apart,
) -> Iterator[Row]:
    """Every figure, in the order of a call."""
    with engine.connect() as db:
        store = {name: int(db.execute(text(query)).scalar_one()) for name, query in _STORE.items()}
        rang = [float(seconds) for seconds in db.execute(text(_TO_RINGING)).scalars()]
        repairs = Counter(str(found) for found in db.execute(text(_REPAIRS)).scalars())
    killed = Counter(kill.kind for kill in kills)
    yield Row("processes killed", str(len(kills)))
    for kind in KINDS:
        yield Row(f"  {kind}s", str(killed[kind]))
    yield Row("  times `ivr serve` gave up", str(sum(machine.times_given_up for machine in machines)))
    yield Row("calls placed", str(len(citizens)))
    yield Row("  talked to an agent", str(store["talked"]))
    yield Row("  gave up by themselves", str(store["abandoned"]))
    yield Row("  put through without the store", str(sum(citizen.was_put_through for citizen in citizens)))
    yield _none("callers lost", sum(citizen.is_lost for citizen in citizens))
    yield Row("  of these heard the carrier's error", str(sum(one.heard_the_carriers_error for one in citizens)))
    yield _all("contacts with exactly one outcome", store["one_outcome"], store["contacts"])
    yield Row("offers made", str(store["offers"]))
    yield _none("  of one agent, two at a time", store["agent_twice"])
    yield _none("  of one caller, two at a time", store["caller_twice"])
    yield _none("  rung twice by the carrier", _rung_twice(carrier))
    yield _all("  unique indexes that forbid it, valid", store["indexes"], 2)
    yield Row("  made to ringing, s: p50, max", _spread(rang))
    yield _within("next document after a kill, s: p50, max", _gaps(kills, webhooks.asked))
    yield Row("document asked to got, s: p50, p99, max", _spread([a.ended - a.began for a in webhooks.asked], p99=True))
    yield _within("ready agent and waiting caller apart, s", [apart.longest])
    yield _none("left over at the end", store["left_over"])
    yield Row("repairs", ", ".join(f"{count} {found}" for found, count in sorted(repairs.items())) or "0")


_TO_RINGING = "SELECT extract(epoch FROM ringing_at - offered_at) FROM engagements WHERE ringing_at IS NOT NULL"
_REPAIRS = "SELECT data ->> 'found' FROM events WHERE kind = 'repaired'"


def _rung_twice(carrier: Carrier) -> int:
    """Calls beyond the first that were made for one offer, whose leg stands in the address of its first document."""
    made = Counter(str(call.first) for call in carrier.calls if call.direction == "outbound-api")
    return sum(count - 1 for count in made.values())


def _gaps(kills: Sequence[Kill], asked: Sequence[Asked]) -> list[float]:
    """Seconds from each kill to the first good answer to something asked after it."""
    good = [one for one in asked if one.is_good]
    return [min((one.ended - kill.at for one in good if one.began >= kill.at), default=float("inf")) for kill in kills]


def _spread(seconds: Sequence[float], *, p99: bool = False) -> str:
    if not seconds:
        return "-"
    figures = [statistics.median(seconds), max(seconds)]
    if p99:
        figures.insert(1, statistics.quantiles(seconds, n=100)[98])
    return ", ".join(f"{figure:.2f}" for figure in figures)


def _none(name: str, count: int) -> Row:
    return Row(name, str(count), "0", count == 0)


def _all(name: str, count: int, of: int) -> Row:
    return Row(name, f"{count} of {of}", "all", count == of > 0)


def _within(name: str, seconds: Sequence[float]) -> Row:
    found = _spread(seconds) if len(seconds) > 1 else f"{max(seconds):.2f}"
    return Row(name, found, f"<= {MOST_SECONDS:g}", max(seconds) <= MOST_SECONDS)
