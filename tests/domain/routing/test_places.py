"""A place in line from a short list: exact in front, rounded up behind."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.routing.places import EXACT, STEP, Places

WAITING = st.integers(0, 700)


def listed(waiting: int) -> Places:
    return Places.of([(n, 2, float(n)) for n in range(1, waiting + 1) if n <= EXACT or n % STEP == 0 or n == waiting])


@given(waiting=WAITING, data=st.data())
def test_in_front_the_place_is_exact_and_behind_never_too_good(waiting: int, data: st.DataObject) -> None:
    mine = data.draw(st.integers(1, max(1, waiting)))

    told = listed(waiting).place((2, float(mine)))

    assert told == mine if mine <= EXACT or waiting < mine else mine <= told < mine + STEP


def test_who_came_after_the_list_was_written_comes_after_everybody() -> None:
    assert listed(3).place((2, 99.0)) == 4
    assert listed(0).place((2, 99.0)) == 1


def test_class_goes_before_time() -> None:
    places = Places.of([(1, 0, 50.0), (2, 1, 40.0), (3, 2, 10.0)])

    assert places.place((1, 45.0)) == 3
    assert places.place((0, 10.0)) == 1
