"""A day by hand: few calls, few agents, and what must become of them to the second."""

from datetime import timedelta

from ivr.domain.measures.service_level import QueuedCall, QueueEnd, Share
from ivr.domain.planning.arrivals import Call, Matter
from ivr.domain.planning.day import Outcome, Stay, Worked, simulate, together
from ivr.domain.planning.figures import EVERYBODY, Figures, figures
from ivr.domain.planning.roster import Member
from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import Step
from ivr.domain.routing.queue import QueueClass

HOUR = 3600.0


def group(id: str = "byg", **more) -> Group:
    return Group(id=id, name={}, hours="always", **more)


def groups(*of: Group) -> dict[str, Group]:
    return {one.id: one for one in of or (group(),)}


def matter(group: str = "byg", queue_class: QueueClass = QueueClass.ORDINARY, **skills: int) -> Matter:
    return Matter(needs=Needs(groups=(group,), skills=tuple(skills.items())), queue_class=queue_class)


def call(at: float, talk: float = 100, wrap_up: float = 0, patience: float | None = None, about: Matter | None = None):
    return Call(at, about or matter(), talk, wrap_up, patience)


def agent(name: str, *of: str, comes: float = 0, goes: float = HOUR, **skills: int) -> Member:
    return Member(agent=name, groups=frozenset(of or ("byg",)), skills=skills, spans=((comes, goes),))


def answered(wait: float, talk: float = 100, wrap_up: float = 0, of: str = "byg") -> Stay:
    return Stay(of, QueuedCall(end=QueueEnd.ANSWERED, wait_seconds=wait, talk_seconds=talk, wrap_seconds=wrap_up))


def gave_up(wait: float, of: str = "byg") -> Stay:
    return Stay(of, QueuedCall(end=QueueEnd.ABANDONED, wait_seconds=wait))


def test_who_comes_first_is_served_first_and_wrap_up_keeps_the_next_waiting():
    found = simulate([call(0, 100, 20), call(10), call(20)], [agent("ali")], groups())

    assert found.stays == (answered(0, 100, 20), answered(110), answered(200))


def test_wrap_up_ends_at_the_groups_limit():
    found = simulate([call(0, 100, 999), call(10)], [agent("ali")], groups(group(wrap_up=timedelta(seconds=30))))

    assert found.stays == (answered(0, 100, 30), answered(120))


def test_whoever_waits_longer_than_the_own_patience_gives_up():
    found = simulate([call(0), call(10, patience=40), call(20)], [agent("ali")], groups())

    assert found.stays == (answered(0), gave_up(40), answered(80))


def test_a_caller_may_give_up_while_an_agent_is_rung_who_then_takes_the_next():
    found = simulate([call(0, patience=4), call(1)], [agent("ali")], groups(), answer_seconds=5)

    assert found.stays == (gave_up(4), answered(8))


def test_the_time_that_ringing_takes_is_waited_and_is_not_handling():
    found = simulate([call(0)], [agent("ali")], groups(), answer_seconds=5)

    assert found.stays == (answered(5),)
    assert found.worked == (Worked(groups=frozenset({"byg"}), handling=100, signed_in=HOUR),)


def test_urgent_calls_go_ahead_of_everybody():
    urgent = matter(queue_class=QueueClass.URGENT)

    found = simulate([call(0), call(10), call(20, about=urgent)], [agent("ali")], groups())

    assert found.stays == (answered(0), answered(190), answered(80))


def test_a_step_opens_the_line_to_another_group_at_its_time():
    helped = groups(group(steps=(Step(after=timedelta(seconds=60), groups=("omstilling",)),)), group("omstilling"))

    found = simulate([call(0), call(10)], [agent("ali"), agent("lis", "omstilling")], helped)

    assert found.stays == (answered(0), answered(60))


