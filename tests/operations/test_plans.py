"""A caller never waits for a dial plan to be compiled where somebody looks ahead."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from ivr.adapters.store import dialplans
from ivr.operations.plans import LoadedPlan, NoDialPlan, Plans

TEN = datetime(2026, 11, 23, 9, tzinfo=UTC)


def compiled(sources: Any) -> LoadedPlan:
    return LoadedPlan(plan=SimpleNamespace(version=sources["routes.yaml"]), matcher=None)  # type: ignore[arg-type]


def stored(db: Connection, version: str, minutes: int = 0) -> None:
    dialplans.put_current(db, version, {"routes.yaml": version}, TEN + timedelta(minutes=minutes))


def test_calls_begin_with_the_version_before_until_the_next_is_ready(engine: Engine) -> None:
    plans = Plans(compiled)
    with engine.connect() as db:
        stored(db, "first")
        plans.look_ahead(db)
        stored(db, "second", minutes=1)

        assert plans.current(db).plan.version == "first"

        plans.look_ahead(db)
        assert plans.current(db).plan.version == "second"


def test_who_does_not_look_ahead_has_the_newest_at_once(engine: Engine) -> None:
    plans = Plans(compiled)
    with engine.connect() as db:
        stored(db, "first")
        plans.current(db)
        stored(db, "second", minutes=1)

        assert plans.current(db).plan.version == "second"


def test_before_the_first_plan_there_is_nothing_to_look_ahead_to(engine: Engine) -> None:
    with engine.connect() as db, pytest.raises(NoDialPlan):
        Plans(compiled).look_ahead(db)
