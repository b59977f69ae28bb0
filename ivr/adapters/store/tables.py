"""All tables, for migrations: importing the subjects fills the catalogue."""

from ivr.adapters.store import (
    agents,
    callbacks,
    cases,
    contacts,
    dialplans,
    directory,
    engagements,
    events,
    house,
    legs,
    links,
    listenings,
    messages,
    notices,
    orders,
    processes,
    proposals,
    queue,
    ready,
    speeds,
)
from ivr.adapters.store.base import metadata

SUBJECTS = (
    agents,
    callbacks,
    cases,
    contacts,
    dialplans,
    directory,
    engagements,
    events,
    house,
    legs,
    links,
    listenings,
    messages,
    notices,
    orders,
    processes,
    proposals,
    queue,
    ready,
    speeds,
)
TABLES = metadata.sorted_tables
