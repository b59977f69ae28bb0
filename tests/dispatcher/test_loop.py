"""What one part of the dispatcher waits for delays no other part."""

from sqlalchemy import text

from ivr.adapters.store import processes
from ivr.dispatcher.loop import Dispatcher
from ivr.dispatcher.sweep import KIND
from tests.journeys.test_queue_to_wrap_up import decisions, in_line
from tests.kit.processes import until


def test_a_carrier_that_takes_its_time_delays_neither_the_sweep_nor_the_end_of_an_offer(town):
    ali = town.agent("ali", groups="omstilling").ready()
    for number in range(4):
        in_line(town, f"+452030407{number}")
    ali.phone.rings()
    town.is_dispatching = False
    with town.engine.begin() as db:
        db.execute(text("DELETE FROM processes"))
        db.execute(text("UPDATE engagements SET lease_until = offered_at"))
        db.execute(text("UPDATE legs SET heartbeat_due_at = created_at WHERE role = 'citizen'"))
    dispatcher = Dispatcher(town.parts)

    # Whoever holds this keeps the carrier from answering; the four callers take 5 s each to ask about.
    with town.clock.lock:
        dispatcher.start()
        until(lambda: is_swept(town), within=4, why="the sweep runs")
        until(lambda: decisions(town)[0] == "no_answer", within=4, why="the offer ends")
    dispatcher.stop()


def is_swept(town) -> bool:
    with town.engine.connect() as db:
        return processes.last_seen(db, KIND) is not None
