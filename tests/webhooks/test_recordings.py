"""A message that a caller leaves is kept once, whatever the carrier tells first, twice, or not at all."""

from dataclasses import dataclass
from itertools import permutations

import pytest
from sqlalchemy import text

from ivr.simulator.mischief import Mischief
from tests.webhooks.conftest import EMPTY, NOBODY, Caller

RECORDING = "https://carrier.example/2010-04-01/Accounts/AC1/Recordings/RE1"
KIRSTEN = "kirsten.dalgaard"


@pytest.fixture
def caller(door):
    """Karen has asked for Kirsten, who is away, and speaks after the tone."""
    caller = door.arrives()
    caller.asks(SpeechResult="jeg vil tale med Kirsten Dalgaard")
    caller.asks(Digits="2")
    assert caller.heard.verbs == ["Say", "Record", "Redirect"]
    return caller


def action(caller: Caller, address: str, **fields: str):
    """The line's own request after the recording."""
    form = {"RecordingUrl": RECORDING, "RecordingDuration": "9", "RecordingSid": "RE1"} | fields
    return caller.door.post(address, caller.door.call(caller.sid, **form))


def hung_up(caller: Caller, address: str):
    return action(caller, address, Digits="hangup", CallStatus="completed")


def completed(caller: Caller, address: str):
    """The report of the call's end."""
    form = caller.door.call(caller.sid, CallStatus="completed", SequenceNumber="0")
    return caller.door.post("/voice/status", form)


def ready(caller: Caller, address: str, **fields: str):
    """The report that the recording can be heard."""
    turn = address.split("?")[1]
    form = {"CallSid": caller.sid, "RecordingUrl": RECORDING, "RecordingDuration": "9", "RecordingStatus": "completed"}
    return caller.door.post(f"/voice/recording/{caller.leg}?{turn}", form | fields)


def kept(door):
    with door.town.engine.connect() as db:
        rows = db.execute(text("SELECT recording, seconds, group_id, entry FROM messages"))
        return [tuple(row) for row in rows]


THE_MESSAGE = [(RECORDING, 9, "byg", KIRSTEN)]


ORDERS = {", ".join(tell.__name__ for tell in order): order for order in permutations((hung_up, completed, ready))}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_in_whatever_order_it_is_told_a_message_left_by_hanging_up_is_kept_once(door, caller, order):
    address = caller.heard.next

    for tell in order:
        tell(caller, address)

    assert kept(door) == THE_MESSAGE
    assert door.town.contact().outcome == "message_left"
    assert [door.town.facts().count(fact) for fact in ("message_left", "ended", "call_ended")] == [1, 1, 1]
    after = door.state()
    for tell in (*order, *reversed(order)):
        tell(caller, address)
    assert door.state() == after


@pytest.mark.parametrize("told", [hung_up, ready])
def test_what_is_learnt_after_the_end_changes_the_outcome_and_the_log_tells_both(door, caller, told):
    address = caller.heard.next
    completed(caller, address)
    assert door.town.contact().outcome == "abandoned_in_menu"

    told(caller, address)

    assert door.town.contact().outcome == "message_left"
    assert door.town.facts()[-4:] == ["call_ended", "ended", "message_left", "outcome_changed"]
    with door.town.engine.connect() as db:
        (data,) = db.execute(text("SELECT data FROM events WHERE kind = 'outcome_changed'")).scalars()
    assert data == {"was": "abandoned_in_menu", "outcome": "message_left"}


def test_a_request_that_was_on_its_way_when_the_line_was_found_closed_still_brings_the_message(door, caller):
    address = caller.heard.next
    completed(caller, address)

    answer = action(caller, address, Digits="#")

    assert answer.verbs == ["Hangup"]
    assert kept(door) == THE_MESSAGE


@pytest.mark.parametrize("first", [None, ready])
def test_whoever_ends_the_message_by_key_is_thanked_whichever_news_comes_first(door, caller, first):
    address = caller.heard.next
    if first:
        assert first(caller, address).body == EMPTY

    answer = action(caller, address, Digits="#")

    assert answer.said == "Tak. Din besked er modtaget, og vi vender tilbage. Farvel."
    assert answer.verbs == ["Say", "Hangup"]
    ready(caller, address)
    assert kept(door) == THE_MESSAGE


def test_a_caller_who_hangs_up_without_a_word_has_left_no_message(door, caller):
    address = caller.heard.next
    completed(caller, address)

    ready(caller, address, RecordingStatus="absent", RecordingDuration="0")

    assert kept(door) == []
    assert door.town.contact().outcome == "abandoned_in_menu"


@pytest.mark.parametrize("fields", [{"CallSid": "CA" + "9" * 32}, {}])
def test_a_recording_of_another_call_or_turn_is_none_of_this_one(door, caller, fields):
    address = caller.heard.next if fields else caller.heard.next.split("=")[0] + "=1"
    before = door.state()

    assert ready(caller, address, **fields).status == 200

    assert door.state() == before


def test_a_recording_of_a_line_that_is_not_there_changes_nothing(door, caller):
    before = door.state()
    caller.leg = NOBODY

    assert ready(caller, caller.heard.next).body == EMPTY

    assert door.state() == before


def test_only_the_carrier_may_report_a_recording(door, caller):
    before = door.state()
    path = f"/voice/recording/{caller.leg}?turn=2"

    answer = door.post(path, {"CallSid": caller.sid, "RecordingStatus": "completed"}, signature="none")

    assert (answer.status, door.state()) == (403, before)


def test_a_report_without_its_recording_is_refused(door, caller):
    assert ready(caller, caller.heard.next, RecordingUrl="").status == 400


@dataclass(kw_only=True)
class BadNews(Mischief):
    """This carrier does one kind of mischief to the news that goes to some of our addresses."""

    kind: str
    addresses: tuple[str, ...]

    def strikes(self, kind: str, what: str = "") -> bool:
        return kind == self.kind and any(address in what for address in self.addresses)


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        ("delay_callback", ("/voice/next/",)),
        ("delay_callback", ("/voice/status",)),
        ("delay_callback", ("/voice/status", "/voice/next/")),
        ("drop_callback", ("/voice/next/",)),
        ("drop_callback", ("/voice/recording/",)),
        ("double_callback", ("/voice/",)),
    ],
)
def test_a_message_left_from_a_telephone_is_kept_however_badly_the_carrier_tells_of_it(town, kind, addresses):
    call = town.calls()
    call.hears("Hvad drejer")
    call.say("jeg vil tale med Kirsten Dalgaard")
    call.hears("ferie")
    call.press("2")
    call.hears("efter tonen")
    town.wait(12)
    town.carrier.mischief = BadNews(kind=kind, addresses=addresses)
    call.say("det er Karen, ring til mig om min byggesag")
    call.hang_up()
    town.wait(60)

    with town.engine.connect() as db:
        assert [tuple(row) for row in db.execute(text("SELECT group_id, entry FROM messages"))] == [("byg", KIRSTEN)]
    assert town.contact().outcome == "message_left"
    town.is_tidy()
