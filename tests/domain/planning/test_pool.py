"""What one event changes, found in the lists it touches, is what the policy chooses among everybody."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.planning.pool import Pool
from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import Ready, Waiting, choose, in_order
from ivr.domain.routing.queue import QueueClass

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
AGENTS, SKILLS = ("ali", "birgit", "camilla", "dan", "eva"), ("pas", "byg", "engelsk")


def group(id: str, strategy: Strategy, seconds: int = 60, weight: float = 1.0) -> Group:
    target = ServiceTarget(within=timedelta(seconds=seconds))
    return Group(id=id, name={}, hours="always", strategy=strategy, target=target, weight=weight)


GROUPS = {
    one.id: one
    for one in (
        group("best", Strategy.BEST_FIT),
        group("idle", Strategy.LONGEST_IDLE, seconds=30),
        group("spared", Strategy.LEAST_OCCUPIED, weight=3.0),
        group("round", Strategy.ROUND_ROBIN),
    )
}

moments = st.integers(0, 9).map(lambda minutes: NOW - timedelta(minutes=minutes))
needs = st.builds(
    Needs,
    groups=st.lists(st.sampled_from(sorted(GROUPS)), min_size=1, max_size=3, unique=True).map(tuple),
    skills=st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2).map(
        lambda asked: tuple(asked.items())
    ),
    agent=st.sampled_from((None, None, None, *AGENTS)),
)
contacts = st.builds(
    lambda queue_class, rank_at, needs: Waiting(
        entry="", group=needs.groups[0], queue_class=queue_class, rank_at=rank_at, needs=needs
    ),
    st.sampled_from(QueueClass),
    moments,
    needs,
)
abilities = st.tuples(
    *(
        st.tuples(
            st.frozensets(st.sampled_from(sorted(GROUPS)), min_size=1),
            st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5)),
        )
        for _ in AGENTS
    )
)
events = st.lists(
    contacts
    | st.tuples(
        st.just("ready"), st.sampled_from(AGENTS), moments, st.none() | moments, st.sampled_from((0.0, 0.4, 0.9))
    )
    | st.tuples(st.just("goes"), st.sampled_from(AGENTS))
    | st.tuples(st.just("leaves"), st.integers(0, 99))
    | st.tuples(st.just("changes"), st.integers(0, 99), contacts),
    max_size=40,
)


@given(events, abilities)
@settings(max_examples=300)
def test_what_an_event_changes_is_what_the_policy_chooses_among_everybody(events, abilities):
    able = dict(zip(AGENTS, abilities, strict=True))
    pool, waiting, ready = Pool(GROUPS), {}, {}

    def chosen() -> list[tuple[str, str]]:
        matches = choose(waiting.values(), lambda one: in_order(ready.values(), one, GROUPS), GROUPS, NOW)
        return [(match.entry, match.agent) for match in matches]

    def joins(contact: Waiting) -> None:
        waiting[contact.entry] = contact
        expected = chosen()
        agent = pool.join(contact)
        assert expected == ([] if agent is None else [(contact.entry, agent.agent)])
        if agent is not None:
            del waiting[contact.entry], ready[agent.agent]

    for number, event in enumerate(events):
        match event:
            case Waiting():
                joins(_named(event, f"{number:03}"))
            case "ready", agent, idle_since, offered_at, occupied if agent not in ready:
                groups, skills = able[agent]
                ready[agent] = Ready(
                    agent=agent,
                    groups=groups,
                    skills=skills,
                    idle_since=idle_since,
                    offered_at=offered_at,
                    occupied=occupied,
                )
                expected = chosen()
                contact = pool.stand(ready[agent], NOW)
                assert expected == ([] if contact is None else [(contact.entry, agent)])
                if contact is not None:
                    del waiting[contact.entry], ready[agent]
            case "goes", agent:
                assert pool.go(agent) == (ready.pop(agent, None) is not None)
            case "leaves", at if waiting:
                pool.leave(waiting.pop(sorted(waiting)[at % len(waiting)]))
            case "changes", at, anew if waiting:
                entry = sorted(waiting)[at % len(waiting)]
                pool.leave(waiting.pop(entry))
                joins(_named(anew, entry))


def _named(contact: Waiting, entry: str) -> Waiting:
    return Waiting(
        entry=entry,
        group=contact.group,
        queue_class=contact.queue_class,
        rank_at=contact.rank_at,
        needs=contact.needs,
    )
