"""`/proposals`: phrases for the grammar. They change nothing by themselves; an operator reads the file of them first."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from ivr.adapters.store import proposals
from ivr.adapters.store.proposals import Proposal
from ivr.assembly import Parts
from ivr.domain.proposals.document import ProposalState
from ivr.operations import proposals as proposal_operations
from ivr.web import auth

_LONGEST_TYPED = 1000


class NewProposal(BaseModel):
    """`phrase` may not tell who called: numbers by which somebody is known are refused."""

    language: str
    topic: str
    phrase: str = Field(max_length=_LONGEST_TYPED)


class ShownProposal(BaseModel):
    """`state` is `open`, or `exported` once the operator has it in a file."""

    id: str
    language: str
    topic: str
    phrase: str
    proposed_by: str
    proposed_at: datetime
    state: ProposalState


class ProposalList(BaseModel):
    proposals: list[ShownProposal]


def blueprint(parts: Parts) -> APIBlueprint:
    api = APIBlueprint("api_proposals", __name__, tag="Lessons")

    @api.get("/proposals")
    @auth.needs(auth.LESSONS)
    @api.output(ProposalList)
    @api.doc(summary="What has been proposed and not withdrawn, newest first", security="Bearer", responses=[401, 403])
    def listed() -> ProposalList:
        with parts.engine.connect() as db:
            found = proposals.standing(db)
        return ProposalList(proposals=[_shown(proposal) for proposal in found])

    @api.post("/proposals")
    @auth.needs(auth.LESSONS)
    @api.input(NewProposal)
    @api.output(ShownProposal)
    @api.doc(
        summary="Propose a phrase; the one that stands already where it was proposed before",
        security="Bearer",
        responses=[401, 403, 409, 422],
    )
    def propose(json_data: NewProposal) -> ShownProposal:
        username = auth.person().agent.username
        return _shown(parts.operations.run(proposal_operations.propose, username, **json_data.model_dump()))

    @api.delete("/proposals/<uuid:proposal_id>")
    @auth.needs(auth.LESSONS)
    @api.output({}, status_code=204)
    @api.doc(summary="Withdraw a proposal and forget its phrase", security="Bearer", responses=[401, 403, 404])
    def withdraw(proposal_id: Any) -> Response:
        parts.operations.run(proposal_operations.withdraw, auth.person().agent.username, str(proposal_id))
        return Response(status=204)

    return api


def _shown(proposal: Proposal) -> ShownProposal:
    return ShownProposal(
        id=proposal.id,
        language=proposal.language,
        topic=proposal.topic,
        phrase=proposal.phrase,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        state=proposal.state,
    )
