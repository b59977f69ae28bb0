"""An agent may ask at any moment to be ready, to take a break or to sign out: the last wish wins once nobody needs them."""

from collections.abc import Callable

import pytest

from ivr.adapters.store import agents, engagements, legs
from ivr.assembly import Parts
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import agents as staff
from ivr.operations import conversation, dialplan, imports, lines
from ivr.operations import engagements as offers
from tests.kit.town import plans, sources
from tests.operations.test_races import SETTINGS, _accept, _agents, _contacts, _join, assemble

READY, BREAK, OFFLINE = AgentState.READY, AgentState.BREAK, AgentState.OFFLINE


class Business:
    """An agent and the caller who was offered to them, step by step."""

    def __init__(self, parts: Parts) -> None:
        (self.contact,), (self.agent,) = _contacts(parts, 1), _agents(parts, 1)
        self.parts, self.run = parts, parts.operations.run
        self.run(_join, self.contact)
        self.wishes(READY)

    def wishes(self, wanted: AgentState) -> None:
        self.run(staff.set_state, self.agent, wanted, "lunch" if wanted is BREAK else None)

    def comes_to(self, moment: str) -> None:
        steps = {"offered": 0, "accepted": 1, "talk": 2, "wrap_up": 3}[moment]
        for step in (self._accepts, self._meets, self.hangs_up)[:steps]:
            step()

    def _accepts(self) -> None:
        self.run(_accept, self.live.id)

    def _meets(self) -> None:
        self.run(conversation.started, self.contact)

    @property
    def live(self) -> engagements.Engagement:
        found = self._live()
        assert found is not None
        return found

    def _live(self) -> engagements.Engagement | None:
        with self.parts.engine.connect() as db:
            return engagements.live_of_agent(db, self.agent)

    @property
    def state(self) -> tuple[AgentState, AgentState, str | None]:
        """What the agent does, wanted last, and why."""
        with self.parts.engine.connect() as db:
            agent = agents.get(db, self.agent)
        assert agent is not None
        return agent.state, agent.wanted, agent.reason

    def hangs_up(self) -> None:
        self.run(conversation.hang_up, self.agent, self.contact)

    def does_not_answer(self) -> None:
        if self._live() is not None:
            self.run(_is_missed, self.live.id)

    def loses_the_line(self) -> None:
        self.run(lines.closed, self.live.leg_id, LegStatus.FAILED)

    def loses_the_caller(self) -> None:
        with self.parts.engine.connect() as db:
            citizen = legs.citizen(db, self.contact)
        assert citizen is not None
        self.run(lines.closed, citizen.id, LegStatus.COMPLETED)

    def wraps_up(self) -> None:
        self.run(offers.wrap_up, self.agent, self.contact, resolved="yes")

    def lets_the_wrap_up_run_out(self) -> None:
        self.run(_runs_out, self.live.id)


def _is_missed(work, engagement_id):
    offers.end_offer(work, offers.lock_meeting(work, engagement_id), EngagementState.NO_ANSWER)


def _runs_out(work, engagement_id):
    offers.finish_wrap_up(work, offers.lock_meeting(work, engagement_id), resolved=None)


@pytest.fixture
def parts(engine, database_url):
    made = assemble(SETTINGS, database_url, plans=plans())
    made.operations.run(dialplan.take_up, sources())
    yield made
    made.engine.dispose()


def _both(*deeds: Callable[[Business], None]) -> Callable[[Business], None]:
    return lambda business: [deed(business) for deed in deeds] and None


AS_WISHED = {READY: READY, BREAK: BREAK, OFFLINE: OFFLINE}
NOT_READY = {READY: BREAK, BREAK: BREAK, OFFLINE: OFFLINE}
"""Whoever missed a call, declined it or lost the line is on break first, whatever was wished before."""

B = Business
ENDS = [
    ("offered", "not answered", B.does_not_answer, NOT_READY),
    ("offered", "caller gone", B.loses_the_caller, AS_WISHED),
    ("accepted", "caller gone", B.loses_the_caller, AS_WISHED),
    ("accepted", "line lost", B.loses_the_line, NOT_READY),
    ("accepted", "ended at the desk", B.hangs_up, NOT_READY),
    ("talk", "caller gone", _both(B.loses_the_caller, B.wraps_up), AS_WISHED),
    ("talk", "caller gone, no word", _both(B.loses_the_caller, B.lets_the_wrap_up_run_out), AS_WISHED),
    ("talk", "ended at the desk", _both(B.hangs_up, B.wraps_up), AS_WISHED),
    ("talk", "line lost", B.loses_the_line, NOT_READY),
    ("wrap_up", "a word", B.wraps_up, AS_WISHED),
    ("wrap_up", "no word", B.lets_the_wrap_up_run_out, AS_WISHED),
]


@pytest.mark.parametrize("wished", [READY, BREAK, OFFLINE])
@pytest.mark.parametrize(("moment", "end", "happens", "leads"), ENDS, ids=[f"{row[0]}, {row[1]}" for row in ENDS])
def test_what_was_wished_last_is_granted_when_the_business_ends(parts, moment, end, happens, leads, wished):
    business = Business(parts)
    business.comes_to(moment)
    business.wishes(wished)

    happens(business)

    state, wanted, _ = business.state
    assert (state, wanted) == (leads[wished], leads[wished])


@pytest.mark.parametrize("moment", ["accepted", "talk", "wrap_up"])
@pytest.mark.parametrize("wished", [READY, BREAK, OFFLINE])
def test_a_wish_changes_nothing_while_somebody_needs_the_agent(parts, moment, wished):
    business = Business(parts)
    business.comes_to(moment)
    busy, _, _ = business.state

    business.wishes(wished)

    assert business.state == (busy, wished, None)


@pytest.mark.parametrize(
    ("wishes", "last"),
    [((BREAK, READY), READY), ((OFFLINE, BREAK), BREAK), ((BREAK, OFFLINE), OFFLINE), ((OFFLINE, READY), READY)],
)
def test_of_several_wishes_in_one_talk_the_last_counts(parts, wishes, last):
    business = Business(parts)
    business.comes_to("talk")
    for wish in wishes:
        business.wishes(wish)

    business.hangs_up()
    business.wraps_up()

    assert business.state == (last, last, None)


def test_a_break_wished_while_it_rings_has_its_own_reason(parts):
    business = Business(parts)
    business.wishes(BREAK)

    assert business.state == (BREAK, BREAK, "lunch")


def test_the_reason_of_a_break_is_why_the_business_ended_so(parts):
    business = Business(parts)
    business.comes_to("talk")
    business.loses_the_line()

    assert business.state == (BREAK, BREAK, "line_lost")


@pytest.mark.parametrize(
    "ends", [B.loses_the_line, _both(B.loses_the_caller, B.wraps_up)], ids=["line lost", "talk over"]
)
def test_whoever_leaves_the_house_in_a_talk_is_signed_out_after_it(parts, ends):
    business = Business(parts)
    business.comes_to("talk")
    business.run(imports.part_with, business.agent)
    assert business.state[0] is AgentState.TALKING

    ends(business)

    assert business.state == (OFFLINE, OFFLINE, None)
