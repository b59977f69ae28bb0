"""What waiting changes, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.routing.needs import Needs
from ivr.domain.routing.patience import FORECAST_EVERY, Asked, Step, standing

TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEEDS = Needs(groups=("byg",), skills=(("byg", 4), ("engelsk", 1)))
STEPS = (
    Step(after=timedelta(seconds=30), levels=(("byg", 2),)),
    Step(after=timedelta(seconds=60), without=frozenset({"byg"})),
    Step(after=timedelta(seconds=120), groups=("omstilling",)),
    Step(after=timedelta(seconds=180), bonus=timedelta(minutes=5)),
)


def after(seconds: float, *, steps=STEPS, needs: Needs = NEEDS, **more):
    forecast, taken = more.pop("forecast", None), more.pop("taken", ())
    asked = Asked(needs=needs, entered_at=TEN, **more)
    return standing(asked, steps, TEN + timedelta(seconds=seconds), taken=taken, forecast=forecast)


@pytest.mark.parametrize(
    ("seconds", "key", "next_look"),
    [
        (0, "byg;byg:4+engelsk:1;", 30),
        (29.9, "byg;byg:4+engelsk:1;", 30),
        (30, "byg;byg:2+engelsk:1;", 60),
        (60, "byg;engelsk:1;", 120),
        (120, "byg+omstilling;engelsk:1;", 180),
        (180, "byg+omstilling;engelsk:1;", None),
    ],
)
def test_every_step_is_counted_from_the_entry_into_the_line(seconds, key, next_look):
    stands = after(seconds)

    assert stands.needs.key == key
    assert stands.change_at == (None if next_look is None else TEN + timedelta(seconds=next_look))


def test_a_bonus_is_waiting_time_in_advance():
    assert after(179).rank_at == TEN
    assert after(180).rank_at == TEN - timedelta(minutes=5)


def test_a_forecast_opens_other_groups_before_their_time_and_they_stay_open():
    steps = (Step(forecast=timedelta(minutes=10), groups=("omstilling",)),)

    assert after(0, steps=steps, forecast=timedelta(minutes=10)).needs.groups == ("byg",)
    worse = after(15, steps=steps, forecast=timedelta(minutes=11))
    assert worse.needs.groups == ("byg", "omstilling")
    assert after(30, steps=steps, taken=worse.taken, forecast=timedelta(minutes=1)).needs == worse.needs


def test_a_forecast_is_looked_at_again_and_again_and_an_unknown_one_changes_nothing():
    stands = after(40, steps=(Step(forecast=timedelta(minutes=10), groups=("omstilling",)),))

    assert stands.needs == NEEDS
    assert stands.change_at == TEN + timedelta(seconds=40) + FORECAST_EVERY


def test_who_is_preferred_is_waited_for_and_then_everybody_may_help():
    alone = Needs(groups=("byg",), agent="birgit")
    until = TEN + timedelta(seconds=20)

    assert after(19, steps=(), needs=alone, preferred_until=until).needs.agent == "birgit"
    assert after(19, steps=(), needs=alone, preferred_until=until).change_at == until
    assert after(20, steps=(), needs=alone, preferred_until=until).needs == Needs(groups=("byg",))


def test_a_preferred_skill_is_let_go_of_in_its_time():
    preferred = {"lenient": frozenset({"byg"}), "lenient_at": TEN + timedelta(seconds=25)}

    assert after(24, steps=(), **preferred).needs == NEEDS
    assert after(25, steps=(), **preferred).needs.skills == (("engelsk", 1),)


names = st.sampled_from(["byg", "pas", "omstilling", "natur"])
levels = st.dictionaries(st.sampled_from(["byg", "pas", "engelsk"]), st.integers(1, 5)).map(
    lambda all: tuple(all.items())
)
needs = st.builds(
    Needs,
    groups=st.lists(names, min_size=1, unique=True).map(tuple),
    skills=levels,
    agent=st.none() | st.uuids().map(str),
)
steps = st.lists(
    st.builds(
        Step,
        after=st.none() | st.integers(1, 100).map(lambda seconds: timedelta(seconds=seconds)),
        forecast=st.none() | st.integers(1, 20).map(lambda minutes: timedelta(minutes=minutes)),
        groups=st.lists(names, max_size=2).map(tuple),
        without=st.frozensets(st.sampled_from(["byg", "pas"]), max_size=1),
        levels=levels,
        bonus=st.integers(0, 60).map(lambda seconds: timedelta(seconds=seconds)),
    ),
    max_size=5,
).map(tuple)


@given(needs)
def test_needs_are_the_same_after_they_were_written(asked):
    assert Needs.parse(asked.key) == asked


@given(needs, steps, st.lists(st.tuples(st.floats(0, 30), st.none() | st.integers(0, 30)), max_size=8))
def test_waiting_only_ever_opens_doors(asked, steps, looks):
    seconds, taken = 0.0, frozenset()
    before = after(0, needs=asked, steps=steps)
    for more, minutes in looks:
        seconds += more
        forecast = None if minutes is None else timedelta(minutes=minutes)
        stands = after(seconds, needs=asked, steps=steps, taken=taken | before.taken, forecast=forecast)
        assert set(stands.needs.groups) >= set(before.needs.groups)
        assert stands.needs.groups[0] == asked.groups[0]
        levels_before = dict(before.needs.skills)
        assert all(level <= levels_before[skill] for skill, level in stands.needs.skills)
        assert stands.rank_at <= before.rank_at
        assert stands.taken >= before.taken
        assert stands.change_at is None or stands.change_at > TEN + timedelta(seconds=seconds)
        before, taken = stands, stands.taken
