"""Work: one transaction with its clock, its facts and its orders; and `Operations`, which runs, retries and matches.

An operation is a function `f(work, …)`. It loads, decides and saves; facts and orders are written beside the state they
belong to, and nothing is sent from inside. Where it made a meeting possible, matching runs right after the commit, by the
same thread and in a transaction of its own (`docs/decisions/004-matching-after-commit.md`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from uuid6 import uuid7

from ivr.adapters.store import events, haste, orders
from ivr.domain.contacts.facts import Fact
from ivr.domain.orders import ORDER, Order, lane
from ivr.operations.house import House
from ivr.operations.plans import Plans

P = ParamSpec("P")
R = TypeVar("R")

_ATTEMPTS = 3
_SERIALIZATION_FAILURE, _DEADLOCK, _UNIQUE_VIOLATION = "40001", "40P01", "23505"
_RETRIED = {_SERIALIZATION_FAILURE, _DEADLOCK, _UNIQUE_VIOLATION}
_PAUSE_SECONDS = 0.01

ORDERS_CHANNEL = "ivr_orders"
_NOTIFY = text(f"NOTIFY {ORDERS_CHANNEL}")
"""NOTIFY without payload: there may be an order to carry out."""

log = structlog.get_logger()


class Clock(Protocol):
    """Tells the time of a transaction."""

    def given(self) -> datetime | None:
        """The present moment, aware; None where it is the database's to tell."""
        ...

    def now(self, db: Connection) -> datetime:
        """The present moment, aware."""
        ...


class DatabaseClock:
    """The database's clock decides: two machines may differ by seconds, one database cannot."""

    def given(self) -> None:
        return None

    def now(self, db: Connection) -> datetime:
        """The database's clock, not the beginning of its transaction."""
        moment: datetime = db.execute(select(func.clock_timestamp())).scalar_one()
        return moment


class Moment:
    """The time of an operation, told once and the same when it is repeated."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.told: datetime | None = clock.given()


class Ids:
    """New ids that stay the same when the operation is repeated."""

    def __init__(self) -> None:
        self._made: list[str] = []
        self._next = 0

    def new(self) -> str:
        """The next id of this operation."""
        if self._next == len(self._made):
            self._made.append(str(uuid7()))
        self._next += 1
        return self._made[self._next - 1]

    def again(self) -> None:
        """The operation begins anew."""
        self._next = 0


class Work:
    """What an operation has in its hands. `meeting_possible` asks for matching after the commit."""

    def __init__(self, db: Connection, moment: Moment, ids: Ids, operations: "Operations") -> None:
        self.db = db
        self.moment = moment
        self.meeting_possible = False
        self._ids = ids
        self._facts: list[dict[str, Any]] = []
        self._orders = 0
        self._operations = operations

    @property
    def now(self) -> datetime:
        """When this happens; asked of the database unless a statement has told it already."""
        if self.moment.told is None:
            self.moment.told = self.moment.clock.now(self.db)
        return self.moment.told

    @property
    def house(self) -> House:
        return self._operations.house

    @property
    def plans(self) -> Plans:
        return self._operations.plans

    @property
    def public_url(self) -> str:
        return self._operations.public_url

    @property
    def secret(self) -> str:
        return self._operations.secret

    def new_id(self) -> str:
        """An id for a new row, the same one if the operation is repeated."""
        return self._ids.new()

    def record(
        self,
        fact: Fact | str,
        *,
        contact: str | None = None,
        leg: str | None = None,
        agent: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a fact into the log, with this transaction."""
        self._facts.append(
            {
                "at": self.now,
                "contact_id": contact,
                "leg_id": leg,
                "agent_id": agent,
                "kind": str(fact),
                "data": dict(data or {}),
            }
        )

    def order(self, order: Order, *, contact: str | None, leg: str | None, not_before: datetime | None = None) -> str:
        """Ask for something at the carrier, once this transaction stands. Returns the order's id."""
        order_id = self.new_id()
        orders.add(
            self.db,
            {
                "id": order_id,
                "contact_id": contact,
                "leg_id": leg,
                "kind": order.kind,
                "lane": lane(order) or 0,
                "order": ORDER.dump_json(order).decode(),
                "not_before": not_before or self.now,
                "created_at": self.now,
            },
        )
        self._orders += 1
        return order_id

    def facts_of(self, contact: str) -> list[str]:
        """The kinds of the facts recorded of a contact in this transaction, in order, not yet in the log."""
        return [fact["kind"] for fact in self._facts if fact["contact_id"] == contact]

    def finish(self) -> None:
        """Write what was gathered; called once, before the commit."""
        events.append(self.db, self._facts)
        if self._orders:
            self.db.execute(_NOTIFY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What every operation stands on. `match` is run after a commit that made a meeting possible."""

    engine: Engine
    clock: Clock
    plans: Plans
    house: House
    public_url: str
    secret: str
    match: Callable[["Operations"], None]

    def run(self, operation: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an operation in a transaction of its own, and match afterwards where it asks for that."""
        work, result = self._committed(operation, *args, **kwargs)
        # Whoever waits for the answer does not wait for the matching too: the sweep does it within a second.
        if work.meeting_possible and not haste.is_over():
            self.meet()
        return result

    def meet(self) -> None:
        """Bring waiting callers and ready agents together. A failure here is mended by the sweep within a second.

        It is never raised: what was done before stands, and whoever did it must not hear that it failed.
        """
        try:
            self.match(self)
        except SQLAlchemyError as error:
            code = _code(error) if isinstance(error, DBAPIError) else None
            log.warning("matching_postponed", error=code or type(error).__name__)
        except Exception as error:
            log.exception("matching_failed", error=type(error).__name__)

    def _committed(
        self, operation: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Work, R]:
        ids, moment = Ids(), Moment(self.clock)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.engine.begin() as db:
                    work = Work(db, moment, ids, self)
                    result = operation(work, *args, **kwargs)
                    work.finish()
                return work, result
            except DBAPIError as error:
                # A lost connection is tried again once: the database may have been restarted since it was last used.
                is_stale = error.connection_invalidated and attempt == 1
                if not (is_stale or _code(error) in _RETRIED) or attempt == _ATTEMPTS:
                    raise
                log.info("operation_repeated", operation=operation.__name__, attempt=attempt, error=_code(error))
                ids.again()
                time.sleep(_PAUSE_SECONDS * attempt)
        raise AssertionError("unreachable")


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
