"""One contact's whole story: every event in order, who took part, why each agent was chosen, and why it waited."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.adapters.store import agents, contacts, engagements, events, links, waits
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.engagements import Engagement
from ivr.adapters.store.events import LoggedFact
from ivr.adapters.store.links import Link
from ivr.adapters.store.waits import Wait
from ivr.domain.errors import IvrError
from ivr.domain.routing.needs import Needs


class NoSuchContact(IvrError):
    """No contact has this id, or it has been purged."""

    code = "no_such_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why an agent got the contact: the rule of the group, and how many others could have taken it.

    There were more than those counted if `is_more`. `level` is the agent's of the skill asked for, 0 if none was.
    `was_awaited`: the caller waited for this agent alone. `is_of_another_group`: waiting had opened the call to it.
    """

    engagement: Engagement
    agent: str
    others: int
    is_more: bool
    waited_seconds: float
    strategy: str
    level: int
    was_awaited: bool
    is_of_another_group: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`names` are the agents' names by id."""

    contact: Contact
    facts: tuple[LoggedFact, ...]
    choices: tuple[Choice, ...]
    waits: tuple[Wait, ...]
    links: tuple[Link, ...]
    names: Mapping[str, str]

    def choice_of(self, fact: LoggedFact) -> Choice | None:
        """The choice that an `offered` fact tells of."""
        engagement = fact.data.get("engagement")
        return next((choice for choice in self.choices if choice.engagement.id == engagement), None)

    def wait_of(self, fact: LoggedFact) -> Wait | None:
        """The wait that a `queued` fact tells of."""
        entry = fact.data.get("entry")
        return next((wait for wait in self.waits if wait.entry == entry), None)


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
        waits=waits.of_contact(db, contact_id),
        links=links.of_contact(db, contact_id),
        names=names,
    )


def _choice(engagement: Engagement, names: Mapping[str, str]) -> Choice:
    decision = engagement.decision
    needs = Needs.parse(decision["needs"])
    return Choice(
        engagement=engagement,
        agent=names.get(engagement.agent_id, "?"),
        others=len(decision["candidates"]) - 1,
        is_more=decision["is_more"],
        waited_seconds=decision["waited_seconds"],
        strategy=decision["strategy"],
        level=decision["level"],
        was_awaited=needs.agent == engagement.agent_id,
        is_of_another_group=decision["through"] != needs.groups[0],
    )
