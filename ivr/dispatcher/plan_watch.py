"""Watches the files of the dial plan: a changed plan is taken up, a broken one refused with the old one still serving."""

import structlog

from ivr.adapters.files import plan_files
from ivr.assembly import Parts
from ivr.operations import dialplan
from ivr.operations.plans import BadDialPlan, Sources, version_of

log = structlog.get_logger()


class PlanWatch:
    """Remembers what it has seen, so that a broken file is reported once and not every second."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen: str | None = None

    def look(self) -> str | None:
        """Take up the files if they have changed. Gives the new version, or None. Raises nothing for a broken plan."""
        settings = self._parts.settings
        try:
            sources = plan_files.read_sources(settings.routes, settings.grammars)
        except OSError as error:
            self._refuse(str(error.errno), f"{settings.routes} cannot be read.")
            return None
        seen = version_of(sources)
        if seen == self._seen:
            return None
        try:
            # Learning takes seconds, and no transaction may wait for it.
            self._parts.plans.taken(sources)
            version = self._parts.operations.run(dialplan.take_up, sources)
        except BadDialPlan as error:
            self._refuse(seen, error.text)
            return None
        self._seen = seen
        self._keep(sources)
        if version is not None:
            log.info("dial_plan_taken", version=version)
        return version

    def _keep(self, sources: Sources) -> None:
        """The plan serves all the same where it cannot be kept for hard times."""
        try:
            plan_files.keep_last_good(self._parts.settings.var, dict(sources))
        except OSError as error:
            log.warning("dial_plan_not_kept", folder=str(self._parts.settings.var), error=type(error).__name__)

    def _refuse(self, seen: str, why: str) -> None:
        if self._seen != seen:
            log.error("dial_plan_refused", problems=why)
        self._seen = seen
