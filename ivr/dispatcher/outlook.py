"""How fast each line moves, rewritten for what waiting callers are told."""

from ivr.adapters.store import speeds
from ivr.assembly import Parts
from ivr.operations.work import Work


def rewrite(parts: Parts) -> None:
    """Write it anew from who is in line, who works, and how long talks took lately."""
    parts.operations.run(_rewrite)


def _rewrite(work: Work) -> None:
    speeds.rewrite(work.db, work.now)
