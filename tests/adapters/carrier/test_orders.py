"""Orders as they are stored, and what may be done with them."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.orders import (
    MAY_REPEAT,
    ORDER,
    PATIENCE,
    CallCitizen,
    DeleteRecording,
    EndCall,
    EndConference,
    FetchRecording,
    HoldLeg,
    Lane,
    MoveCall,
    Order,
    RingAgent,
    SendSms,
    SendText,
    SetAnchor,
    lane,
    next_try,
)
from ivr.domain.phone import PhoneNumber

ONE_OF_EACH = [
    (RingAgent(leg="A", to="sip:ali@x.dk", ring_seconds=20), False),
    (CallCitizen(leg="C", to="+4520123456", ring_seconds=25), False),
    (MoveCall(leg="C"), True),
    (EndCall(leg="A"), True),
    (EndConference(contact="42"), True),
    (HoldLeg(leg="C", contact="42", held=True), True),
    (SetAnchor(leg="B", contact="42", anchor=True), True),
    (SendSms(link="l1", to=PhoneNumber("+4520123456"), text="Dit link"), False),
    (
        SendText(
            callback="c1",
            reference="k7m2p9xw",
            to=PhoneNumber("+4520123456"),
            sender=PhoneNumber("+4572001234"),
            text="Vi ringer. Ref. k7m2p9xw",
        ),
        False,
    ),
    (FetchRecording(message="m1", recording="RE1"), True),
    (DeleteRecording(recording="RE1"), True),
]


@pytest.mark.parametrize(("order", "may_repeat"), ONE_OF_EACH)
def test_an_order_is_stored_and_read_back_and_knows_whether_it_may_be_repeated(order, may_repeat):
    assert ORDER.validate_json(ORDER.dump_json(order)) == order
    assert MAY_REPEAT[order.kind] is may_repeat


def test_no_order_is_forgotten():
    assert {type(order) for order, _ in ONE_OF_EACH} == set(get_args(Order))
    assert MAY_REPEAT.keys() == PATIENCE.keys() == {order.kind for order, _ in ONE_OF_EACH}


def test_only_calls_that_we_create_are_paced_and_agents_go_first():
    def ring(purpose):
        return lane(RingAgent(leg="A", to="client:ali", ring_seconds=20, purpose=purpose))

    back = lane(CallCitizen(leg="C", to="+4520123456", ring_seconds=25))
    assert [ring("offer"), ring("consult"), back] == sorted([Lane.CALLBACKS, Lane.CONSULTS, Lane.AGENTS])
    assert [lane(order) for order, _ in ONE_OF_EACH[2:]] == [None] * 9


ORDERED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def tries(kind: str, *, is_unclear: bool = False) -> list[float]:
    """When an order of this kind is tried that always comes to nothing: seconds after it was given."""
    at, found = ORDERED, [0.0]
    while (then := next_try(kind, ORDERED, at, is_unclear=is_unclear)) is not None:
        assert then > at
        at = then
        found.append((at - ORDERED).total_seconds())
    return found


def test_the_pauses_between_tries_grow_up_to_the_longest_and_then_the_order_is_given_up():
    found = [round(at, 1) for at in tries("hold_leg")]

    assert found == [0, 1, 2, 3, 4.5, 6.8, 10.1, 15.2, 22.8, 30.8, 38.8, 46.8, 54.8, 62.8]
    assert tries("ring_agent")[:6] == [0, 1, 2, 3, 4.5, 6.5]


def test_after_a_lost_reply_the_carrier_is_given_time_before_its_lists_are_asked():
    assert tries("ring_agent", is_unclear=True)[:3] == [0, 5, 10]
    assert tries("send_sms", is_unclear=True)[:4] == [0, 10, 20, 30]
    assert tries("move_call", is_unclear=True) == tries("move_call")


@pytest.mark.parametrize(
    ("kind", "seconds", "most"),
    [
        ("ring_agent", 60, 40),
        ("move_call", 60, 15),
        ("end_call", 600, 35),
        ("end_conference", 600, 35),
        ("hold_leg", 60, 15),
        ("set_anchor", 60, 15),
        ("send_sms", 3600, 30),
        ("delete_recording", 7 * 24 * 3600, 200),
        ("ordered_by_the_next_version", 60, 15),
    ],
)
def test_every_kind_is_given_up_after_its_own_time_and_few_tries(kind, seconds, most):
    found = tries(kind)

    assert found[-2] < seconds <= found[-1]
    assert len(found) <= most


@given(
    kind=st.sampled_from(sorted(PATIENCE)),
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=8)),
    is_unclear=st.booleans(),
)
def test_the_next_try_is_never_at_once_and_never_later_than_the_kind_allows(kind, age, is_unclear):
    patience, now = PATIENCE[kind], ORDERED + age

    then = next_try(kind, ORDERED, now, is_unclear=is_unclear)

    assert (then is None) == (age >= patience.give_up_after)
    if then is not None:
        longest = max(patience.longest_pause, patience.unclear_pause)
        assert timedelta(seconds=1) <= then - now <= longest
