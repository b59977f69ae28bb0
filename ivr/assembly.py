"""Settings to parts: the one place where concrete things are chosen and joined."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from ivr.adapters.carrier.recordings import Recordings
from ivr.adapters.carrier.rest import Carrier
from ivr.adapters.files import hearings
from ivr.adapters.store import database
from ivr.operations.house import House
from ivr.operations.matching import match
from ivr.operations.plans import Plans, compile_sources
from ivr.operations.work import Clock, DatabaseClock, Operations
from ivr.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A running installation's parts, handed to web, dispatcher and commands."""

    settings: Settings
    engine: Engine
    operations: Operations
    plans: Plans
    carrier: Carrier
    recordings: Recordings


def assemble(settings: Settings, database_url: str, *, clock: Clock | None = None, plans: Plans | None = None) -> Parts:
    """All parts over a database that is running; a test may bring a clock and a small town's plans."""
    engine = database.connect(database_url)
    plans = plans or Plans(partial(compile_sources, learn=partial(hearings.of_sources, settings.trained)))
    operations = Operations(
        engine=engine,
        clock=clock or DatabaseClock(),
        plans=plans,
        house=House(),
        public_url=settings.public_url,
        secret=settings.secret_key,
        match=match,
    )
    carrier = Carrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        public_url=settings.public_url,
        api_url=settings.twilio_api_url,
        hold_url=f"{settings.public_url}/voice/hold-music",
    )
    recordings = Recordings(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        api_url=settings.twilio_api_url,
    )
    return Parts(
        settings=settings,
        engine=engine,
        operations=operations,
        plans=plans,
        carrier=carrier,
        recordings=recordings,
    )
