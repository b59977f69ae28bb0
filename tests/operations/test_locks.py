"""Nobody who holds one lock waits for another out of order: what would be a deadlock is over at once."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from ivr.adapters.store import agents, contacts, engagements, queue
from ivr.adapters.store.database import connect
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as staff
from ivr.operations import dialplan, matching, readiness
from ivr.operations import engagements as offers
from tests.kit.town import sources
from tests.operations.test_races import SETTINGS, _agents, _contacts, _join, assemble


@pytest.fixture
def parts(engine, database_url):
    made = assemble(SETTINGS, database_url)
    made.operations.run(dialplan.take_up, sources())
    yield made
    made.engine.dispose()


def while_held(engine: Engine, locked: Callable, meanwhile: Callable[[], object], then: Callable) -> None:
    """Lock something, let `meanwhile` run beside it for a moment, lock something more; fails where the two wait in a ring."""
    with engine.begin() as db:
        locked(db)
        beside = threading.Thread(target=meanwhile)
        beside.start()
        beside.join(0.3)
        # Less than it takes the engine to find a deadlock and to end it at the other side's cost.
        db.execute(text("SET LOCAL lock_timeout = '500ms'"))
        then(db)
    beside.join(10)


def test_matching_does_not_wait_for_a_caller_who_is_just_taking_a_turn(parts):
    (contact,), (agent,) = _contacts(parts, 1), _agents(parts, 1)
    parts.operations.run(_join, contact)
    with parts.engine.begin() as db:
        agents.change(db, agent, state=AgentState.READY)
    parts.operations.run(readiness.refresh, agent)

    while_held(
        parts.engine,
        lambda db: contacts.locked(db, contact),
        lambda: matching.match(parts.operations),
        lambda db: queue.live(db, contact, lock=True),
    )

    with parts.engine.connect() as db:
        assert db.execute(text("SELECT state FROM engagements")).scalar_one() == "ringing"


def test_an_agent_who_becomes_ready_does_not_wait_in_a_ring_with_news_of_the_call_missed_before(parts):
    (contact,), (agent,) = _contacts(parts, 1), _agents(parts, 1)
    parts.operations.run(_join, contact)
    parts.operations.run(staff.set_state, agent, AgentState.READY, None)
    with parts.engine.connect() as db:
        engagement = engagements.live_of_agent(db, agent)
    assert engagement is not None
    parts.operations.run(_missed, engagement.id)

    while_held(
        parts.engine,
        lambda db: queue.get(db, engagement.entry_id, lock=True),
        lambda: parts.operations.run(staff.set_state, agent, AgentState.READY, None),
        lambda db: agents.locked(db, agent),
    )

    with parts.engine.connect() as db:
        found = agents.get(db, agent)
    assert found is not None and found.state is AgentState.OFFERED


def _missed(work, engagement_id):
    meeting = offers.lock_meeting(work, engagement_id)
    assert meeting is not None
    offers.end_offer(work, meeting, offers.EngagementState.NO_ANSWER)


def test_what_was_done_is_not_called_a_failure_because_matching_afterwards_failed(parts, database_url):
    (agent,) = _agents(parts, 1)

    def no_connection_left(operations):
        raise NoConnectionLeft("QueuePool limit reached")

    operations = replace(parts.operations, match=no_connection_left)
    operations.run(staff.set_state, agent, AgentState.READY, None)

    with parts.engine.connect() as db:
        found = agents.get(db, agent)
    assert found is not None and found.state is AgentState.READY


def test_an_error_of_the_store_does_not_tell_what_was_to_be_written(database_url):
    engine = connect(database_url)
    with engine.connect() as db, pytest.raises(Exception) as raised:
        db.execute(text("SELECT nothing FROM contacts WHERE heard = :heard"), {"heard": "mit barn er syg"})
    engine.dispose()

    assert "mit barn er syg" not in str(raised.value)
