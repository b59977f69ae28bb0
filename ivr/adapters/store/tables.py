"""All tables, for migrations: importing the subjects fills the catalogue."""

from ivr.adapters.store import (
    agents,
    cases,
    contacts,
    dialplans,
    directory,
    engagements,
    events,
    house,
    legs,
    links,
    messages,
    notices,
    orders,
    processes,
    queue,
    speeds,
)
from ivr.adapters.store.base import metadata

SUBJECTS = (
    agents,
    cases,
    contacts,
    dialplans,
    directory,
    engagements,
    events,
    house,
    legs,
    links,
    messages,
    notices,
    orders,
    processes,
    queue,
    speeds,
)
TABLES = metadata.sorted_tables
