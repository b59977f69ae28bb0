"""Who calls when, and what each call brings along: by chance, but the same chance for the same seed."""

from statistics import fmean, pstdev

import numpy as np
import pytest

from ivr.domain.planning.arrivals import Arrival, Expected, Matter, Shape, Times, drawn, with_times
from ivr.domain.routing.needs import Needs

BYG, PAS = (Matter(needs=Needs(groups=(group,))) for group in ("byg", "pas"))


def many(times: Times) -> list:
    arrivals = [Arrival(at=at, matter=BYG) for at in range(20_000)]
    return list(with_times(arrivals, {}, times, np.random.default_rng(1)))


def test_as_many_come_as_are_expected_each_in_its_time_and_in_order():
    expected = [
        Expected(matter=BYG, starts=0, ends=100, calls=5000),
        Expected(matter=PAS, starts=50, ends=60, calls=400),
    ]

    found = drawn(expected, np.random.default_rng(1))

    assert [one.at for one in found] == sorted(one.at for one in found)
    assert sum(one.matter is BYG for one in found) == pytest.approx(5000, rel=0.05)
    assert sum(one.matter is PAS for one in found) == pytest.approx(400, rel=0.15)
    assert all(50 <= one.at < 60 for one in found if one.matter is PAS)


def test_the_same_seed_draws_the_same_day_and_another_seed_another():
    row = [Expected(matter=BYG, starts=0, ends=100, calls=50)]

    days = [with_times(drawn(row, random), {}, Times(), random) for random in map(np.random.default_rng, (7, 7, 8))]

    assert days[0] == days[1] != days[2]


@pytest.mark.parametrize("shape", Shape)
def test_times_have_the_mean_and_spread_that_is_asked_for(shape: Shape):
    calls = many(Times(shape=shape, talk=240, variation=1.0, wrap_up=60, patience=300))

    assert fmean(call.talk for call in calls) == pytest.approx(240, rel=0.03)
    assert pstdev(call.talk for call in calls) == pytest.approx(240, rel=0.08)
    assert fmean(call.wrap_up for call in calls) == pytest.approx(60, rel=0.03)
    assert fmean(call.patience for call in calls) == pytest.approx(300, rel=0.03)


def test_nobody_gives_up_where_no_patience_is_told():
    assert all(call.patience is None and call.wrap_up == 0 for call in many(Times(wrap_up=0, patience=None)))


def test_each_group_has_its_own_times():
    arrivals = [Arrival(at=0, matter=BYG), Arrival(at=1, matter=PAS)]

    byg, pas = with_times(arrivals, {"pas": Times(talk=1e6, variation=0.01)}, Times(talk=1), np.random.default_rng(1))

    assert byg.talk < 100 < 9e5 < pas.talk
