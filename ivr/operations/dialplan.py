"""Taking up a changed dial plan: the texts are compiled, stored, and made current for new calls."""

from ivr.adapters.store import dialplans
from ivr.operations.plans import Sources, version_of
from ivr.operations.work import Work


def take_up(work: Work, sources: Sources) -> str | None:
    """Make the plan of these texts the current one. Gives its version, or None when it is current already.

    Raises `BadDialPlan`; the old plan then goes on serving. Texts that have not changed are read all the same: another
    version of the program may find problems in them.
    """
    version = version_of(sources)
    work.plans.taken(sources)
    if dialplans.current_version(work.db) == version:
        return None
    dialplans.put_current(work.db, version, sources, work.now)
    work.record("dial_plan_taken", data={"version": version})
    return version
