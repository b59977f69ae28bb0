"""Once a second: the last net that brings waiting callers and ready agents together, and the dispatcher's sign of life."""

from ivr.adapters.store import processes, queue
from ivr.assembly import Parts
from ivr.operations.work import Work

KIND = "dispatcher"


def sweep(parts: Parts) -> None:
    """Match if somebody waits."""
    with parts.engine.connect() as db:
        is_anyone_waiting = queue.anyone_waiting(db)
    if is_anyone_waiting:
        parts.operations.meet()
    parts.operations.run(_is_alive)


def _is_alive(work: Work) -> None:
    processes.seen(work.db, KIND, work.now)
