"""Whatever happens between two statements, routing keeps its promises; `docs/routing.md` tells how far this was tried by hand."""

import pytest

from ivr.domain.routing.agents import AgentState
from ivr.domain.routing.policy import Candidate
from tests.domain.routing import scheduler
from tests.domain.routing.scheduler import Broken, run


@pytest.mark.parametrize("seed", range(5))
def test_no_order_of_events_breaks_a_promise(seed):
    town = run(40_000, seed)

    assert town.ended > 1_000


@pytest.mark.parametrize("seed", range(20))
def test_when_the_day_is_over_nobody_is_left_in_line_and_no_agent_is_stranded(seed):
    town = run(2_000, seed)

    town.evening()

    assert town.calls == []
    assert town.offers == []
    # Whoever missed a call meanwhile is on a break.
    assert {worker.state for worker in town.workers} <= {AgentState.READY, AgentState.BREAK}


def test_without_claims_by_condition_somebody_is_offered_twice():
    with pytest.raises(Broken, match=r"two live|has ended|busy|in an engagement"):
        run(40_000, seed=1, claims=False)


def test_a_policy_that_takes_the_last_of_a_list_first_is_caught(monkeypatch):
    def last_first(contact, groups, now):
        return tuple(-number for number in (int(contact.queue_class), contact.rank_at.timestamp()))

    monkeypatch.setattr("ivr.domain.routing.policy.pressing", last_first)

    with pytest.raises(Broken, match="overtaken"):
        run(40_000, seed=1)


def test_a_policy_that_does_not_ask_for_skills_is_caught(monkeypatch):
    def everybody(ready, contact, groups):
        return [Candidate(agent=agent.agent, through=contact.needs.groups[0]) for agent in ready]

    monkeypatch.setattr(scheduler, "in_order", everybody)

    with pytest.raises(Broken, match="cannot take"):
        run(40_000, seed=1)


def test_a_matcher_that_matches_nobody_is_caught(monkeypatch):
    monkeypatch.setattr(scheduler.Town, "_match", lambda town: iter(()))

    with pytest.raises(Broken, match="apart"):
        run(40_000, seed=1)
