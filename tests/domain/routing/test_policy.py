"""Who gets whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import TOLD, Match, Ready, Waiting, can_take, in_order
from ivr.domain.routing.policy import choose as choose_of
from ivr.domain.routing.queue import QueueClass

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def group(id: str, *, seconds: int = 60, weight: float = 1.0, strategy: Strategy = Strategy.BEST_FIT) -> Group:
    target = ServiceTarget(within=timedelta(seconds=seconds))
    return Group(id=id, name={}, hours="always", target=target, weight=weight, strategy=strategy)


GROUPS = {"byg": group("byg"), "pas": group("pas", seconds=30), "vagt": group("vagt", weight=3.0)}


def waits(
    entry: str,
    seconds: float = 60,
    group: str = "byg",
    queue_class=QueueClass.ORDINARY,
    also: tuple[str, ...] = (),
    skills: tuple[tuple[str, int], ...] = (),
    agent: str | None = None,
    excluded: frozenset[str] = frozenset(),
) -> Waiting:
    return Waiting(
        entry=entry,
        group=group,
        queue_class=queue_class,
        rank_at=NOW - timedelta(seconds=seconds),
        needs=Needs(groups=(group, *(other for other in also if other != group)), skills=skills, agent=agent),
        excluded=excluded,
    )


def choose(waiting, agents, groups, now) -> tuple[Match, ...]:
    return choose_of(waiting, lambda contact: in_order(agents, contact, groups), groups, now)


def ready(agent: str, idle: float = 60, groups: tuple[str, ...] = ("byg",), **skills: int) -> Ready:
    return Ready(agent=agent, groups=frozenset(groups), skills=skills, idle_since=NOW - timedelta(seconds=idle))


def pairs(waiting, agents) -> list[tuple[str, str]]:
    return [(match.entry, match.agent) for match in choose(waiting, agents, GROUPS, NOW)]


@pytest.mark.parametrize(
    ("waiting", "agents", "matched"),
    [
        ([], [ready("ali")], []),
        ([waits("karen")], [], []),
        ([waits("karen")], [ready("ali")], [("karen", "ali")]),
        ([waits("karen", 10), waits("otto", 20)], [ready("ali")], [("otto", "ali")]),
        ([waits("karen", group="pas")], [ready("ali")], []),
        ([waits("karen", excluded=frozenset({"ali"}))], [ready("ali")], []),
        ([waits("karen", excluded=frozenset({"ali"}))], [ready("ali"), ready("birgit")], [("karen", "birgit")]),
    ],
)
def test_the_plain_cases(waiting, agents, matched):
    assert pairs(waiting, agents) == matched


def test_class_comes_before_everything():
    waiting = [
        waits("waited an hour", 3600),
        waits("came back", 1, queue_class=QueueClass.RETURNED),
        waits("urgent", 0, queue_class=QueueClass.URGENT),
    ]

    assert pairs(waiting, [ready("ali")]) == [("urgent", "ali")]
    assert pairs(waiting[:2], [ready("ali")]) == [("came back", "ali")]


@pytest.mark.parametrize(("seconds", "first"), [(31, "short target"), (29, "long target")])
def test_between_groups_the_wait_is_weighed_against_the_target(seconds, first):
    waiting = [waits("long target", 60), waits("short target", seconds, "pas")]

    assert pairs(waiting, [ready("ali", groups=("byg", "pas"))])[0][0] == first


def test_a_groups_weight_makes_its_waits_count_more():
    waiting = [waits("byg", 60), waits("vagt", 25, "vagt")]

    assert pairs(waiting, [ready("ali", groups=("byg", "vagt"))])[0][0] == "vagt"


def test_specialists_are_spared_by_choosing_the_lowest_sufficient_level():
    agents = [ready("expert", 999, pas=5), ready("novice", 500, pas=1), ready("fit", 1, pas=2)]

    (match,) = choose([waits("karen", 60, skills=(("pas", 2),))], agents, GROUPS, NOW)

    assert match == Match(
        entry="karen",
        agent="fit",
        candidates=("fit", "expert"),
        is_more=False,
        waited_seconds=60.0,
        needs="byg;pas:2;",
        through="byg",
        strategy=Strategy.BEST_FIT,
        level=2,
    )


@pytest.mark.parametrize(
    ("strategy", "first"),
    [
        (Strategy.BEST_FIT, "novice"),
        (Strategy.LONGEST_IDLE, "patient"),
        (Strategy.LEAST_OCCUPIED, "rested"),
        (Strategy.ROUND_ROBIN, "forgotten"),
    ],
)
def test_each_strategy_has_its_own_first(strategy, first):
    agents = [
        Ready(
            agent=name,
            groups=frozenset({"byg"}),
            skills={"pas": 1 if name == "novice" else 3},
            idle_since=NOW - timedelta(minutes=9 if name == "patient" else 1),
            offered_at=None if name == "forgotten" else NOW - timedelta(hours=1),
            occupied=0.1 if name == "rested" else 0.8,
        )
        for name in ("novice", "patient", "rested", "forgotten")
    ]

    (match,) = choose([waits("karen", skills=(("pas", 1),))], agents, {"byg": group("byg", strategy=strategy)}, NOW)

    assert (match.agent, match.strategy) == (first, strategy)


def test_a_caller_who_is_open_to_other_groups_gets_the_own_groups_agents_first():
    waiting = [waits("karen", also=("pas",))]

    assert pairs(waiting, [ready("far", 999, ("pas",)), ready("near", 1, ("byg",))]) == [("karen", "near")]
    assert pairs(waiting, [ready("far", 999, ("pas",))]) == [("karen", "far")]


def test_who_waits_for_one_agent_alone_is_offered_to_nobody_else():
    agents = [ready("ali", 999), ready("birgit", 1)]

    assert pairs([waits("karen", agent="birgit")], agents) == [("karen", "birgit")]
    assert pairs([waits("karen", agent="sofie")], agents) == []


def test_every_skill_is_needed_and_a_language_is_one():
    speaks, knows = ready("speaks", engelsk=1), ready("knows", pas=3)

    assert pairs([waits("karen", skills=(("pas", 2), ("engelsk", 1)))], [speaks, knows]) == []
    assert pairs([waits("karen", skills=(("pas", 2),))], [speaks, knows]) == [("karen", "knows")]


def test_a_decision_names_the_first_and_says_that_there_were_more():
    agents = [ready(f"a{number:02}", 100 - number) for number in range(TOLD + 3)]

    (match,) = choose([waits("karen")], agents, GROUPS, NOW)

    assert match.candidates == tuple(f"a{number:02}" for number in range(TOLD))
    assert match.is_more


def test_among_equals_the_longest_idle_is_chosen_and_then_the_name_decides():
    assert pairs([waits("karen")], [ready("b", 60), ready("a", 60), ready("c", 61)]) == [("karen", "c")]
    assert pairs([waits("karen")], [ready("b", 60), ready("a", 60)]) == [("karen", "a")]


def test_an_agent_without_the_skill_takes_the_next_in_line_who_needs_none():
    waiting = [waits("needs a skill", 100, skills=(("pas", 1),)), waits("needs none", 10)]

    assert pairs(waiting, [ready("ali")]) == [("needs none", "ali")]


def test_a_group_that_the_plan_no_longer_has_is_served_all_the_same():
    waiting = [waits("karen", group="gone")]

    assert pairs(waiting, [ready("ali", groups=("gone",))]) == [("karen", "ali")]


names = st.sampled_from(sorted(GROUPS))
waitings = st.lists(
    st.builds(
        waits,
        st.uuids().map(str),
        st.integers(-5, 3600) | st.floats(0, 100),
        names,
        st.sampled_from(QueueClass),
        also=st.lists(names, max_size=2, unique=True).map(tuple),
        skills=st.dictionaries(st.sampled_from(["pas", "byg"]), st.integers(1, 5), max_size=2).map(
            lambda levels: tuple(levels.items())
        ),
        agent=st.sampled_from([None, None, None, "a0"]),
        excluded=st.frozensets(st.sampled_from(["a0", "a1"])),
    ),
    max_size=12,
    unique_by=lambda contact: contact.entry,
)
readies = st.integers(0, 6).flatmap(
    lambda count: st.tuples(
        *(
            st.builds(
                Ready,
                agent=st.just(f"a{number}"),
                groups=st.frozensets(names, min_size=1),
                skills=st.dictionaries(st.sampled_from(["pas", "byg"]), st.integers(1, 5)),
                idle_since=st.integers(0, 3).map(lambda idle: NOW - timedelta(minutes=idle)),
            )
            for number in range(count)
        )
    )
)


def one_list(contact: Waiting) -> tuple:
    return (contact.group, contact.queue_class, contact.needs.key)


@settings(deadline=None)
@given(waitings, readies)
def test_every_match_is_of_two_who_fit_and_nobody_is_in_two(waiting, agents):
    matches = choose(waiting, agents, GROUPS, NOW)

    by_entry = {contact.entry: contact for contact in waiting}
    by_agent = {agent.agent: agent for agent in agents}
    assert len({match.entry for match in matches}) == len({match.agent for match in matches}) == len(matches)
    for match in matches:
        assert can_take(by_agent[match.agent], by_entry[match.entry])
        assert match.agent == match.candidates[0]
        assert match.waited_seconds >= 0


@settings(deadline=None)
@given(waitings, readies)
def test_nobody_who_could_be_served_is_left_beside_a_free_agent(waiting, agents):
    matches = choose(waiting, agents, GROUPS, NOW)

    served, busy = {match.entry for match in matches}, {match.agent for match in matches}
    left = [contact for contact in waiting if contact.entry not in served]
    free = [agent for agent in agents if agent.agent not in busy]
    assert not [(agent, contact) for agent in free for contact in left if can_take(agent, contact)]


@settings(deadline=None)
@given(waitings, readies)
def test_nobody_is_overtaken_within_a_list_nor_by_a_later_class_for_an_agent_who_could_take_them(waiting, agents):
    matches = choose(waiting, agents, GROUPS, NOW)

    by_entry = {contact.entry: contact for contact in waiting}
    by_agent = {agent.agent: agent for agent in agents}
    served = {match.entry for match in matches}
    for match in matches:
        chosen, agent = by_entry[match.entry], by_agent[match.agent]
        for left in waiting:
            if left.entry in served or not can_take(agent, left):
                continue
            assert left.queue_class >= chosen.queue_class
            if one_list(left) == one_list(chosen):
                assert left.rank_at >= chosen.rank_at


@settings(deadline=None)
@given(waitings, readies)
def test_the_best_fit_is_chosen_and_then_the_longest_idle(waiting, agents):
    by_entry = {contact.entry: contact for contact in waiting}
    by_agent = {agent.agent: agent for agent in agents}

    for match in choose(waiting, agents, GROUPS, NOW):
        needs = by_entry[match.entry].needs
        first = needs.skills[0][0] if needs.skills else None
        fits = [
            (
                next(place for place, group in enumerate(needs.groups) if group in by_agent[name].groups),
                by_agent[name].skills.get(first, 0) if first else 0,
                by_agent[name].idle_since,
            )
            for name in match.candidates
        ]
        assert fits == sorted(fits)


@settings(deadline=None)
@given(waitings, readies, st.randoms())
def test_the_order_in_which_rows_are_read_does_not_matter(waiting, agents, chance):
    other_waiting, other_agents = list(waiting), list(agents)
    chance.shuffle(other_waiting)
    chance.shuffle(other_agents)

    assert choose(waiting, agents, GROUPS, NOW) == choose(other_waiting, other_agents, GROUPS, NOW)
