"""Turn and goal: whatever repeats, comes late or crosses another request ends in the same place."""

import threading

import pytest

from tests.webhooks.conftest import NOBODY


def test_a_call_announced_twice_is_one_call(door):
    caller = door.arrives()
    first, before = caller.heard, door.state()

    again = door.arrives(caller.sid)

    assert again.heard.next == first.next
    assert door.state() == before


def test_the_same_turn_with_the_same_input_gets_the_same_document_and_has_no_second_effect(door):
    caller = door.arrives()
    address = caller.heard.next
    first = caller.asks(address, Digits="0")
    before = door.state()

    second = caller.asks(address, Digits="0")

    assert (second, door.state()) == (first, before)


def test_a_request_replayed_whole_has_no_second_effect(door):
    """Same body, same signature: nothing tells it from the carrier's own repetition."""
    caller = door.arrives()
    address, form = caller.heard.next, door.call(caller.sid, Digits="0")
    signature = door.signature(address, form)
    first = door.post(address, form, signature=signature)
    before = door.state()

    second = door.post(address, form, signature=signature)

    assert (second, door.state()) == (first, before)


def test_the_same_turn_with_another_input_hears_the_goal_afresh(door):
    caller = door.arrives()
    address = caller.heard.next
    menu = caller.asks(address, Digits="1")
    before = door.state()

    other = caller.asks(address, Digits="0")

    assert (other.said, other.next, door.state()) == (menu.said, menu.next, before)


def test_an_old_turn_hears_the_goal_afresh_and_never_its_old_document(door):
    caller = door.arrives()
    question = caller.heard
    caller.asks(Digits="1")
    submenu = caller.asks(Digits="2")
    before = door.state()

    late = caller.asks(question.next, Digits="1")

    assert (late.said, late.next, door.state()) == (submenu.said, submenu.next, before)


@pytest.mark.parametrize("turn", ["7", "999999999"])
def test_a_turn_that_was_never_given_out_hears_the_goal_afresh(door, turn):
    caller = door.arrives()
    menu = caller.asks(Digits="1")
    before = door.state()

    strange = caller.asks(f"{caller.goal}?turn={turn}", Digits="0")

    assert (strange.said, strange.next, door.state()) == (menu.said, menu.next, before)


def test_a_request_without_a_turn_hears_the_goal_afresh(door):
    caller = door.arrives()
    menu = caller.asks(Digits="1")
    before = door.state()

    moved = caller.asks(caller.goal)

    assert (moved.said, moved.next, door.state()) == (menu.said, menu.next, before)


def test_keys_without_a_turn_are_nobodys_answer(door):
    caller = door.arrives()
    menu = caller.asks(Digits="1")
    before = door.state()

    moved = caller.asks(caller.goal, Digits="0")

    assert (moved.said, moved.next, door.state()) == (menu.said, menu.next, before)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"address": "{goal}?turn=first", "Digits": "0"},
        {"address": "{goal}?turn=-1", "Digits": "0"},
        {"address": "{goal}?turn=", "Digits": "0"},
        {"address": "{turn}", "Digits": "ja"},
        {"address": "{turn}", "Digits": "0" * 65},
        {"address": "{turn}", "RecordingUrl": "javascript:alert(1)"},
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer_and_the_question_is_asked_afresh(door, nonsense):
    caller = door.arrives()
    menu = caller.asks(Digits="1")
    before = door.state()
    fields = dict(nonsense)
    address = fields.pop("address").format(goal=caller.goal, turn=menu.next)

    answer = caller.asks(address, **fields)

    assert (answer.said, answer.next, door.state()) == (menu.said, menu.next, before)


def test_the_first_input_of_a_turn_wins_and_the_other_hears_where_it_led(door):
    for attempt in range(8):
        caller = door.arrives(f"CA{attempt:032d}")
        address, start, heard = caller.heard.next, threading.Barrier(2), {}

        def send(digits, caller=caller, address=address, start=start, heard=heard):
            form = door.call(caller.sid, Digits=digits)
            start.wait()
            heard[digits] = door.post(address, form)

        both = [threading.Thread(target=send, args=(digits,)) for digits in ("1", "0")]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()

        won_by_zero = "queued" in door.town.facts()
        assert heard["1"].next == heard["0"].next == f"{caller.goal}?turn=1"
        assert ("Play" in {verb.tag for verb in heard["1"].root.iter()}) is won_by_zero
        assert ("Play" in {verb.tag for verb in heard["0"].root.iter()}) is won_by_zero
        assert door.town.facts().count("queued") == int(won_by_zero)


def test_one_call_announced_by_two_at_the_same_moment_is_one_call(door):
    start, heard = threading.Barrier(2), []

    def announce():
        form = door.call("CA" + "5" * 32, CallStatus="ringing")
        start.wait()
        heard.append(door.post("/voice/incoming", form))

    both = [threading.Thread(target=announce) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert [answer.status for answer in heard] == [200, 200]
    assert heard[0].next == heard[1].next
    assert len(door.state()["contacts"]) == 1


def test_a_line_that_we_do_not_know_is_put_through_to_a_person(door):
    answer = door.post(f"/voice/next/{NOBODY}?turn=3", door.call("CA9", Digits="1"))

    assert (answer.status, answer.dialled) == (200, ["+4572001299"])


def test_a_line_of_another_call_changes_nothing_and_its_caller_still_gets_a_person(door):
    caller = door.arrives()
    before = door.state()

    stranger = door.post(caller.heard.next, door.call("CA" + "2" * 32, Digits="0"))

    assert (stranger.status, stranger.dialled, door.state()) == (200, ["+4572001299"], before)


def test_an_unknown_line_that_we_called_ourselves_is_let_go(door):
    answer = door.post(f"/voice/next/{NOBODY}", door.call("CA9", Direction="outbound-api"))

    assert (answer.status, answer.verbs) == (200, ["Hangup"])


def test_a_line_that_has_ended_is_hung_up_and_stays_ended(door):
    caller = door.arrives()
    told = door.post("/voice/status", door.call(caller.sid, CallStatus="completed", SequenceNumber="0"))
    before = door.state()

    late = caller.asks(Digits="0")

    assert (told.status, late.verbs, door.state()) == (200, ["Hangup"], before)


def test_news_that_comes_twice_is_taken_once(door):
    caller = door.arrives()
    form = door.call(caller.sid, CallStatus="completed", SequenceNumber="0")
    door.post("/voice/status", form)
    before = door.state()

    again = door.post("/voice/status", form)

    assert (again.status, door.state()) == (200, before)


def test_late_news_never_takes_a_line_back(door):
    caller = door.arrives()
    door.post("/voice/status", door.call(caller.sid, CallStatus="completed", SequenceNumber="3"))
    ended = door.state()["legs"]

    late = door.post("/voice/status", door.call(caller.sid, CallStatus="ringing", SequenceNumber="1"))

    assert (late.status, door.state()["legs"]) == (200, ended)
