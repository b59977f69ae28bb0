"""Whom a caller would best speak to: the caseworker of the own case, or the agent of last time; for a while, and if there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ivr.adapters.store import agents, cases, engagements
from ivr.adapters.store.contacts import Contact
from ivr.domain.routing.agents import AT_WORK
from ivr.domain.routing.groups import Group
from ivr.operations.work import Work

LAST_TIME = timedelta(days=7)
"""How long ago the caller may have spoken to somebody who still remembers it; the window of a repeat contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Nobody but `agent` for as long as `wait`."""

    agent: str
    wait: timedelta


def preference(work: Work, contact: Contact, group: Group, topic: str | None) -> Preference | None:
    """Who is asked first, of those who are at work in the group; the caseworker before the agent of last time."""
    for wanted in _wanted(work, contact, group, topic):
        agent = agents.get(work.db, wanted.agent)
        if agent is None or agent.state not in AT_WORK:
            continue
        if group.id in agents.abilities_of(work.db, [agent.id])[agent.id].groups:
            return wanted
    return None


def _wanted(work: Work, contact: Contact, group: Group, topic: str | None) -> Iterator[Preference]:
    if group.caseworker_first and topic is not None:
        for case in cases.of_contact(work.db, contact.id):
            found = agents.by_name(work.db, case.caseworker) if case.topic == topic else None
            if found is not None:
                yield Preference(agent=found, wait=group.caseworker_first)
    if group.last_agent_first and contact.caller_pseudonym is not None:
        since = work.now - LAST_TIME
        last = engagements.last_agent(work.db, contact.caller_pseudonym, group.id, since)
        if last is not None:
            yield Preference(agent=last, wait=group.last_agent_first)
