"""Who gets whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.routing.groups import Group, ServiceTarget
from ivr.domain.routing.policy import Match, Ready, Waiting, can_take, choose
from ivr.domain.routing.queue import QueueClass

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def group(id: str, *, seconds: int = 60, weight: float = 1.0) -> Group:
    target = ServiceTarget(within=timedelta(seconds=seconds))
    return Group(id=id, name={}, hours="always", target=target, weight=weight)


GROUPS = {"byg": group("byg"), "pas": group("pas", seconds=30), "vagt": group("vagt", weight=3.0)}


def waits(entry: str, seconds: float = 60, group: str = "byg", queue_class=QueueClass.ORDINARY, **more) -> Waiting:
    return Waiting(entry=entry, group=group, queue_class=queue_class, rank_at=NOW - timedelta(seconds=seconds), **more)


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

    (match,) = choose([waits("karen", 60, skill="pas", required_level=2)], agents, GROUPS, NOW)

    assert match == Match(
        entry="karen", agent="fit", candidates=("fit", "expert"), able=2, waited_seconds=60.0, skill="pas", level=2
    )


def test_among_equals_the_longest_idle_is_chosen_and_then_the_name_decides():
    assert pairs([waits("karen")], [ready("b", 60), ready("a", 60), ready("c", 61)]) == [("karen", "c")]
    assert pairs([waits("karen")], [ready("b", 60), ready("a", 60)]) == [("karen", "a")]


def test_an_agent_without_the_skill_takes_the_next_in_line_who_needs_none():
    waiting = [waits("needs a skill", 100, skill="pas", required_level=1), waits("needs none", 10)]

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
        skill=st.sampled_from([None, None, "pas", "byg"]),
        required_level=st.integers(1, 5),
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
    return (contact.group, contact.queue_class, contact.required_level)


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
        skill = by_entry[match.entry].skill
        fits = [
            (by_agent[name].skills.get(skill, 0) if skill else 0, by_agent[name].idle_since)
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
