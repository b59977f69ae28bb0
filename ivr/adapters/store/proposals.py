"""Phrases that supervisors have proposed for the grammar. They are kept until withdrawn; then the words go at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Row, Table, Text, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert

from ivr.adapters.store.base import Id, Moment, metadata
from ivr.domain.proposals.document import ProposalState

grammar_proposals = Table(
    "grammar_proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("language", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("phrase", Text),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("state", Text, nullable=False, server_default=ProposalState.OPEN),
    CheckConstraint("state IN ('" + "', '".join(ProposalState) + "')", name="state_known"),
    CheckConstraint("(phrase IS NULL) = (state = 'withdrawn')", name="withdrawn_has_no_phrase"),
    # One phrase cannot mean two topics. What is withdrawn has none, and stands in nobody's way.
    UniqueConstraint("language", "phrase"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal that stands. `proposed_by` is a username."""

    id: str
    language: str
    topic: str
    phrase: str
    proposed_by: str
    proposed_at: datetime
    state: ProposalState


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    values.update(state=ProposalState(values["state"]))
    return Proposal(**values)


def put(db: Connection, values: Mapping[str, Any]) -> Proposal:
    """The proposal; the one that stands already where the phrase was proposed before, whatever the topic."""
    proposed = insert(grammar_proposals).values(**values)
    # Written over with itself, so that it is told whoever wrote it, and waited for if that is not yet certain.
    same = proposed.on_conflict_do_update(
        index_elements=["language", "phrase"], set_={"phrase": proposed.excluded.phrase}
    )
    return _proposal(db.execute(same.returning(grammar_proposals)).one())


def standing(
    db: Connection, *, language: str | None = None, states: Collection[ProposalState] = tuple(ProposalState)
) -> tuple[Proposal, ...]:
    """What has been proposed and not withdrawn, newest first."""
    table = grammar_proposals.c
    query = select(grammar_proposals).where(table.phrase.is_not(None), table.state.in_(states))
    if language is not None:
        query = query.where(table.language == language)
    return tuple(_proposal(row) for row in db.execute(query.order_by(table.proposed_at.desc(), table.id.desc())))


def withdraw(db: Connection, proposal_id: str) -> bool | None:
    """Forget the phrase. False when that has been done before, None when there is no such proposal."""
    found = db.execute(select(grammar_proposals.c.id).where(grammar_proposals.c.id == proposal_id)).first()
    if found is None:
        return None
    gone = db.execute(
        update(grammar_proposals)
        .where(grammar_proposals.c.id == proposal_id, grammar_proposals.c.phrase.is_not(None))
        .values(phrase=None, state=ProposalState.WITHDRAWN)
    )
    return gone.rowcount > 0


def exported(db: Connection, proposal_ids: Collection[str]) -> int:
    """These stand in a file now. Returns how many of them had not before."""
    table = grammar_proposals.c
    return db.execute(
        update(grammar_proposals)
        .where(table.id.in_(proposal_ids), table.state == ProposalState.OPEN)
        .values(state=ProposalState.EXPORTED)
    ).rowcount
