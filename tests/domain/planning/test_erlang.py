"""Erlang's formulas against worked numbers (`docs/field.md`, how many agents) and against each other."""

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.planning.erlang import ErlangA, ErlangC, Load, NoSteadyState, blocking


def load(calls_per_hour: float, handle_seconds: float, agents: int) -> Load:
    return Load(calls_per_second=calls_per_hour / 3600, handle_seconds=handle_seconds, agents=agents)


@pytest.mark.parametrize(
    ("busy", "waiting", "within", "share", "mean_wait", "occupancy"),
    [
        (load(120, 240, 9), 0.6533, 20, 0.399, 156.8, 0.889),
        (load(120, 240, 9), 0.6533, 60, 0.491, 156.8, 0.889),
        (load(120, 240, 10), 0.4092, 20, 0.654, 49.1, 0.800),
        (load(120, 240, 10), 0.4092, 60, 0.752, 49.1, 0.800),
        (load(120, 240, 11), 0.2450, 20, 0.809, 19.6, 0.727),
        (load(120, 240, 11), 0.2450, 60, 0.884, 19.6, 0.727),
        (load(1000, 240, 70), 0.5892, 60, 0.744, 42.4, 0.952),
        (load(1000, 240, 71), 0.4959, 60, 0.832, 27.5, 0.939),
        (load(720, 240, 55), 0.2387, 15, 0.846, 8.2, 0.873),
    ],
)
def test_erlang_c_gives_the_worked_numbers(busy, waiting, within, share, mean_wait, occupancy):
    line = ErlangC(busy)

    assert line.waiting == pytest.approx(waiting, abs=5e-5)
    assert line.answered_within(within) == pytest.approx(share, abs=5e-4)
    assert line.mean_wait == pytest.approx(mean_wait, abs=0.05)
    assert busy.occupancy == pytest.approx(occupancy, abs=5e-4)


@pytest.mark.parametrize(("agents", "abandoned"), [(8, 0.149), (10, 0.060)])
def test_erlang_a_gives_the_worked_numbers(agents, abandoned):
    assert ErlangA(load(120, 240, agents), 180).abandoned == pytest.approx(abandoned, abs=5e-4)


@pytest.mark.parametrize("agents", [7, 8])
def test_more_work_than_can_be_done_has_no_steady_state_and_no_negative_wait(agents):
    with pytest.raises(
        NoSteadyState, match=rf"^There is no steady state: 8 erlang of work for {agents} agents\."
    ) as refused:
        ErlangC(load(120, 240, agents))

    assert refused.value.hint == "At least 9 agents are needed, or callers who give up (Erlang A)."


@given(erlangs=st.fractions("1/4", 30, max_denominator=8), agents=st.integers(1, 40))
def test_erlang_b_is_the_share_of_the_last_of_its_states(erlangs: Fraction, agents: int):
    terms = [prod((erlangs / number for number in range(1, busy + 1)), start=Fraction(1)) for busy in range(agents + 1)]

    assert blocking(float(erlangs), agents) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-12)


@given(erlangs=st.floats(0.5, 40), agents=st.integers(1, 40), patience=st.floats(20, 5000))
def test_erlang_a_is_what_its_states_say(erlangs: float, agents: int, patience: float):
    """Births and deaths counted one by one: in state k of more than n callers, k - n of them may give up."""
    line = ErlangA(load(erlangs * 15, 240, agents), patience)
    states = [1.0]
    while states[-1] > 1e-18 * sum(states) or len(states) < 2 * agents:
        busy = len(states)
        states.append(states[-1] * erlangs / (min(busy, agents) + max(0, busy - agents) * 240 / patience))
    whole = sum(states)
    given_up = (
        sum((busy - agents) * share for busy, share in enumerate(states) if busy > agents) / patience * 240 / erlangs
    )

    assert line.waiting == pytest.approx(sum(states[agents:]) / whole, rel=1e-6, abs=1e-12)
    assert line.abandoned == pytest.approx(given_up / whole, rel=1e-6, abs=1e-12)


def test_endless_patience_is_erlang_c():
    busy = load(1000, 240, 70)

    endless, line = ErlangA(busy, 1e9), ErlangC(busy)

    assert endless.waiting == pytest.approx(line.waiting, rel=1e-5)
    assert endless.answered_within(60) == pytest.approx(line.answered_within(60), rel=1e-5)
    assert endless.mean_wait == pytest.approx(line.mean_wait, rel=1e-5)


@given(seconds=st.floats(0, 1e6), agents=st.integers(1, 30), patience=st.floats(1, 1e5))
def test_everybody_is_answered_in_time_later_or_never(seconds: float, agents: int, patience: float):
    line = ErlangA(load(150, 240, agents), patience)

    in_time = line.answered_within(seconds)

    assert -1e-9 <= in_time <= 1 - line.abandoned + 1e-9
    assert line.answered_within(1e9) == pytest.approx(1 - line.abandoned, abs=1e-6)


@pytest.mark.parametrize(
    ("agents", "patience", "abandoned"),
    [(400, 1e5, 1 / 6), (700, 1e7, 0.0), (4_000, 180, 0.0), (1, 60, 1 - 1 / 480)],
)
def test_very_large_and_very_patient_lines_are_computed_too(agents, patience, abandoned):
    assert ErlangA(load(7200, 240, agents), patience).abandoned == pytest.approx(abandoned, abs=1e-5)


@pytest.mark.parametrize("wrong", [{"calls_per_second": 0}, {"handle_seconds": 0}, {"agents": 0}])
def test_a_load_without_calls_time_or_agents_is_refused(wrong):
    with pytest.raises(ValueError, match="A load has calls"):
        Load(**{"calls_per_second": 1, "handle_seconds": 1, "agents": 1, **wrong})


def test_patience_of_no_time_is_refused():
    with pytest.raises(ValueError, match="Patience lasts"):
        ErlangA(load(120, 240, 8), 0)