def test_a_bonus_lets_a_caller_pass_those_who_came_before():
    lines = groups(group(steps=(Step(after=timedelta(seconds=30), bonus=timedelta(minutes=5)),)), group("pas"))
    calls = [call(0), call(1, about=matter("pas")), call(2)]

    found = simulate(calls, [agent("ali", "byg", "pas")], lines)

    assert found.stays == (answered(0), answered(199, of="pas"), answered(98))


def test_a_skill_that_is_only_preferred_is_let_go():
    lenient = Matter(
        needs=Needs(groups=("byg",), skills=(("pas", 3),)),
        lenient=frozenset({"pas"}),
        lenient_after=timedelta(seconds=45),
    )

    found = simulate([call(0, about=lenient)], [agent("ali", pas=2)], groups())

    assert found.stays == (answered(45),)


def test_a_step_that_hangs_on_a_forecast_alone_is_not_taken():
    helped = groups(group(steps=(Step(forecast=timedelta(minutes=1), groups=("omstilling",)),)), group("omstilling"))

    found = simulate([call(0, patience=500)], [agent("lis", "omstilling")], helped)

    assert found.stays == (gave_up(500),)


def test_an_agent_who_is_to_go_finishes_the_call_and_takes_no_other():
    found = simulate([call(0, 300), call(10, patience=600)], [agent("ali", goes=60)], groups())

    assert found.stays == (answered(0, 300), gave_up(600))
    assert found.worked[0].signed_in == 300


def test_whoever_comes_to_work_takes_who_waits():
    found = simulate([call(0)], [agent("ali", comes=90)], groups())

    assert found.stays == (answered(90),)


def test_a_caller_who_waits_when_nobody_will_come_any_more_is_stranded():
    found = simulate([call(0)], [agent("ali", "pas", goes=100)], groups(group(), group("pas")))

    assert (found.stays, found.stranded) == ((gave_up(100),), 1)


def test_round_robin_and_least_occupied_look_at_what_came_before():
    calls = [call(0, 400), call(500, 10), call(600, 10)]
    by_rule = {
        rule: simulate(calls, [agent("ali"), agent("bo")], groups(group(strategy=rule)))
        for rule in (Strategy.ROUND_ROBIN, Strategy.LEAST_OCCUPIED)
    }

    assert [one.handling for one in by_rule[Strategy.ROUND_ROBIN].worked] == [410, 10]
    assert [one.handling for one in by_rule[Strategy.LEAST_OCCUPIED].worked] == [400, 20]


def test_days_are_put_together_in_their_order():
    day, other = (simulate([call(at), call(10)], [agent("ali")], groups()) for at in (0, 5))

    week = together([day, other])

    assert week.stays == day.stays + other.stays
    assert week.worked == day.worked + other.worked
    assert (week.stranded, week.events) == (0, day.events + other.events)


def test_everybody_is_told_of_in_the_end():
    told: list[int] = []

    simulate([call(at) for at in range(600)], [agent("ali")], groups(), told=told.append)

    assert told == [256, 256, 88]


def test_figures_follow_our_variant_group_by_group_and_together():
    lines = groups(group("pas"), group("byg", target=ServiceTarget(within=timedelta(seconds=10))))
    found = Outcome(
        stays=(answered(5), answered(20), gave_up(30), gave_up(3), answered(60, of="pas")),
        worked=(
            Worked(groups=frozenset({"byg"}), handling=900, signed_in=3000),
            Worked(groups=frozenset({"byg", "pas"}), handling=600, signed_in=3600),
        ),
        stranded=0,
        events=0,
    )

    pas, byg, everybody = figures(found, lines)

    assert byg == Figures(
        group="byg",
        calls=4,
        service_level=Share(numerator=1, denominator=3),
        mean_wait=12.5,
        median_wait=12.5,
        p95_wait=20,
        abandoned=Share(numerator=1, denominator=3),
        occupancy=1500 / 6600,
    )
    assert (pas.service_level, pas.occupancy) == (Share(numerator=1, denominator=1), 600 / 3600)
    assert everybody.group == EVERYBODY
    assert everybody.service_level == Share(numerator=2, denominator=4)
