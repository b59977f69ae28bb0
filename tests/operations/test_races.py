"""Several processes at the same moment, on one real PostgreSQL: exactly one winner, and nobody left apart."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ivr.adapters.store import agents, contacts, heads
from ivr.assembly import Parts, assemble
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.flow.actions import Enqueue
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as staff
from ivr.operations import dialplan, engagements, legs, lines
from ivr.operations import queue as line_up
from ivr.operations.work import Work
from ivr.settings import Settings
from tests.kit.town import ROOT, hire, sources

ROUNDS = 25
SETTINGS = Settings(
    public_url="http://127.0.0.1:1",
    secret_key="a secret of the town's, long enough",
    twilio_account_sid="AC",
    twilio_auth_token="token",
    routes=ROOT / "routes.yaml",
    grammars=ROOT / "grammars",
    var=Path("var"),
)


class Processes:
    """Processes of their own, each with its own connections, that do something at the same moment."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    def at_once(self, *deeds: tuple[Callable[..., Any], tuple[Any, ...]]) -> list[Any]:
        """Run (function, arguments) each in its own process, released together; gives what each returned."""
        context = multiprocessing.get_context("spawn")
        barrier, answers = context.Barrier(len(deeds)), context.SimpleQueue()
        started = [
            context.Process(target=_do, args=(self._url, number, barrier, answers, *deed))
            for number, deed in enumerate(deeds)
        ]
        for process in started:
            process.start()
        found = dict(answers.get() for _ in deeds)
        for process in started:
            process.join(timeout=30)
        return [found[number] for number in range(len(deeds))]


