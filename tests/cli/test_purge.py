"""`ivr purge`: forgets what is old, tells how much, and orders the carrier to forget the voices as well."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, update

from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.events import events
from ivr.adapters.store.messages import messages
from ivr.adapters.store.orders import orders
from ivr.cli import purge
from ivr.cli.purge import command
from tests.adapters.store.rows import a_whole_call
from tests.kit.database import environment

NOW = datetime.now(UTC)
Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, database_url: str) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, arguments, env=environment(database_url))

    return invoke


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def callers(engine: Engine) -> list[tuple[str | None, str | None]]:
    with engine.connect() as db:
        found = db.execute(select(contacts.c.caller, contacts.c.caller_pseudonym).order_by(contacts.c.started_at))
        return [tuple(row) for row in found]


def rows(result: Result) -> dict[str, int]:
    return {line["what"]: line["rows"] for line in json.loads(result.stdout)}


def test_each_kind_goes_after_its_own_days(run: Run, engine: Engine) -> None:
    for days in (396, 91, 89):
        a_whole_call(engine, days_ago(days), f"#{days}")

    result = run("--json")

    assert result.exit_code == 0, result.output
    assert callers(engine) == [(None, None), (None, "5f2a9c#91"), ("+4520304050#89", "5f2a9c#89")]
    assert rows(result) == {
        "callers' numbers": 2,
        "where calls stood": 2,
        "numbers that links were sent to": 2,
        "orders to the carrier": 2,
        "cases found by number": 2,
        "first words of calls": 2,
        "words in the log": 2,
        "notes of agents": 2,
        "messages left by callers": 2,
        "pseudonyms of callers": 1,
        "pseudonyms of callbacks": 1,
        "numbers that take no texts": 1,
        "the carrier's ids of calls": 1,
        "the carrier's ids of texts": 1,
        "facts in the log": 3,
        "reports of the carrier": 3,
        "tickets for streams of sound": 3,
    }


def test_a_second_purge_finds_nothing(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(400), "#1")
    run()

    assert set(rows(run("--json")).values()) == {0}


def test_a_dry_run_counts_the_same_and_changes_nothing(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(400), "#1")

    counted = run("--dry-run", "--json")
    before = callers(engine)
    purged = run("--json")

    assert before == [("+4520304050#1", "5f2a9c#1")]
    # Facts whose words are forgotten are facts still, and old enough to go.
    assert rows(counted) == rows(purged)


def test_a_municipality_sets_its_own_days(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(10), "#1")

    result = run("--numbers", "7", "--json")

    assert callers(engine) == [(None, "5f2a9c#1")]
    assert rows(result)["first words of calls"] == 0


def test_more_than_one_part_goes_in_one_command(run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "_AT_A_TIME", 2)
    for call in range(5):
        a_whole_call(engine, days_ago(100 + call), f"#{call}")

    assert rows(run("--json"))["callers' numbers"] == 5


def test_the_carrier_is_ordered_to_delete_the_voice(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(91), "#1")

    run()

    with engine.connect() as db:
        (order,) = db.execute(select(orders.c.kind, orders.c.order, orders.c.state)).all()
    assert (order.kind, order.state) == ("delete_recording", "pending")
    assert json.loads(order.order)["recording"] == "https://carrier.example/RE1#1"


def test_a_voice_that_the_carrier_has_no_longer_needs_no_order(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(91), "#1")
    with engine.begin() as db:
        db.execute(update(messages).values(deleted_at=days_ago(91)))

    run()

    with engine.connect() as db:
        assert db.execute(select(messages.c.id)).all() == []
        assert db.execute(select(orders.c.kind)).all() == []


def test_a_purge_is_in_the_log(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(91), "#1")

    run()

    with engine.connect() as db:
        told = db.execute(select(events.c.data).where(events.c.kind == "purged")).scalar_one()
    assert told["callers' numbers"] == 1
    assert "pseudonyms of callers" not in told


def test_people_read_a_table(run: Run, engine: Engine) -> None:
    a_whole_call(engine, days_ago(91), "#1")

    dry, real = run("--dry-run").output.splitlines(), run().output.splitlines()

    assert dry[0].split() == ["kind", "days", "what", "rows"]
    assert dry[1].split() == ["numbers", "90", "callers'", "numbers", "1"]
    assert dry[-1] == "Nothing was deleted: this was a dry run."
    assert real[1:-1] == dry[1:-1]
    assert real[-1] == "These rows were cleared or deleted."


def test_a_call_under_way_cannot_be_made_to_lose_its_number(run: Run) -> None:
    assert run("--numbers", "0").exit_code == 2


def test_help_ends_with_an_example(run: Run) -> None:
    assert run("--help").output.splitlines()[-1].strip().startswith("Example: ivr purge")
