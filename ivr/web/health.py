"""Is the process up, can it do its work, and how much is there of it.

`/healthz` and `/metrics` tell nothing of any person; keep them inside the house all the same, as the front proxy's rule.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ivr.adapters.store import database, figures, processes
from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import AgentState
from ivr.telemetry import Counters
from ivr.web.api.board import LiveBoard, day_start

DISPATCHER_SILENCE = timedelta(seconds=10)


def blueprint(parts: Parts, board: LiveBoard, counters: Counters) -> Blueprint:
    pages = Blueprint("health", __name__)
    counters.registry.register(_Queues(parts, board))

    @pages.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @pages.get("/readyz")
    def readyz() -> tuple[Response, int]:
        checks = {name: _checked(check, parts) for name, check in CHECKS.items()}
        ready = all(checks.values())
        return jsonify(status="ok" if ready else "failing", checks=checks), 200 if ready else 503

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(counters.registry), content_type=CONTENT_TYPE_LATEST)

    return pages


def _database_answers(parts: Parts) -> bool:
    with parts.engine.connect() as db:
        return bool(db.execute(select(1)).scalar_one() == 1)


def _migrations_current(parts: Parts) -> bool:
    return database.is_current(parts.engine)


def _dispatcher_lives(parts: Parts) -> bool:
    with parts.engine.connect() as db:
        seen = processes.last_seen(db, "dispatcher")
        now = parts.operations.clock.now(db)
    return seen is not None and now - seen <= DISPATCHER_SILENCE


CHECKS: dict[str, Callable[[Parts], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_current,
    "dispatcher": _dispatcher_lives,
}


def _checked(check: Callable[[Parts], bool], parts: Parts) -> bool:
    try:
        return check(parts)
    except SQLAlchemyError:
        return False


class _Queues:
    """What the database knows, asked when it is scraped; missing while it does not answer."""

    def __init__(self, parts: Parts, board: LiveBoard) -> None:
        self._parts = parts
        self._board = board

    def collect(self) -> Iterator[Metric]:
        try:
            now = self._board.now()
            with self._parts.engine.connect() as db:
                plan = self._parts.plans.current(db).plan
                today = day_start(now.as_of, plan)
                outcomes, repairs = figures.outcomes(db, today), figures.repairs(db, today)
        except (SQLAlchemyError, IvrError):
            return
        waiting = GaugeMetricFamily("ivr_queue_waiting", "Callers waiting.", labels=["group"])
        oldest = GaugeMetricFamily("ivr_queue_oldest_wait_seconds", "Wait of the first caller.", labels=["group"])
        for group in now.values.groups:
            waiting.add_metric([group.group.id], group.waiting)
            seconds = (now.as_of - group.line.oldest).total_seconds() if group.line is not None else 0
            oldest.add_metric([group.group.id], seconds)
        people = GaugeMetricFamily("ivr_agents", "Agents by state.", labels=["state"])
        for state in AgentState:
            people.add_metric([state], now.values.people(state))
        contacts = GaugeMetricFamily("ivr_contacts_today", "Contacts that began today, by outcome.", labels=["outcome"])
        for outcome, count in sorted(outcomes.items()):
            contacts.add_metric([outcome], count)
        calls = GaugeMetricFamily("ivr_calls_today", "Contacts that began today.", value=sum(outcomes.values()))
        # Counted anew from midnight on, which Prometheus takes for a restart: what is purged from the log shall not count.
        repaired = CounterMetricFamily("ivr_repairs", "What was found wrong and put right.", labels=["found"])
        for found, count in sorted(repairs.items()):
            repaired.add_metric([found], count)
        yield from (waiting, oldest, people, contacts, calls, repaired)
