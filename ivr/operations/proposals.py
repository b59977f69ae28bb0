"""Proposing phrases for the grammar. Nothing of it changes how callers are understood: an operator reads the file first."""

from collections.abc import Collection

from ivr.adapters.store import proposals
from ivr.adapters.store.proposals import Proposal
from ivr.domain.errors import IvrError
from ivr.domain.proposals.phrase import cleaned
from ivr.operations.work import Work


class BadProposal(IvrError):
    """The plan has no such language or topic."""

    code = "bad_proposal"


class PhraseTaken(IvrError):
    """The phrase has been proposed for another topic."""

    code = "phrase_taken"


class NoSuchProposal(IvrError):
    """There is no such proposal."""

    code = "no_such_proposal"


def propose(work: Work, username: str, *, language: str, topic: str, phrase: str) -> Proposal:
    """The phrase may become one by which the topic is understood. To say so twice changes nothing.

    Raises `BadPhrase`, `BadProposal` or `PhraseTaken`.
    """
    flow = work.plans.current(work.db).plan.flow
    if language not in flow.speakers:
        raise BadProposal(f"There is no language {language!r}.", hint=f"There is: {', '.join(flow.speakers)}.")
    if topic not in flow.topics:
        raise BadProposal(f"There is no topic {topic!r}.", hint="Choose one of the plan's topics.")
    new_id = work.new_id()
    values = {"id": new_id, "language": language, "topic": topic, "phrase": cleaned(phrase, language)}
    found = proposals.put(work.db, {**values, "proposed_by": username, "proposed_at": work.now})
    if found.topic != topic:
        raise PhraseTaken(
            f"The phrase has been proposed for {found.topic!r} by {found.proposed_by}.",
            hint="One phrase cannot mean two topics: withdraw that one first.",
        )
    if found.id == new_id:
        work.record("phrase_proposed", data={"proposal": new_id, "topic": topic, "by": username})
    return found


def withdraw(work: Work, username: str, proposal_id: str) -> None:
    """The proposal is taken back, and its words are forgotten. To say so twice changes nothing."""
    is_new = proposals.withdraw(work.db, proposal_id)
    if is_new is None:
        raise NoSuchProposal("There is no such proposal.", hint="GET /proposals lists them.")
    if is_new:
        work.record("proposal_withdrawn", data={"proposal": proposal_id, "by": username})


def exported(work: Work, proposal_ids: Collection[str]) -> None:
    """The operator has these in a file."""
    rows = proposals.exported(work.db, proposal_ids)
    if rows:
        work.record("proposals_exported", data={"rows": rows})
