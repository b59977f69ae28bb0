"""One contact's whole story: every event in order, who took part, and why each agent was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.adapters.store import agents, contacts, engagements, events, links
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.engagements import Engagement
from ivr.adapters.store.events import LoggedFact
from ivr.adapters.store.links import Link
from ivr.domain.errors import IvrError


class NoSuchContact(IvrError):
    """No contact has this id, or it has been purged."""

    code = "no_such_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why an agent got the contact: the others who could have, how long the caller had waited, the level used.

    `level` 0 means that no skill was asked for.
    """

    engagement: Engagement
    agent: str
    others: int
    waited_seconds: float
    skill: str | None
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`names` are the agents' names by id."""

    contact: Contact
    facts: tuple[LoggedFact, ...]
    choices: tuple[Choice, ...]
    links: tuple[Link, ...]
    names: Mapping[str, str]

    def choice_of(self, fact: LoggedFact) -> Choice | None:
        """The choice that an `offered` fact tells of."""
        engagement = fact.data.get("engagement")
        return next((choice for choice in self.choices if choice.engagement.id == engagement), None)


def story_of(db: Connection, contact_id: str) -> Story:
    """Raises `NoSuchContact`."""
    contact = contacts.get(db, contact_id)
    if contact is None:
        raise NoSuchContact("There is no such contact.", hint="It may have been purged when its time had run out.")
    facts = events.of_contact(db, contact_id)
    met = engagements.of_contact(db, contact_id)
    people = {fact.agent_id for fact in facts} | {engagement.agent_id for engagement in met}
    names = {agent.id: agent.name for agent in agents.everyone(db) if agent.id in people}
    return Story(
        contact=contact,
        facts=facts,
        choices=tuple(_choice(engagement, names) for engagement in met),
        links=links.of_contact(db, contact_id),
        names=names,
    )


def _choice(engagement: Engagement, names: Mapping[str, str]) -> Choice:
    decision = engagement.decision
    return Choice(
        engagement=engagement,
        agent=names.get(engagement.agent_id, "?"),
        others=max(0, int(decision.get("able", 1)) - 1),
        waited_seconds=float(decision.get("waited_seconds", 0)),
        skill=decision.get("skill"),
        level=int(decision.get("level", 0)),
    )
