"""What a waiting caller is told of the wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.routing.estimate import wait_minutes


@pytest.mark.parametrize(
    ("position", "handle_seconds", "staffed", "minutes"),
    [
        (1, 300, 1, (5, 10)),
        (1, 300, 10, (1, 1)),
        (4, 240, 2, (8, 16)),
        (3, 100, 2, (2, 5)),
        (1, 0, 1, (1, 1)),
    ],
)
def test_the_wait_is_a_range_from_what_is_expected_to_twice_that_rounded_up(position, handle_seconds, staffed, minutes):
    assert wait_minutes(position, handle_seconds, staffed) == minutes


@pytest.mark.parametrize(
    ("position", "handle_seconds", "staffed"), [(1, None, 3), (1, 300, 0), (1, 300, -1), (0, 300, 3)]
)
def test_nothing_is_said_while_data_are_thin_or_nobody_is_there(position, handle_seconds, staffed):
    assert wait_minutes(position, handle_seconds, staffed) is None


@given(st.integers(1, 2000), st.floats(0, 7200), st.integers(1, 200))
def test_the_range_is_in_order_and_moving_forward_never_makes_it_longer(position, handle_seconds, staffed):
    low, high = wait_minutes(position, handle_seconds, staffed)
    behind = wait_minutes(position + 1, handle_seconds, staffed)

    assert 1 <= low <= high
    assert low <= behind[0]
    assert high <= behind[1]
