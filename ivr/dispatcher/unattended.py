"""Spoken questions to which nobody listens: no stream has begun in time, or the process that listened is gone."""

from datetime import timedelta
from functools import partial

from ivr.adapters.store import listenings
from ivr.adapters.store.listenings import Listening
from ivr.assembly import Parts
from ivr.dispatcher.setbacks import Setbacks
from ivr.domain.conversation.listening import SEEN_WITHIN, START_WITHIN
from ivr.operations import listening

_AT_A_TIME = 100
# No question is asked for longer; older tickets need not be looked through.
_ASKED_WITHIN = timedelta(minutes=10)

_setbacks = Setbacks()


def run_due(parts: Parts) -> int:
    """Let the keys take over wherever nobody listens. Returns how often."""
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        due = listenings.unattended(
            db,
            now,
            asked_within=_ASKED_WITHIN,
            start_within=START_WITHIN,
            seen_within=SEEN_WITHIN,
            limit=_AT_A_TIME + _setbacks.resting(now),
        )
    return sum(_setbacks.deal_with(found.token, found.leg_id, now, partial(_by_keys, parts, found)) for found in due)


def _by_keys(parts: Parts, found: Listening) -> None:
    parts.operations.run(listening.failed, found.token, "not_started" if found.started_at is None else "lost")
