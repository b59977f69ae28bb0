"""Four webs and four dispatchers on one PostgreSQL, all at the same moment: one winner, and everybody is told.

A web does what a request asks; a dispatcher does what time brings, over and over. Each race is run a number of times.
"""

import multiprocessing
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ivr.adapters.store import contacts, database
from ivr.assembly import assemble
from ivr.dispatcher import sweep, timers
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import Enqueue, PromiseCallback
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.engagements import AGENT_STANDS, LIVE, EngagementState
from ivr.operations import agents as staff
from ivr.operations import callbacks, conversation, dialplan, engagements, legs, lines
from ivr.operations import queue as line_up
from ivr.web import foresight
from tests.kit.database import emptied
from tests.kit.town import hire, sources
from tests.operations.test_races import SETTINGS

ROUNDS = 6
WEBS = DISPATCHERS = 4


class Crowd:
    """The processes, which live for all rounds: each with its own connections."""

    def __init__(self, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._barrier, self._answers = context.Barrier(WEBS + DISPATCHERS), context.SimpleQueue()
        self._errands = [context.SimpleQueue() for _ in range(WEBS + DISPATCHERS)]
        self._processes = [
            context.Process(target=_live, args=(url, self._barrier, errands, self._answers), daemon=True)
            for errands in self._errands
        ]
        for process in self._processes:
            process.start()

    def at_once(self, *deeds: tuple[str, tuple[Any, ...]]) -> list[Any]:
        """Each deed by a web of its own, while all dispatchers do theirs; gives what each web was answered."""
        rest = [("nothing", ())] * (WEBS - len(deeds))
        for number, (errands, deed) in enumerate(
            zip(self._errands, [*deeds, *rest, *[("time", ())] * DISPATCHERS], strict=True)
        ):
            errands.put((number, *deed))
        found = dict(self._answers.get() for _ in self._errands)
        assert [problem for problem in found.values() if str(problem).startswith("!")] == []
        return [found[number] for number in range(len(deeds))]

    def close(self) -> None:
        for errands in self._errands:
            errands.put(None)
        for process in self._processes:
            process.join(timeout=10)


def _live(url: str, barrier: Any, errands: Any, answers: Any) -> None:
    parts = assemble(SETTINGS, url)
    while (errand := errands.get()) is not None:
        number, name, arguments = errand
        try:
            foresight.look(parts)
            barrier.wait(100)
            found = _DEEDS[name](parts, *arguments)
        except IvrError as refusal:
            found = refusal.code
        except Exception as problem:
            found = f"!{name}: {problem!r}"
        answers.put((number, found))


def _accept(parts, engagement):
    def deed(work):
        meeting = engagements.lock_meeting(work, engagement)
        if meeting.engagement.state is not EngagementState.RINGING:
            return "gone"
        engagements.accept(work, meeting)
        return "accepted"

    return parts.operations.run(deed)


def _picks_up(parts, agent, contact):
    """Picks up whatever is offered for this contact by now, and presses the key."""
    with parts.engine.connect() as db:
        row = db.execute(
            text("SELECT id FROM engagements WHERE agent_id = :a AND contact_id = :c ORDER BY id DESC LIMIT 1"),
            {"a": agent, "c": contact},
        ).first()
    return _accept(parts, str(row.id)) if row is not None else "gone"


def _time_goes_by(parts):
    for _ in range(3):
        timers.run_due(parts)
        sweep.sweep(parts)


def _promise(parts, contact):
    def deed(work):
        found = contacts.locked(work.db, contact)
        wish = PromiseCallback(until=work.now + timedelta(hours=1), when="klokken 11")
        callbacks.promise(work, found, wish)

    parts.operations.run(deed)


def _joins(parts, contact):
    def deed(work):
        line_up.join(work, contacts.locked(work.db, contact), Enqueue(group="omstilling", topic=None))

    parts.operations.run(deed)


_DEEDS = {
    "nothing": lambda parts: None,
    "time": _time_goes_by,
    "accept": _accept,
    "accept at the desk": lambda parts, agent, contact: parts.operations.run(
        engagements.accept_at_desk, agent, contact
    ),
    "picks up": _picks_up,
    "declines": lambda parts, agent, contact: parts.operations.run(engagements.decline_at_desk, agent, contact),
    "hangs up": lambda parts, leg: parts.operations.run(lines.closed, leg, LegStatus.COMPLETED) and None,
    "state": lambda parts, agent, state: parts.operations.run(staff.set_state, agent, state, None) and None,
    "promise": _promise,
    "joins": _joins,
    "wraps up": lambda parts, agent, contact: parts.operations.run(engagements.wrap_up, agent, contact, resolved="yes"),
}


class Scene:
    """A town that is emptied before each round."""

    def __init__(self, engine, url: str) -> None:
        self._engine, self.parts = engine, assemble(SETTINGS, url)
        self.crowd = Crowd(url)

    def empty(self) -> None:
        emptied(self._engine)
        self.parts.operations.run(dialplan.take_up, sources())

    def callers(self, how_many: int, *, waiting: bool = True) -> list[Any]:
        """`.contact` and `.leg` of each."""
        found = [
            self.parts.operations.run(
                legs.arrive, f"CA{n:032d}", PhoneNumber(f"+45203040{60 + n}"), PhoneNumber("+4572001234")
            )
            for n in range(how_many)
        ]
        for caller in found if waiting else ():
            _joins(self.parts, caller.contact)
        return found

    def agents(self, *states: AgentState) -> list[str]:
        for n, _ in enumerate(states):
            self.parts.operations.run(hire, f"agent{n}", f"+4572001{300 + n}", "omstilling")
        ids = [str(row.id) for row in self.rows("SELECT id FROM agents ORDER BY username")]
        for agent, state in zip(ids, states, strict=True):
            if state is not AgentState.OFFLINE:
                self.parts.operations.run(staff.set_state, agent, state, None)
        return ids

    def rows(self, query: str) -> list[Any]:
        with self._engine.connect() as db:
            return list(db.execute(text(query)))

    def change(self, statement: str) -> None:
        with self._engine.begin() as db:
            db.execute(text(statement))

    def offered(self) -> str:
        """The only engagement there is."""
        ((engagement,),) = self.rows("SELECT id FROM engagements")
        return str(engagement)

    def facts(self, kind: str) -> int:
        return self.rows(f"SELECT count(*) FROM events WHERE kind = '{kind}'")[0][0]

    def is_sound(self) -> None:
        """Nobody is engaged twice, everybody stands where their engagement says, and whom an offer was for is told."""
        live = self.rows(
            "SELECT g.state, g.agent_id, g.entry_id, a.state AS agent, e.state AS entry FROM engagements g "
            "JOIN agents a ON a.id = g.agent_id JOIN queue_entries e ON e.id = g.entry_id"
        )
        live = [row for row in live if row.state in LIVE]
        assert max(Counter(row.agent_id for row in live).values(), default=1) == 1
        assert max(Counter(row.entry_id for row in live if row.state != "wrap_up").values(), default=1) == 1
        for row in live:
            assert AgentState(row.agent) in AGENT_STANDS[EngagementState(row.state)]
        free = self.rows(
            "SELECT id FROM agents WHERE state IN ('offered', 'talking', 'wrap_up') AND id NOT IN "
            "(SELECT agent_id FROM engagements WHERE state IN ('ringing', 'accepted', 'connected', 'wrap_up'))"
        )
        assert free == []
        apart = self.rows(
            "SELECT 1 FROM queue_entries, agents WHERE queue_entries.state = 'waiting' AND agents.state = 'ready' "
            "AND (queue_entries.held_until IS NULL)"
        )
        assert apart == []
        untold = self.rows(
            "SELECT g.state FROM engagements g JOIN legs l ON l.id = g.leg_id WHERE l.goal <> 'gone' "
            "AND g.state IN ('declined', 'no_answer', 'failed', 'cancelled')"
        )
        assert untold == []


@pytest.fixture(scope="module")
def scene(database_url):
    engine = database.connect(database_url)
    made = Scene(engine, database_url)
    yield made
    made.crowd.close()
    emptied(engine)
    made.parts.engine.dispose()
    engine.dispose()


READY, BREAK, OFFLINE = AgentState.READY, AgentState.BREAK, AgentState.OFFLINE


@pytest.fixture(params=range(ROUNDS))
def town(scene, request):
    scene.empty()
    return scene


pytestmark = pytest.mark.timeout(180)


def test_two_agents_accept_one_caller_at_once(town):
    (caller,), (ali, bodil) = town.callers(1), town.agents(READY, READY)
    first = town.offered()
    # The ring of the one is over: time gives the caller to the other while the key is being pressed.
    town.change("UPDATE engagements SET ringing_at = now() - interval '60 s', lease_until = now() - interval '1 s'")

    said = town.crowd.at_once(
        ("accept", (first,)),
        ("picks up", (bodil, caller.contact)),
        ("picks up", (ali, caller.contact)),
        ("accept at the desk", (ali, caller.contact)),
    )

    assert said.count("accepted") <= 1
    town.is_sound()
    assert town.facts("accepted") == said.count("accepted")
    assert len([row for row in town.rows("SELECT state FROM engagements") if row.state in LIVE]) == 1


def test_a_caller_hangs_up_while_the_offer_is_accepted(town):
    (caller,), (ali,) = town.callers(1), town.agents(READY)
    offer = town.offered()

    town.crowd.at_once(
        ("accept", (offer,)),
        ("hangs up", (caller.leg,)),
        ("hangs up", (caller.leg,)),
        ("accept at the desk", (ali, caller.contact)),
    )

    town.is_sound()
    assert [row.state for row in town.rows("SELECT state FROM agents")] == ["ready"]
    assert [row.state for row in town.rows("SELECT state FROM engagements")] == ["cancelled"]
    assert [row.outcome for row in town.rows("SELECT outcome FROM contacts")] == ["abandoned_in_queue"]
    assert town.facts("ended") == 1


def test_an_agent_takes_a_break_during_an_offer(town):
    (caller,), (ali, bodil) = town.callers(1), town.agents(READY, OFFLINE)
    offer = town.offered()

    said = town.crowd.at_once(
        ("state", (ali, BREAK)),
        ("declines", (ali, caller.contact)),
        ("accept", (offer,)),
        ("state", (bodil, READY)),
    )

    town.is_sound()
    states = Counter(row.state for row in town.rows("SELECT state FROM engagements"))
    if "accepted" in said:
        assert states == {"accepted": 1}
    else:
        assert states == {"declined": 1, "ringing": 1}


def test_a_callback_is_wanted_while_an_offer_is_made(town):
    (caller,), (ali, bodil) = town.callers(1), town.agents(OFFLINE, OFFLINE)

    town.crowd.at_once(
        ("promise", (caller.contact,)),
        ("state", (ali, READY)),
        ("state", (bodil, READY)),
        ("promise", (caller.contact,)),
    )

    assert [row.state for row in town.rows("SELECT state FROM queue_entries")] == ["callback"]
    town.is_sound()
    assert len(town.rows("SELECT id FROM callbacks")) == 1
    assert town.facts("callback_promised") == 1
    assert {row.state for row in town.rows("SELECT state FROM agents")} == {"ready"}


def test_a_wrap_up_ends_while_a_new_offer_starts(town):
    (caller,), (ali,) = town.callers(1), town.agents(READY)
    _accept(town.parts, town.offered())
    town.parts.operations.run(conversation.started, caller.contact)
    town.parts.operations.run(conversation.hang_up, ali, caller.contact)
    town.change("UPDATE engagements SET lease_until = now() - interval '1 s'")
    later = [
        town.parts.operations.run(
            legs.arrive, f"CB{n:032d}", PhoneNumber(f"+45203050{60 + n}"), PhoneNumber("+4572001234")
        )
        for n in range(2)
    ]

    town.crowd.at_once(
        ("wraps up", (ali, caller.contact)),
        ("joins", (later[0].contact,)),
        ("joins", (later[1].contact,)),
        ("wraps up", (ali, caller.contact)),
    )

    town.is_sound()
    assert Counter(row.state for row in town.rows("SELECT state FROM engagements")) == {"done": 1, "ringing": 1}
    assert town.facts("wrapped_up") <= 1
    assert [row.state for row in town.rows("SELECT state FROM agents")] == ["offered"]


def test_the_last_agents_leave_while_callers_join(town):
    callers, (ali, bodil) = town.callers(2, waiting=False), town.agents(READY, READY)

    town.crowd.at_once(
        ("state", (ali, OFFLINE)),
        ("state", (bodil, BREAK)),
        ("joins", (callers[0].contact,)),
        ("joins", (callers[1].contact,)),
    )

    town.is_sound()
    waiting, ringing = (
        town.rows("SELECT count(*) FROM queue_entries WHERE state = 'waiting'")[0][0],
        town.rows("SELECT count(*) FROM engagements WHERE state = 'ringing'")[0][0],
    )
    assert waiting + ringing == 2