def _do(
    url: str, number: int, barrier: Any, answers: Any, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    parts = assemble(SETTINGS, url)
    with parts.engine.connect() as db:
        parts.plans.current(db)
    answers.put((number, function(parts, barrier, *arguments)))


@pytest.fixture
def parts(engine, database_url):
    made = assemble(SETTINGS, database_url)
    made.operations.run(dialplan.take_up, sources())
    yield made
    made.engine.dispose()


def _contacts(parts: Parts, how_many: int) -> list[str]:
    """Callers in the menu."""
    return [
        parts.operations.run(legs.arrive, f"CA{n:032d}", PhoneNumber("+4520304059"), PhoneNumber("+4572001234")).contact
        for n in range(how_many)
    ]


def _join(work: Work, contact_id: str) -> None:
    contact = contacts.locked(work.db, contact_id)
    assert contact is not None
    line_up.join(work, contact, Enqueue(group="omstilling", topic=None))


def queue_up(parts: Parts, barrier: Any, ids: list[str]) -> None:
    for contact in ids:
        barrier.wait(30)
        parts.operations.run(_join, contact)


def become_ready(parts: Parts, barrier: Any, ids: list[str]) -> None:
    for agent in ids:
        barrier.wait(30)
        parts.operations.run(staff.set_state, agent, AgentState.READY, None)


def _agents(parts: Parts, how_many: int) -> list[str]:
    for n in range(how_many):
        parts.operations.run(hire, f"agent{n}", f"+4572001{300 + n}", "omstilling")
    with parts.engine.connect() as db:
        return [agent.id for agent in agents.everyone(db)]


@pytest.mark.timeout(180)
def test_a_caller_and_an_agent_arriving_in_the_same_moment_meet_without_the_sweep(parts, database_url):
    callers, staffed = _contacts(parts, ROUNDS), _agents(parts, ROUNDS)

    Processes(database_url).at_once((queue_up, (callers,)), (become_ready, (staffed,)))

    with parts.engine.connect() as db:
        apart = db.execute(text("SELECT count(*) FROM queue_entries WHERE state = 'waiting'")).scalar_one()
        ready = db.execute(text("SELECT count(*) FROM agents WHERE state = 'ready'")).scalar_one()
        offers = db.execute(
            text("SELECT count(*), count(DISTINCT agent_id), count(DISTINCT entry_id) FROM engagements")
        ).one()
    assert (apart, ready) == (0, 0)
    assert tuple(offers) == (ROUNDS, ROUNDS, ROUNDS)


@pytest.mark.timeout(180)
def test_four_processes_bring_many_together_and_offer_nobody_twice(parts, database_url):
    callers, staffed = _contacts(parts, 4 * 10), _agents(parts, 20)

    Processes(database_url).at_once(
        (queue_up, (callers[0::2],)),
        (queue_up, (callers[1::2],)),
        (become_ready, (staffed[0::2] * 2,)),
        (become_ready, (staffed[1::2] * 2,)),
    )

    with parts.engine.connect() as db:
        doubled = db.execute(
            text("SELECT agent_id FROM engagements WHERE state = 'ringing' GROUP BY agent_id HAVING count(*) > 1")
        ).all()
        offers = db.execute(text("SELECT count(*) FROM engagements")).scalar_one()
        first = [
            str(row.contact_id)
            for row in db.execute(text("SELECT contact_id FROM queue_entries WHERE state = 'offered'"))
        ]
    assert doubled == []
    assert offers == 20
    assert len(first) == 20


def hang_up(parts: Parts, barrier: Any, leg_ids: list[str]) -> list[str]:
    for leg in leg_ids:
        barrier.wait(30)
        parts.operations.run(lines.closed, leg, LegStatus.COMPLETED)
    return []


def accept(parts: Parts, barrier: Any, engagement_ids: list[str]) -> list[str]:
    won = []
    for engagement in engagement_ids:
        barrier.wait(30)
        won.append(parts.operations.run(_accept, engagement))
    return won


def _accept(work: Work, engagement_id: str) -> str:
    meeting = engagements.lock_meeting(work, engagement_id)
    assert meeting is not None
    if meeting.engagement.state != "ringing":
        return "gone"
    engagements.accept(work, meeting)
    return "accepted"


@pytest.mark.timeout(180)
def test_an_accept_and_a_hang_up_in_the_same_moment_have_one_end(parts, database_url):
    callers, staffed = _contacts(parts, 20), _agents(parts, 20)
    for agent, contact in zip(staffed, callers, strict=True):
        parts.operations.run(_join, contact)
        parts.operations.run(staff.set_state, agent, AgentState.READY, None)
    with parts.engine.connect() as db:
        rows = db.execute(
            text(
                "SELECT g.id AS engagement, c.id AS leg FROM engagements g "
                "JOIN legs c ON c.contact_id = g.contact_id AND c.role = 'citizen'"
            )
        ).all()
    assert len(rows) == 20

    Processes(database_url).at_once(
        (hang_up, ([str(row.leg) for row in rows],)), (accept, ([str(row.engagement) for row in rows],))
    )

    with parts.engine.connect() as db:
        states = {row.state for row in db.execute(text("SELECT DISTINCT state FROM engagements"))}
        outcomes = [row.outcome for row in db.execute(text("SELECT outcome FROM contacts"))]
        busy = db.execute(text("SELECT count(*) FROM agents WHERE state <> 'ready'")).scalar_one()
    assert states == {"cancelled"}
    assert outcomes == ["abandoned_in_queue"] * 20
    assert busy == 0


def arrive(parts: Parts, barrier: Any, calls: list[str]) -> list[str]:
    found = []
    for call in calls:
        barrier.wait(30)
        found.append(parts.operations.run(legs.arrive, call, None, PhoneNumber("+4572001234")).leg)
    return found


@pytest.mark.timeout(180)
def test_a_call_that_is_announced_twice_at_once_is_greeted_once(parts, database_url):
    calls = [f"CB{n:032d}" for n in range(20)]

    one, other = Processes(database_url).at_once((arrive, (calls,)), (arrive, (calls,)))

    assert one == other
    with parts.engine.connect() as db:
        assert db.execute(text("SELECT count(*) FROM contacts")).scalar_one() == 20
        assert heads.first(db) == ()
