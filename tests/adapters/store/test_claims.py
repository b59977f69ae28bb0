"""Who takes what: one wins, and the other is told so without waiting longer than it must."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from ivr.adapters.store import agents, orders, queue, ready
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.queue import LINE, EntryState
from tests.adapters.store.rows import TEN, a_contact, an_agent, an_entry, an_order, at, new_id

LEASE = timedelta(seconds=30)


@pytest.fixture
def db(engine: Engine):
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def beside(engine: Engine):
    """A second connection, as another process has it."""
    with engine.connect() as connection:
        yield connection


def claimed(db: Connection, *, seconds: float = 0, lanes: tuple[int, ...] = (0,)) -> str | None:
    order = orders.claim(db, at(seconds=seconds), LEASE, lanes)
    return None if order is None else order.id


def test_a_waiting_caller_is_claimed_once(db: Connection) -> None:
    entry = an_entry(db, a_contact(db))

    assert [queue.claim(db, entry), queue.claim(db, entry)] == [True, False]
    assert queue.get(db, entry).state is EntryState.OFFERED


@pytest.mark.parametrize("state", sorted(set(EntryState) - LINE))
def test_nobody_is_claimed_who_is_not_in_line(db: Connection, state: str) -> None:
    entry = an_entry(db, a_contact(db), state=state)

    assert not queue.claim(db, entry)
    assert queue.get(db, entry).state == state


def test_of_two_who_claim_a_caller_at_once_one_loses(engine: Engine) -> None:
    with engine.begin() as db:
        entry = an_entry(db, a_contact(db))

    with engine.connect() as first, engine.connect() as second:
        won = queue.claim(first, entry)
        first.commit()
        lost = queue.claim(second, entry)

    assert (won, lost) == (True, False)


def test_a_ready_agent_is_claimed_once(db: Connection) -> None:
    agent = an_agent(db, state="ready", idle_since=TEN)

    found, again = (ready.claim(db, agent, at(seconds=seconds)) for seconds in (5, 6))

    assert found == agents.get(db, agent)
    assert again is None
    assert (found.state, found.since, found.idle_since) == (AgentState.OFFERED, at(seconds=5), TEN)


@pytest.mark.parametrize("state", sorted(set(AgentState) - {AgentState.READY}))
def test_no_agent_is_claimed_who_is_not_ready(db: Connection, state: str) -> None:
    agent = an_agent(db, state=state)

    assert not ready.claim(db, agent, TEN)
    assert agents.get(db, agent).state == state


def test_an_order_is_leased_to_whoever_claims_it(db: Connection) -> None:
    order = an_order(db)

    found = orders.claim(db, at(seconds=1), LEASE, (0,))

    assert (found.id, found.attempts) == (order, 1)
    assert [claimed(db, seconds=30), claimed(db, seconds=31)] == [None, order]


def test_an_order_whose_lease_ran_out_is_claimed_again_and_says_so(db: Connection) -> None:
    order = an_order(db)
    claimed(db)

    again = orders.claim(db, at(seconds=30), LEASE, (0,))

    assert (again.id, again.attempts) == (order, 2)


def test_an_order_is_not_claimed_before_its_time(db: Connection) -> None:
    order = an_order(db, not_before=at(seconds=10))

    assert claimed(db, seconds=9.9) is None
    assert claimed(db, seconds=10) == order


@pytest.mark.parametrize("state", ["done", "failed", "dropped"])
def test_an_order_that_has_ended_is_not_claimed(db: Connection, state: str) -> None:
    an_order(db, state=state)

    assert claimed(db) is None


def test_the_orders_of_a_leg_run_in_the_sequence_in_which_they_were_written(db: Connection) -> None:
    leg = new_id()
    first, second = an_order(db, leg_id=leg, not_before=at(seconds=5)), an_order(db, leg_id=leg)

    assert claimed(db, seconds=4) is None
    assert claimed(db, seconds=5) == first
    assert claimed(db, seconds=6) is None
    assert orders.finish(db, first, "done", "200", at(seconds=7))
    assert claimed(db, seconds=7) == second


def test_orders_of_other_legs_and_of_none_do_not_wait(db: Connection) -> None:
    leg = new_id()
    written = [an_order(db, leg_id=leg), an_order(db, leg_id=new_id()), an_order(db), an_order(db)]

    assert [claimed(db) for _ in range(5)] == [*written, None]


def test_an_order_is_claimed_only_by_those_who_serve_its_lane(db: Connection) -> None:
    callback, ring = an_order(db, lane=3), an_order(db, lane=1)

    assert claimed(db, lanes=(0,)) is None
    assert claimed(db, lanes=(1, 2, 3)) == ring
    assert claimed(db, lanes=(1, 2, 3)) == callback


def test_two_dispatchers_at_once_take_different_orders(engine: Engine, db: Connection, beside: Connection) -> None:
    with engine.begin() as setup:
        written = {an_order(setup), an_order(setup)}

    taken = {claimed(db), claimed(beside)}

    assert taken == written


def test_a_dispatcher_does_not_take_the_next_order_of_a_leg_while_another_one_takes_the_first(
    engine: Engine, db: Connection, beside: Connection
) -> None:
    leg = new_id()
    with engine.begin() as setup:
        first = an_order(setup, leg_id=leg)
        an_order(setup, leg_id=leg)

    assert (claimed(db), claimed(beside)) == (first, None)
    db.commit()
    assert claimed(beside) is None


def test_an_order_ends_once(db: Connection) -> None:
    order = an_order(db)

    assert [orders.finish(db, order, "done", "200", TEN), orders.finish(db, order, "failed", "404", TEN)] == [
        True,
        False,
    ]
    assert db.execute(select(orders.orders.c.result)).scalar_one() == "200"


def test_an_order_is_kept_given_back_and_given_up_only_by_whoever_has_it(db: Connection) -> None:
    order = an_order(db)
    before = orders.claim(db, at(seconds=0), LEASE, (0,))
    assert orders.extend(db, before, at(seconds=60))
    assert claimed(db, seconds=59) is None
    now = orders.claim(db, at(seconds=60), LEASE, (0,))

    orders.postpone(db, before, at(seconds=61))
    assert not orders.extend(db, before, at(seconds=900))
    assert not orders.end(db, before, "failed", "500", at(seconds=61))
    assert claimed(db, seconds=89) is None

    orders.postpone(db, now, at(seconds=70), was_sent=False)
    again = orders.claim(db, at(seconds=70), LEASE, (0,))
    assert (again.id, again.attempts) == (order, 2)
    assert orders.end(db, again, "failed", "500", at(seconds=71))
    assert not orders.end(db, again, "failed", "500", at(seconds=71))


def test_an_order_is_withdrawn_only_before_its_first_try(db: Connection) -> None:
    leg = new_id()
    an_order(db, leg_id=leg, kind="ring_agent")
    assert orders.is_unsent(db, leg)
    assert orders.drop_unsent(db, leg, "ring_agent", TEN)

    an_order(db, leg_id=leg, kind="ring_agent")
    claimed(db)

    assert not orders.drop_unsent(db, leg, "ring_agent", TEN)
    assert not orders.is_unsent(db, leg)


def test_a_slot_of_the_pace_is_taken_once(db: Connection) -> None:
    second = timedelta(seconds=1)

    taken = [orders.take_pace(db, "calls", at(seconds=s), second) for s in (0, 0, 0.9, 1.0, 1.5, 2.5)]

    assert taken == [True, False, False, True, False, True]
    assert orders.take_pace(db, "texts", at(seconds=0), second)


def test_of_two_dispatchers_who_take_a_slot_at_once_one_must_wait(engine: Engine) -> None:
    with engine.connect() as first, engine.connect() as second:
        won = orders.take_pace(first, "calls", TEN, timedelta(seconds=1))
        first.commit()
        lost = orders.take_pace(second, "calls", TEN, timedelta(seconds=1))

    assert (won, lost) == (True, False)
