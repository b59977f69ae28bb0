"""From the caller's voice to the call's next document, by real sockets and the real recogniser."""

import pytest

from tests.kit.processes import until
from tests.kit.voice import CALLERS, noise, say, silence

SILENCE_ASKED = "Jeg kunne ikke høre dig."
NOT_UNDERSTOOD = "Det fangede jeg ikke."
BY_KEYS = "Jeg kan desværre ikke høre tale lige nu."


def spoken(text: str, **how: str):
    return silence(0.3) + say(text, **how) + silence(1.2)


@pytest.mark.parametrize("voice", CALLERS[:3])
def test_what_is_said_is_the_answer_and_a_move_fetches_it(house, voice):
    line = house.call()

    line.stream().says(spoken("jeg skal have et nyt pas", voice=voice))
    line.has_answered()

    assert "Drejer det sig om pas" in line.moved().said or "pas" in line.heard.said
    assert "topic_chosen" in line.facts or "topic_offered" in line.facts
    assert line.turn == 1


def test_the_answer_moves_the_call_at_once(house):
    line = house.call()

    line.stream().says(spoken("jeg skal have et nyt pas"))
    line.has_answered()

    with house.town.engine.connect() as db:
        orders = db.exec_driver_sql("SELECT kind, lane, state FROM orders").all()
    assert [tuple(order) for order in orders] == [("move_call", 0, "pending")]


def test_whoever_speaks_into_the_question_is_heard_before_it_has_ended(house):
    """Nothing tells the recogniser where the question ends; it listens from the first word."""
    line = house.call()

    line.stream().says(say("nyt pas") + silence(1.2))
    line.has_answered()

    assert "heard" in line.facts


def test_a_yes_is_heard_among_the_answers_that_the_question_asks_for(house):
    line = house.call()
    line.stream().says(spoken("pas"))
    line.has_answered()
    line.moved()

    line.stream().says(spoken("ja tak"))
    line.has_answered()

    assert line.turn == 2


def test_a_key_pressed_while_somebody_speaks_takes_the_turn_and_the_words_are_dropped(house):
    line = house.call()
    stream = line.stream().says(silence(0.2) + say("jeg skal have et nyt pas"))
    until(lambda: line.row("speaking_since IS NOT NULL"), why="speech is noticed")

    menu = line.asks(Digits="1")
    stream.says(silence(1.2))
    until(lambda: house.listener.streams == 0, why="the stream is no longer listened to")

    assert "heard" not in line.facts
    assert line.turn == 1
    assert line.moved().said == menu.said


def test_a_key_that_comes_just_after_the_words_hears_what_the_words_were_answered_with(house):
    line = house.call()
    question = line.heard.next
    line.stream().says(spoken("jeg skal have et nyt pas"))
    line.has_answered()

    by_key = line.asks(question, Digits="1")
    by_move = line.moved()

    assert by_key.said == by_move.said
    assert "pas" in by_move.said.lower()
    assert line.turn == 1


@pytest.mark.parametrize("sound", [silence(4), noise(4, decibels=-40.0), noise(4, decibels=-25.0)])
def test_silence_and_noise_alone_are_no_answer_and_the_time_out_is_the_callers_silence(house, sound):
    line = house.call()
    line.stream().says(sound)

    again = line.asks()

    assert SILENCE_ASKED in again.said
    assert [fact for fact in line.facts if fact in ("heard", "no_input", "listening_failed")] == ["no_input"]


def test_a_time_out_while_the_caller_speaks_waits_for_the_end_and_is_no_silence(house):
    line = house.call()
    question = line.heard.next
    stream = line.stream().says(silence(0.2) + say("jeg skal have et nyt pas"))
    until(lambda: line.row("speaking_since IS NOT NULL"), why="speech is noticed")

    waiting = line.asks()
    stream.says(silence(1.2))
    line.has_answered()

    assert waiting.verbs == ["Gather", "Redirect"]
    assert (waiting.said, waiting.next) == ("", question)
    assert "no_input" not in line.facts
    assert "pas" in line.moved().said.lower()


def test_words_that_nobody_knows_are_not_understood_rather_than_not_heard(house):
    line = house.call()
    line.stream().says(spoken("elefanter danser gladelig"))
    until(lambda: line.row("has_murmured"), why="something was said")

    again = line.asks()

    assert NOT_UNDERSTOOD in again.said
    assert "not_understood" in line.facts
    assert "heard" not in line.facts
    assert house.town.contact().heard is None


def test_a_stream_that_ends_in_the_middle_of_the_words_loses_none_of_them(house):
    line = house.call()
    stream = line.stream().says(silence(0.2) + say("jeg skal have et nyt pas"))

    stream.stops()
    line.has_answered()

    assert "pas" in line.moved().said.lower()


def test_a_socket_that_breaks_in_the_middle_of_the_words_loses_none_of_them(house):
    line = house.call()
    stream = line.stream().says(silence(0.2) + say("jeg skal have et nyt pas"))

    stream.breaks()
    line.has_answered()

    assert "heard" in line.facts
    assert "listening_failed" not in line.facts


def test_a_socket_that_breaks_before_a_word_gives_the_question_to_the_keys_and_is_no_silence(house):
    line = house.call()
    stream = line.stream().says(silence(0.5))

    stream.breaks()
    line.has_answered()

    by_keys = line.moved()
    assert BY_KEYS in by_keys.said
    assert "Tast 1 for at høre emner" in by_keys.said
    assert "Start" not in by_keys.verbs
    assert [fact for fact in line.facts if fact in ("no_input", "listening_failed")] == ["listening_failed"]


def test_two_languages_are_each_heard_with_their_own_words(house):
    danish, english = house.call(), house.call("CA" + "2" * 32)
    english.asks(Digits="2")

    danish.stream().says(spoken("folkepension"))
    english.stream().says(spoken("pension"))
    danish.has_answered()
    english.has_answered()

    assert "pension" in danish.moved().said.lower()
    assert "pension" in english.moved().said.lower()
    assert english.heard.root.find(".//Say").get("language") == "en-GB"
