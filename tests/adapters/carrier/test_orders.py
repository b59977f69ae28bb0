"""Orders as they are stored, and what may be done with them."""

from typing import get_args

import pytest

from ivr.domain.orders import (
    MAY_REPEAT,
    ORDER,
    DeleteRecording,
    EndCall,
    EndConference,
    HoldLeg,
    Lane,
    MoveCall,
    Order,
    RingAgent,
    SendSms,
    SetAnchor,
    lane,
)
from ivr.domain.phone import PhoneNumber

ONE_OF_EACH = [
    (RingAgent(leg="A", to="sip:ali@x.dk", ring_seconds=20), False),
    (MoveCall(leg="C"), True),
    (EndCall(leg="A"), True),
    (EndConference(contact="42"), True),
    (HoldLeg(leg="C", contact="42", held=True), True),
    (SetAnchor(leg="B", contact="42", anchor=True), True),
    (SendSms(link="l1", to=PhoneNumber("+4520123456"), text="Dit link"), False),
    (DeleteRecording(recording="RE1"), True),
]


@pytest.mark.parametrize(("order", "may_repeat"), ONE_OF_EACH)
def test_an_order_is_stored_and_read_back_and_knows_whether_it_may_be_repeated(order, may_repeat):
    assert ORDER.validate_json(ORDER.dump_json(order)) == order
    assert MAY_REPEAT[order.kind] is may_repeat


def test_no_order_is_forgotten():
    assert {type(order) for order, _ in ONE_OF_EACH} == set(get_args(Order))
    assert MAY_REPEAT.keys() == {order.kind for order, _ in ONE_OF_EACH}


def test_only_calls_that_we_create_are_paced_and_agents_go_first():
    def ring(purpose):
        return lane(RingAgent(leg="A", to="client:ali", ring_seconds=20, purpose=purpose))

    assert [ring("offer"), ring("consult"), ring("callback")] == sorted([Lane.CALLBACKS, Lane.CONSULTS, Lane.AGENTS])
    assert [lane(order) for order, _ in ONE_OF_EACH[1:]] == [None] * 7
