"""Who may be listened to: the carrier alone, once for each question, and only while it is asked."""

import base64
import json

import pytest
from websockets.exceptions import InvalidStatus

from ivr.adapters.recognition.vosk import Models
from ivr.dispatcher import unattended
from tests.kit.media import MediaStream, signature
from tests.kit.processes import until
from tests.kit.town import OPEN
from tests.kit.voice import say, silence

BY_KEYS = "Jeg kan desværre ikke høre tale lige nu."
SPOKEN = silence(0.2) + say("jeg skal have et nyt pas") + silence(1.2)


@pytest.mark.parametrize(
    "signed", ["", "nonsense", signature("ws://127.0.0.1/listen", token="another secret, as long")]
)
def test_a_socket_that_the_carrier_has_not_signed_is_not_opened(house, signed):
    line = house.call()

    with pytest.raises(InvalidStatus) as refused:
        line.unbegun_stream(signed=signed)

    assert refused.value.response.status_code == 403
    assert not line.is_listened_to()


def test_there_is_nothing_at_any_other_address(house):
    assert house.asks("/").status_code == 404
    assert house.asks("/voice/incoming").status_code == 404


def test_a_token_opens_one_stream_once(house):
    line = house.call()
    parameters = line.stream().parameters

    second = MediaStream(house.door_url, line.streams[0].address, line.caller.sid, parameters).start().says(SPOKEN)
    second.socket.close()
    until(lambda: house.listener.streams == 1, why="the first is listened to alone")
    line.streams[0].says(SPOKEN)
    line.has_answered()

    assert line.facts.count("heard") == 1


@pytest.mark.parametrize(
    "wrong", [{"parameters": {"token": "nobody's"}}, {"parameters": {}}, {"call_sid": "CA" + "9" * 32}]
)
def test_a_stream_of_another_call_or_with_another_token_is_not_listened_to(house, wrong):
    line = house.call()

    stream = line.unbegun_stream(**wrong).start()
    until(lambda: stream.is_closed(within=10) is not None or True, why="the socket is closed")

    assert house.listener.streams == 0
    assert "heard" not in line.facts


@pytest.mark.parametrize(
    "nonsense",
    [
        "no JSON",
        "[]",
        '{"event": "start"}',
        '{"event": "start", "start": {"customParameters": 3}}',
        '{"event": "media"}',
    ],
)
def test_what_is_no_message_of_the_carriers_closes_the_socket_and_harms_nobody(house, nonsense):
    line = house.call()
    broken = line.unbegun_stream()

    broken.socket.send(nonsense)

    assert broken.is_closed(within=5) == 1008
    line.stream().says(SPOKEN)
    line.has_answered()


def test_sound_that_is_no_sound_gives_the_question_to_the_keys(house):
    line = house.call()
    stream = line.stream()

    stream.socket.send(json.dumps({"event": "media", "media": {"track": "inbound", "payload": "%%%"}}))
    line.has_answered()

    assert BY_KEYS in line.moved().said


def test_of_the_two_sides_of_a_call_only_the_callers_is_heard(house):
    line = house.call()
    stream = line.stream()

    for frame in SPOKEN.frames():
        stream.tells("media", {"track": "outbound", "payload": base64.b64encode(frame).decode()})
    stream.stops()

    assert "heard" not in line.facts


def test_nothing_is_ever_recognised_once_a_person_is_in_the_call(house):
    """Even where the carrier does not stop the stream, as the first verb of the document tells it to."""
    line = house.call()
    stream = line.stream()
    waiting = line.asks(Digits="0")
    until(lambda: house.listener.streams == 0, why="the question is over")
    agent = house.town.agent("ali", groups="omstilling").ready()
    leg = line.caller.leg
    with house.town.engine.begin() as db:
        db.exec_driver_sql(f"UPDATE legs SET goal = 'conference', turn = turn + 1 WHERE id = '{leg}'")
    meeting = line.moved()
    before = house.door.state()

    stream.says(SPOKEN + SPOKEN)

    assert agent is not None
    assert (waiting.verbs[0], meeting.verbs[0]) == ("Stop", "Stop")
    assert meeting.root.find("Stop/Stream").get("name") == "caller"
    assert "Conference" in meeting.body
    assert house.listener.streams == 0
    assert house.door.state() == before
    assert "heard" not in line.facts


def test_a_stream_that_does_not_begin_within_two_seconds_gives_the_question_to_the_keys(house):
    line = house.call()
    parts = house.town.parts

    house.town.wait(1.5)
    assert unattended.run_due(parts) == 0
    house.town.wait(0.6)
    assert unattended.run_due(parts) == 1

    by_keys = line.moved()
    assert BY_KEYS in by_keys.said
    assert (house.town.clock.now() - OPEN).total_seconds() < 4
    assert [fact for fact in line.facts if fact in ("no_input", "listening_failed")] == ["listening_failed"]


def test_a_stream_that_begins_too_late_is_not_listened_to(house):
    line = house.call()
    late = line.unbegun_stream()
    house.town.wait(3)
    unattended.run_due(house.town.parts)

    late.start().says(SPOKEN)
    late.socket.close()

    assert "heard" not in line.facts
    assert BY_KEYS in line.moved().said


def test_a_time_out_before_the_stream_has_begun_is_not_the_callers_silence(house):
    line = house.call()

    assert BY_KEYS in line.asks().said
    assert "no_input" not in line.facts


def test_a_listener_that_is_gone_is_missed_and_the_keys_take_over(house_for):
    house = house_for(heartbeat_seconds=3600)
    line = house.call()
    line.stream().says(silence(0.4))

    house.town.wait(5)
    assert unattended.run_due(house.town.parts) == 1

    assert BY_KEYS in line.moved().said
    assert "no_input" not in line.facts


def test_a_listener_that_lives_is_not_missed(house):
    line = house.call()
    line.stream()

    for _ in range(3):
        house.town.wait(3)
        now = house.town.clock.now().isoformat()
        until(lambda now=now: line.row(f"seen_at = '{now}'"), why="a sign of life")
        assert unattended.run_due(house.town.parts) == 0

    assert line.turn == 0


def test_a_listener_that_is_stopped_leaves_nobody_waiting(house):
    line = house.call()
    line.stream().says(silence(0.4))

    house.listener.stop()

    assert BY_KEYS in line.moved().said


def test_a_missing_model_gives_the_question_to_the_keys(house_for, models_folder, tmp_path):
    (tmp_path / "da").symlink_to(models_folder / "da")
    house = house_for(Models(tmp_path))
    line = house.call()
    line.asks(Digits="2")

    line.unbegun_stream().start()
    line.has_answered()

    assert "I cannot hear speech just now" in line.moved().said


def test_who_was_not_heard_once_is_asked_for_keys_in_the_whole_call(house):
    line = house.call()
    line.stream().breaks()
    line.has_answered()
    line.moved()

    menu = line.asks(Digits="1")

    assert menu.verbs[0] == "Stop"
    assert "Start" not in menu.verbs


def test_it_tells_that_it_lives_and_how_many_it_listens_to(house):
    house.call().stream()

    assert house.asks("/healthz").text == "ok\n"
    assert house.asks("/readyz").status_code == 200
    assert house.figures()["ivr_listening_streams"] == 1
