"""One queue, one day: the worked example of the field notes, figure by figure (T = 60 s, S = 5 s)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.measures.service_level import (
    Average,
    QueuedCall,
    QueueEnd,
    Share,
    Variant,
    abandonment,
    handling_time,
    longest_wait,
    median_wait,
    menu_hang_ups,
    service_level,
    speed_of_answer,
)


def answered(wait: float, talk: float, hold: float, wrap: float) -> QueuedCall:
    return QueuedCall(end=QueueEnd.ANSWERED, wait_seconds=wait, talk_seconds=talk, hold_seconds=hold, wrap_seconds=wrap)


def abandoned(wait: float) -> QueuedCall:
    return QueuedCall(end=QueueEnd.ABANDONED, wait_seconds=wait)


# Call 11 hung up in the menu and never queued.
FIXTURE_A = (
    answered(0, 180, 0, 60),
    answered(20, 240, 30, 30),
    answered(60, 120, 0, 0),
    answered(61, 300, 0, 60),
    answered(200, 150, 20, 45),
    abandoned(3),
    abandoned(40),
    abandoned(90),
    QueuedCall(end=QueueEnd.CALLBACK, wait_seconds=600),
    QueuedCall(end=QueueEnd.DEFLECTED, wait_seconds=30),
    answered(45, 90, 0, 30),
    answered(15, 100, 25, 20),
)


@pytest.mark.parametrize(
    ("variant", "numerator", "denominator", "shown"),
    [
        (Variant.OURS, 5, 9, "55.6"),
        (Variant.ANSWERED_ONLY, 5, 7, "71.4"),
        (Variant.EARLY_ABANDONS_LEFT_OUT, 5, 8, "62.5"),
        (Variant.EARLY_ABANDONS_AS_MET, 6, 9, "66.7"),
        (Variant.EVERY_ABANDON_COUNTED, 5, 10, "50.0"),
    ],
)
def test_service_level_in_every_variant(variant, numerator, denominator, shown):
    share = service_level(FIXTURE_A, target_seconds=60, short_seconds=5, variant=variant)

    assert share == Share(numerator=numerator, denominator=denominator)
    assert f"{share.value:.1%}" == f"{shown}%"


def test_our_variant_is_the_default():
    assert service_level(FIXTURE_A, target_seconds=60, short_seconds=5) == Share(numerator=5, denominator=9)


def test_speed_of_answer_with_mean_and_median():
    assert speed_of_answer(FIXTURE_A) == Average(total=401, count=7)
    assert f"{speed_of_answer(FIXTURE_A).value:.1f}" == "57.3"
    assert median_wait(FIXTURE_A) == 45


def test_abandonment_without_and_with_the_short_ones():
    assert abandonment(FIXTURE_A, short_seconds=5) == Share(numerator=2, denominator=9)
    assert abandonment(FIXTURE_A) == Share(numerator=3, denominator=10)


def test_menu_hang_ups_are_counted_among_all_arrivals():
    assert menu_hang_ups(hung_up=1, arrivals=13) == Share(numerator=1, denominator=13)


def test_the_longest_wait_leaves_the_callback_to_its_own_line():
    assert longest_wait(FIXTURE_A) == 200


def test_handling_time():
    assert handling_time(FIXTURE_A) == Average(total=1500, count=7)
    assert f"{handling_time(FIXTURE_A).value:.1f}" == "214.3"


@pytest.mark.parametrize("calls", [(), (QueuedCall(end=QueueEnd.CALLBACK, wait_seconds=10),), (abandoned(3),)])
def test_nobody_who_counts_is_no_data_rather_than_none_or_all(calls):
    assert service_level(calls, target_seconds=60, short_seconds=5).value is None
    assert speed_of_answer(calls).value is None
    assert handling_time(calls).value is None
    assert median_wait(calls) is None
    assert abandonment(calls, short_seconds=5).value is None


def test_nobody_waited_so_there_is_no_longest_wait():
    assert longest_wait(()) is None


_CALLS = st.lists(
    st.builds(QueuedCall, end=st.sampled_from(QueueEnd), wait_seconds=st.integers(0, 300).map(float)), max_size=30
)


@given(calls=_CALLS, variant=st.sampled_from(Variant), short=st.integers(0, 60), target=st.integers(0, 200))
def test_no_share_exceeds_the_whole(calls, variant, short, target):
    share = service_level(calls, target_seconds=target, short_seconds=short, variant=variant)

    assert 0 <= share.numerator <= share.denominator


@given(calls=_CALLS, wait=st.integers(5, 300).map(float))
def test_our_figure_is_never_bettered_by_a_caller_who_gives_up(calls, wait):
    before = service_level(calls, target_seconds=60, short_seconds=5).value
    after = service_level([*calls, abandoned(wait)], target_seconds=60, short_seconds=5).value

    assert before is None or after <= before
