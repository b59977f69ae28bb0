"""What must never be true is refused by the database itself, whatever a program does, and by a name that says why."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import IntegrityError

from ivr.adapters.store import legs as legs_store
from ivr.adapters.store.agents import agent_skills, agents
from ivr.adapters.store.callbacks import callbacks
from ivr.adapters.store.contacts import contacts
from ivr.adapters.store.directory import directory
from ivr.adapters.store.engagements import engagements
from ivr.adapters.store.legs import carrier_reports, legs
from ivr.adapters.store.links import links
from ivr.adapters.store.orders import orders
from ivr.adapters.store.proposals import grammar_proposals
from ivr.adapters.store.queue import queue_entries
from ivr.domain.contacts.outcome import Outcome
from ivr.domain.conversation.legs import Goal, LegStatus, Role
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.callbacks import CallbackState
from ivr.domain.routing.directory import Presence
from ivr.domain.routing.engagements import HOLDS_ENTRY, LIVE, EngagementState
from ivr.domain.routing.queue import LIVE as LIVE_ENTRY
from ivr.domain.routing.queue import EntryState
from tests.adapters.store.rows import (
    TEN,
    a_callback,
    a_contact,
    a_leg,
    an_agent,
    an_engagement,
    an_entry,
    an_order,
    at,
    new_id,
)


@pytest.fixture
def db(engine: Engine):
    with engine.connect() as connection:
        yield connection


class Refused:
    """The block is refused by the constraint of this name; the transaction goes on."""

    def __init__(self, db: Connection, constraint: str) -> None:
        self.db, self.constraint = db, constraint

    def __enter__(self) -> None:
        self.savepoint = self.db.begin_nested()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        self.savepoint.rollback()
        assert isinstance(error, IntegrityError), f"{self.constraint} refused nothing: {error!r}"
        assert error.orig.diag.constraint_name == self.constraint
        return True


@pytest.mark.parametrize("state", sorted(LIVE))
@pytest.mark.parametrize("second", sorted(LIVE))
def test_an_agent_has_one_live_engagement(db: Connection, state: str, second: str) -> None:
    agent = an_agent(db)
    contact, other = a_contact(db), a_contact(db)
    an_engagement(db, agent=agent, entry=an_entry(db, contact), contact=contact, state=state)
    entry = an_entry(db, other)

    with Refused(db, "uq_engagements_agent_live"):
        an_engagement(db, agent=agent, entry=entry, contact=other, state=second)


def test_an_agent_may_have_any_number_of_engagements_that_are_over(db: Connection) -> None:
    agent, contact = an_agent(db), a_contact(db)
    entry = an_entry(db, contact)

    for state in sorted(set(EngagementState) - LIVE):
        an_engagement(db, agent=agent, entry=entry, contact=contact, state=state)
    an_engagement(db, agent=agent, entry=entry, contact=contact)


@pytest.mark.parametrize("state", sorted(HOLDS_ENTRY))
def test_a_queue_entry_is_held_by_one_engagement(db: Connection, state: str) -> None:
    contact = a_contact(db)
    entry = an_entry(db, contact)
    an_engagement(db, agent=an_agent(db), entry=entry, contact=contact, state=state)
    colleague = an_agent(db)

    with Refused(db, "uq_engagements_entry_live"):
        an_engagement(db, agent=colleague, entry=entry, contact=contact)


def test_an_entry_may_be_offered_to_a_colleague_while_the_first_agent_still_writes(db: Connection) -> None:
    contact = a_contact(db)
    entry = an_entry(db, contact)
    an_engagement(db, agent=an_agent(db), entry=entry, contact=contact, state="wrap_up")

    an_engagement(db, agent=an_agent(db), entry=entry, contact=contact)


@pytest.mark.parametrize("state", sorted(LIVE_ENTRY))
def test_a_contact_has_one_place_in_line(db: Connection, state: str) -> None:
    contact = a_contact(db)
    an_entry(db, contact, state=state)

    with Refused(db, "uq_queue_entries_live"):
        an_entry(db, contact)


def test_a_contact_may_join_the_line_again_after_leaving_it(db: Connection) -> None:
    contact = a_contact(db)

    for state in sorted(set(EntryState) - LIVE_ENTRY):
        an_entry(db, contact, state=state)
    an_entry(db, contact)


def test_a_contact_that_has_ended_has_an_outcome(db: Connection) -> None:
    contact = a_contact(db)

    with Refused(db, "ck_contacts_outcome_exactly_when_ended"):
        db.execute(update(contacts).where(contacts.c.id == contact).values(ended_at=TEN))


def test_a_contact_under_way_has_no_outcome(db: Connection) -> None:
    with Refused(db, "ck_contacts_outcome_exactly_when_ended"):
        a_contact(db, outcome="closed")


@pytest.mark.parametrize("known", [{"caller": "+4520304050"}, {"caller_pseudonym": "5f2a"}])
def test_an_anonymous_contact_holds_no_caller(db: Connection, known: dict[str, str]) -> None:
    with Refused(db, "ck_contacts_anonymous_has_no_caller"):
        a_contact(db, anonymous=True, **known)


def test_a_contact_has_one_open_line_of_the_citizen(db: Connection) -> None:
    contact = a_contact(db)
    a_leg(db, contact)

    with Refused(db, "uq_legs_citizen"):
        a_leg(db, contact)


def test_a_callback_is_a_second_line_after_the_first_has_ended(db: Connection) -> None:
    contact = a_contact(db)
    a_leg(db, contact, ended_at=TEN, status="completed")

    a_leg(db, contact)
    a_leg(db, contact, role="agent")
    a_leg(db, contact, role="agent")


def test_a_call_of_the_carrier_is_one_leg(db: Connection) -> None:
    a_leg(db, a_contact(db), call_id="CA1")
    other = a_contact(db)

    with Refused(db, "uq_legs_call_id"):
        a_leg(db, other, call_id="CA1")


def test_legs_that_the_carrier_does_not_know_yet_are_any_number(db: Connection) -> None:
    a_leg(db, a_contact(db), call_id=None)
    a_leg(db, a_contact(db), call_id=None)


def test_a_report_of_the_carrier_is_taken_once(db: Connection) -> None:
    reports = [("CA1", "completed", 3), ("CA1", "completed", 3), ("CA1", "completed", 4), ("CA1", "busy", 3)]
    reports.append(("CA2", "completed", 3))

    taken = [legs_store.take_report(db, *report, at(seconds=index)) for index, report in enumerate(reports)]

    assert taken == [True, False, True, True, True]


def test_a_report_is_taken_once_whatever_writes_it(db: Connection) -> None:
    values = {"carrier_id": "CA1", "status": "completed", "sequence": 3, "at": TEN}
    db.execute(insert(carrier_reports).values(**values))

    with Refused(db, "pk_carrier_reports"):
        db.execute(insert(carrier_reports).values(**values))


@pytest.mark.parametrize("level", [-1, 0, 6])
def test_a_skill_has_a_level_from_1_to_5(db: Connection, level: int) -> None:
    agent = an_agent(db)

    with Refused(db, "ck_agent_skills_level_range"):
        db.execute(insert(agent_skills).values(agent_id=agent, skill="pas", level=level))


@pytest.mark.parametrize("queue_class", [-1, 3])
def test_there_are_three_classes(db: Connection, queue_class: int) -> None:
    contact = a_contact(db)

    with Refused(db, "ck_queue_entries_class_known"):
        an_entry(db, contact, queue_class=queue_class)


def a_proposal(db: Connection, **values: Any) -> None:
    row = {"language": "da", "topic": "pas", "phrase": "det røde hæfte", "proposed_by": "sofie", "proposed_at": TEN}
    db.execute(insert(grammar_proposals).values(id=new_id(), **row | values))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "lost"}, "ck_grammar_proposals_state_known"),
        ({"state": "withdrawn"}, "ck_grammar_proposals_withdrawn_has_no_phrase"),
        ({"state": "open", "phrase": None}, "ck_grammar_proposals_withdrawn_has_no_phrase"),
        ({"state": "exported", "phrase": None}, "ck_grammar_proposals_withdrawn_has_no_phrase"),
    ],
)
def test_a_proposal_has_a_phrase_exactly_until_it_is_withdrawn(db: Connection, values: Any, constraint: str) -> None:
    with Refused(db, constraint):
        a_proposal(db, **values)


def test_a_phrase_is_proposed_for_one_topic_and_any_number_may_have_been_withdrawn(db: Connection) -> None:
    a_proposal(db)
    a_proposal(db, language="en")
    for _ in range(2):
        a_proposal(db, state="withdrawn", phrase=None)

    with Refused(db, "uq_grammar_proposals_language_phrase"):
        a_proposal(db, topic="koerekort", state="exported")


def test_a_number_is_promised_one_callback_about_a_topic_at_a_time(db: Connection) -> None:
    def promise(**values: Any) -> None:
        contact = a_contact(db)
        a_callback(db, entry=an_entry(db, contact, state="callback"), contact=contact, **values)

    promise(topic="pas", state="unreached", ended_at=TEN)
    promise(topic="pas")
    promise(topic="koerekort")
    promise(topic="pas", caller_pseudonym="77aa01")
    with Refused(db, "uq_callbacks_open"):
        promise(topic="pas")


def test_a_callback_that_is_over_says_when_it_ended(db: Connection) -> None:
    contact = a_contact(db)
    with Refused(db, "ck_callbacks_ended_unless_open"):
        a_callback(db, entry=an_entry(db, contact), contact=contact, state="reached")


def test_a_username_is_one_person(db: Connection) -> None:
    an_agent(db, username="ali")

    with Refused(db, "uq_agents_username"):
        an_agent(db, username="ali")


KNOWN = (
    (agents, "state", "ck_agents_state_known", AgentState),
    (agents, "wanted", "ck_agents_wanted_known", ("ready", "break", "offline")),
    (agents, "role", "ck_agents_role_known", ("agent", "supervisor", "admin")),
    (contacts, "outcome", "ck_contacts_outcome_known", Outcome),
    (contacts, "resolved", "ck_contacts_resolved_known", ("yes", "no", "not_applicable")),
    (legs, "role", "ck_legs_role_known", Role),
    (legs, "status", "ck_legs_status_known", LegStatus),
    (legs, "goal", "ck_legs_goal_known", Goal),
    (queue_entries, "state", "ck_queue_entries_state_known", EntryState),
    (callbacks, "state", "ck_callbacks_state_known", CallbackState),
    (engagements, "state", "ck_engagements_state_known", EngagementState),
    (orders, "state", "ck_orders_state_known", ("pending", "done", "failed", "dropped")),
    (links, "status", "ck_links_status_known", ("ordered", "sent", "delivered", "undelivered", "failed")),
    (directory, "presence", "ck_directory_presence_known", Presence),
)


@pytest.mark.parametrize(("table", "column", "constraint", "known"), KNOWN, ids=[case[2] for case in KNOWN])
def test_a_state_is_one_of_the_known_ones(db: Connection, table, column: str, constraint: str, known) -> None:
    agent, contact = an_agent(db), a_contact(db, ended_at=TEN, outcome="closed")
    entry = an_entry(db, contact)
    an_engagement(db, agent=agent, entry=entry, contact=contact)
    a_callback(db, entry=entry, contact=contact, ended_at=TEN)
    an_order(db)
    db.execute(insert(directory).values(id="mette", name="Mette", department="jobcentret"))
    link = {"id": contact, "code": "x", "contact_id": contact, "topic": "pas", "language": "da", "url": "https://x"}
    db.execute(insert(links).values(**link, created_at=TEN, expires_at=TEN))

    for value in known:
        db.execute(update(table).values({column: str(value)}))
    for wrong in ("", "lost", f"{next(iter(known))} "):
        with Refused(db, constraint):
            db.execute(update(table).values({column: wrong}))


def test_every_column_that_holds_a_state_is_tried_here(db: Connection) -> None:
    found = db.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname ~ '_known$'")

    tried = {constraint for _, _, constraint, _ in KNOWN} | {
        "ck_grammar_proposals_state_known",
        "ck_queue_entries_class_known",
    }
    assert {re.sub(r"\s", "", name) for (name,) in found} == tried
