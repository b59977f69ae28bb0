"""Orders carried out at the simulated carrier, over HTTP as in production."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ivr.adapters.carrier.numbers import CALLBACK_OVERRIDES, DOCUMENT_OVERRIDES
from ivr.adapters.carrier.outcomes import NotProcessed, Permanent, Unknown
from ivr.adapters.carrier.rest import CallSeen, Carrier, Participant
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.flow.actions import Meet, Record, Say
from ivr.domain.phone import PhoneNumber
from ivr.simulator.carrier import Carrier as SimulatedCarrier
from ivr.simulator.clock import VirtualClock
from ivr.simulator.mischief import Mischief
from tests.adapters.carrier.house import ACCOUNT, AGENT, CITIZEN, DA, LANDLINE, MAIN, TOKEN, WAITING, House, open_house

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = PhoneNumber(MAIN)
WHISPER = (Say(text="Opkald om pas.", language=DA), *WAITING)


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        house.goals["A"] = WHISPER
        yield house


@pytest.fixture
def town(house: House) -> SimulatedCarrier:
    town = SimulatedCarrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=VirtualClock(start=NINE))
    town.number(MAIN, voice_url=f"{house.url}/voice/incoming", status_callback=f"{house.url}/voice/status")
    for number in (CITIZEN, AGENT):
        town.phone(number)
    town.phone(LANDLINE, landline=True)
    return town


@pytest.fixture
def carrier(town: SimulatedCarrier, house: House) -> Iterator[Carrier]:
    with town.serve_rest() as api_url:
        yield Carrier(account_sid=ACCOUNT, auth_token=TOKEN, public_url=house.url, api_url=api_url)
    assert house.unsigned == []
    assert town.problems == []


@pytest.fixture
def meeting(town: SimulatedCarrier, house: House, carrier: Carrier) -> dict[str, str]:
    """Citizen C and agent A talk in the conference of contact 42; A is the anchor. Gives their call ids."""
    citizen = town.phone(CITIZEN).call(MAIN)
    citizen.hears("Du står i kø")
    call_id = carrier.ring("A", AGENT, OURS, 20)
    house.goals |= {"C": (Meet(contact="42", leg="C", anchor=False),), "A": (Meet(contact="42", leg="A", anchor=True),)}
    agent = town.phone(AGENT).rings().answer()
    carrier.move(citizen.sid, "C")
    agent.joins_conference()
    citizen.joins_conference()
    assert town.talks(citizen, agent)
    return {"C": citizen.sid, "A": call_id}


def test_a_rung_agent_asks_for_the_legs_first_document_and_tells_its_progress(town, house, carrier):
    carrier.ring("A", AGENT, OURS, 20)
    agent = town.phone(AGENT).rings().answer()
    agent.hears("Opkald om pas")
    agent.hang_up()
    town.advance(1)

    assert house.asked("/voice/next/A")[0] == "/voice/next/A?turn=0"
    assert house.told("/voice/status?leg=A", "CallStatus") == ["initiated", "ringing", "in-progress", "completed"]


def test_a_key_that_a_dying_process_took_along_is_brought_once_more(town, house, carrier):
    citizen = town.phone(CITIZEN).call(MAIN)
    citizen.hears("Du står i kø")

    house.refusals = [502]
    citizen.press("1")
    citizen.hears("Du står i kø")

    assert house.asked("/voice/next/C") == ["/voice/next/C?turn=1"] * 2
    assert house.told("/voice/next/C", "Digits") == ["1", "1"]


def test_a_call_whose_reply_was_lost_is_found_by_its_number_and_time(town, carrier):
    town.mischief = Mischief(lose_rest_reply=1.0)
    with pytest.raises((Unknown, Permanent)):
        carrier.ring("A", AGENT, OURS, 20)
    town.mischief = Mischief.none()
    town.phone(AGENT).rings()

    (found,) = carrier.calls_to(AGENT, NINE)

    assert found == CallSeen(call_id=found.call_id, to=AGENT, status=LegStatus.RINGING, created=NINE)
    assert carrier.calls_to(AGENT, NINE + timedelta(seconds=30)) == ()
    assert carrier.calls_to(CITIZEN, NINE) == ()


def test_too_many_calls_are_not_processed_and_may_be_repeated(carrier):
    carrier.ring("A", AGENT, OURS, 20)

    with pytest.raises(NotProcessed):
        carrier.ring("B", AGENT, OURS, 20)


def test_a_call_that_rings_cannot_be_moved_but_can_be_ended_and_ended_again(town, carrier):
    call_id = carrier.ring("A", AGENT, OURS, 20)
    town.phone(AGENT).rings()

    with pytest.raises(Permanent) as refusal:
        carrier.move(call_id, "A")
    assert refusal.value.carrier_code == 21220
    carrier.end(call_id)
    carrier.end(call_id)

    assert carrier.call_status(call_id) is LegStatus.CANCELED


def test_an_unknown_call_has_no_status_and_is_ended_already(carrier):
    assert carrier.call_status("CA" + "0" * 32) is None
    carrier.end("CA" + "0" * 32)


def test_a_waiting_caller_is_moved_into_the_conference_and_out_of_it_by_its_end(town, house, carrier, meeting):
    assert set(carrier.participants("42")) == {
        Participant(leg="C", call_id=meeting["C"], held=False, muted=False, anchor=False),
        Participant(leg="A", call_id=meeting["A"], held=False, muted=False, anchor=True),
    }

    house.goals = {"C": WAITING, "A": WAITING}
    carrier.end_conference("42")
    carrier.end_conference("42")
    town.advance(2)

    assert carrier.participants("42") == ()
    assert house.asked("/voice/next/C")[-1] == "/voice/next/C?turn=1"
    assert carrier.call_status(meeting["C"]) is LegStatus.IN_PROGRESS


def test_hold_and_anchor_are_set_by_leg_and_read_back(town, carrier, meeting):
    assert carrier.hold("42", "C", True)
    assert carrier.anchor("42", "A", False)
    assert carrier.anchor("42", "C", True)

    assert set(carrier.participants("42")) == {
        Participant(leg="C", call_id=meeting["C"], held=True, muted=False, anchor=True),
        Participant(leg="A", call_id=meeting["A"], held=False, muted=False, anchor=False),
    }
    assert carrier.hold("42", "C", False)


def test_a_leg_that_is_not_in_the_room_is_not_held(carrier, meeting):
    assert not carrier.hold("42", "B", True)
    assert not carrier.hold("43", "C", True)
    assert carrier.participants("43") == ()


def test_the_room_tells_what_happens_in_it(town, house, carrier, meeting):
    house.goals["C"] = WAITING
    carrier.hold("42", "C", True)
    carrier.end(meeting["A"])
    town.advance(2)

    events = house.told("/voice/conference/42", "StatusCallbackEvent")
    assert events[:4] == ["participant-join", "participant-join", "conference-start", "participant-hold"]
    assert sorted(events[4:]) == ["conference-end", "participant-leave", "participant-leave"]


def test_a_text_is_sent_and_can_be_looked_for(town, house, carrier):
    message_id = carrier.send_text(PhoneNumber(CITIZEN), MAIN, "Dit link: https://x.dk/l/abc", "l1")
    town.advance(3)

    (seen,) = carrier.texts_to(PhoneNumber(CITIZEN), NINE)
    assert (seen.message_id, seen.body, seen.status) == (message_id, "Dit link: https://x.dk/l/abc", "delivered")
    assert house.told("/sms/status?link=l1", "MessageStatus") == ["sent", "delivered"]
    assert carrier.texts_to(PhoneNumber(AGENT), NINE) == ()


def test_the_addresses_that_are_handed_out_say_how_often_to_try_again(town, carrier):
    carrier.ring("A", AGENT, OURS, 20)
    carrier.send_text(PhoneNumber(CITIZEN), MAIN, "Hej", "l1")

    (call,), (message,) = town.calls, town.messages.all
    assert call.first.url.partition("#")[2] == DOCUMENT_OVERRIDES
    assert call.callback.partition("#")[2] == CALLBACK_OVERRIDES
    assert message.callback.partition("#")[2] == CALLBACK_OVERRIDES


def test_a_landline_gets_no_text_and_the_refusal_says_why(carrier):
    with pytest.raises(Permanent) as refusal:
        carrier.send_text(PhoneNumber(LANDLINE), MAIN, "Hej", "l1")

    assert refusal.value.carrier_code == 21635
    assert refusal.value.hint == "The number is a landline and cannot receive text messages."


def test_a_recording_is_deleted_by_its_address_and_once_more_without_harm(town, house, carrier):
    house.goals["C"] = (Record(seconds=60),)
    citizen = town.phone(CITIZEN).call(MAIN)
    town.advance(1)
    citizen.say("Ring mig op")
    town.advance(10)
    (address,) = {form["RecordingUrl"] for _, form in house.requests if "RecordingUrl" in form}

    carrier.delete_recording(address)
    carrier.delete_recording(address)

    assert town.recordings.all == []


def test_wrong_credentials_are_named(town, house, carrier):
    with town.serve_rest() as api_url:
        stranger = Carrier(account_sid=ACCOUNT, auth_token="wrong", public_url=house.url, api_url=api_url)
        with pytest.raises(Permanent, match="TWILIO_AUTH_TOKEN"):
            stranger.ring("A", AGENT, OURS, 20)
