"""Once a second: the last net that brings waiting callers and ready agents together, and how fast each line moves."""

from ivr.adapters.store import processes, queue, speeds
from ivr.assembly import Parts
from ivr.operations.work import Work

KIND = "dispatcher"


def sweep(parts: Parts) -> None:
    """Match if somebody waits, and rewrite what waiting callers are told from."""
    with parts.engine.connect() as db:
        is_anyone_waiting = queue.anyone_waiting(db)
    if is_anyone_waiting:
        parts.operations.meet()
    parts.operations.run(_rewrite)


def _rewrite(work: Work) -> None:
    processes.seen(work.db, KIND, work.now)
    speeds.rewrite(work.db, work.now)
