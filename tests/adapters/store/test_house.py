"""Whoever changes what is set for the whole house, every process learns of it with the next turn."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from ivr.adapters.store import directory, house, notices
from ivr.operations.house import House
from tests.adapters.store.rows import TEN

EMPLOYEE = {
    "id": "mai",
    "name": "Mai",
    "department": "byg",
    "phone": None,
    "email": "",
    "presence": "in",
    "until": None,
}
CHANGES: dict[str, Callable[[Connection], object]] = {
    "a notice": lambda db: notices.put(
        db, {"id": "x", "text": {"da": "Hej."}, "until": None, "set_by": "sofie", "set_at": TEN}
    ),
    "a group by hand": lambda db: notices.set_override(
        db, {"group_id": "byg", "is_open": False, "reason": "", "until": None, "set_by": "sofie", "set_at": TEN}
    ),
    "the hours again": lambda db: notices.clear_override(db, "byg"),
    "the directory": lambda db: directory.replace(db, [EMPLOYEE]),
    "somebody at the console": lambda db: db.execute(text("DELETE FROM directory")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_has_another_number(engine: Engine, change: Callable[[Connection], object]) -> None:
    with engine.connect() as db:
        before = house.revision(db)

        change(db)

        assert house.revision(db) != before


def test_a_number_that_was_rolled_back_is_never_given_again(engine: Engine) -> None:
    with engine.connect() as db:
        directory.replace(db, [EMPLOYEE])
        lost = house.revision(db)
        db.rollback()
        directory.replace(db, [])

        assert house.revision(db) != lost


def test_a_process_reads_again_only_when_something_has_changed(engine: Engine) -> None:
    known = House()
    with engine.connect() as db:
        directory.replace(db, [EMPLOYEE])
        first = known.standing(db, house.revision(db))

        assert known.standing(db, house.revision(db)) is first
        assert set(first.employees) == {"mai"}

        directory.replace(db, [])
        assert known.standing(db, house.revision(db)).employees == {}
