"""With exponential times and one pool of equal agents the simulation is the queue that Erlang's formulas are about."""

import pytest

from ivr.domain.planning.figures import batch_means
from ivr.domain.planning.steady import SETTINGS, Setting, held_against_erlang


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_simulation_agrees_with_erlang_within_its_interval(setting: Setting):
    held = held_against_erlang(setting)

    assert [one for one in held if not one.agrees] == []
    assert {one.figure for one in held} >= {"had to wait", "answered in 60 s"}
    assert ("gave up" in {one.figure for one in held}) == (setting.patience is not None)


def test_the_intervals_are_narrow_enough_to_tell_something():
    widths = [one.simulated.half_width for setting in SETTINGS[:4] for one in held_against_erlang(setting)]

    assert max(widths) < 0.04


def test_an_interval_of_batches_is_students():
    """Four batches of means 1, 2, 3, 4: 2.5 and 3.182 standard errors of 1.29 / 2; the ninth value fills no batch."""
    interval = batch_means([0, 2, 1, 3, 2, 4, 3, 5, 99], 4)

    assert interval.mean == 2.5
    assert interval.half_width == pytest.approx(2.054, abs=1e-3)
    assert interval.holds(4.5)
    assert not interval.holds(4.6)
