"""Every webhook is answered within 3 s, though one lock after the other is held by somebody else."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ivr.adapters.store import turns
from ivr.web.webhooks.door import LAST_STATEMENT_SECONDS
from tests.kit.town import Town, open_town
from tests.webhooks.conftest import Door

SLOWEST_SECONDS = 3
CONTACT = "SELECT id FROM contacts FOR UPDATE"
ENTRY = "SELECT id FROM queue_entries FOR UPDATE"
AGENT = "SELECT id FROM agents FOR UPDATE"
ENGAGEMENT = "SELECT id FROM engagements FOR UPDATE"


@pytest.fixture
def town(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Town]:
    """The town in as much of a hurry as it is in service."""
    with open_town(database_url, tmp_path, last_statement_seconds=LAST_STATEMENT_SECONDS) as opened:
        yield opened


@contextmanager
def held(engine: Engine, *locks: tuple[str, float]) -> Iterator[None]:
    """Each of the rows locked by somebody else, until so many seconds from now."""
    taken = threading.Barrier(len(locks) + 1)

    def hold(query: str, seconds: float) -> None:
        with engine.connect() as db:
            assert db.execute(text(query)).all(), query
            taken.wait()
            time.sleep(seconds)

    holders = [threading.Thread(target=hold, args=lock) for lock in locks]
    for holder in holders:
        holder.start()
    taken.wait()
    yield
    for holder in holders:
        holder.join()


def test_a_turn_that_meets_four_locks_in_a_row_is_answered_in_time(town: Town, door: Door) -> None:
    """A caller to whom an agent is just being offered leaves the line: every row of the offer is needed."""
    ali = town.agent("ali", groups="omstilling").ready()
    caller = door.arrives()
    caller.asks(Digits="0")
    town.settle()
    assert ali.state == "offered"
    caller.asks(Digits="9")
    town.is_dispatching = False

    with held(town.engine, (CONTACT, 0.9), (ENTRY, 1.8), (AGENT, 2.7), (ENGAGEMENT, 3.6)):
        answer = caller.asks(Digits="9")

    assert answer.seconds < SLOWEST_SECONDS
    assert (answer.status, answer.verbs) == (200, ["Play", "Redirect"])


def test_afterwards_the_same_key_is_taken(town: Town, door: Door) -> None:
    caller = door.arrives()
    question = caller.heard.next
    with held(town.engine, (CONTACT, 2.5)):
        assert caller.asks(Digits="1").verbs == ["Play", "Redirect"]

    assert "tast 1" in caller.asks(question, Digits="1").said


def test_the_contact_is_locked_before_its_line(town: Town, door: Door) -> None:
    """Whoever holds the contact and wants the line must not meet somebody who holds the line and wants the contact."""
    caller = door.arrives()
    waits = threading.Thread(target=_lock_in_a_turn, args=(town, caller.leg))
    with town.engine.connect() as db:
        db.execute(text(CONTACT))
        waits.start()
        _until_somebody_waits(town.engine)
        db.execute(text("SELECT id FROM legs FOR UPDATE NOWAIT"))
    waits.join()


def _lock_in_a_turn(town: Town, leg: str) -> None:
    with town.engine.begin() as db:
        turns.locked(db, leg, None)


def _until_somebody_waits(engine: Engine) -> None:
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    over = time.monotonic() + 0.9
    while time.monotonic() < over:
        with engine.connect() as db:
            if db.execute(waiting).first() is not None:
                return
    raise AssertionError("nobody waits for the contact")
