"""The crowd of the demo, in virtual time: callers talk their way through, agents answer, talk and wrap up."""

import logging

from ivr.simulator.crowd import AgentAccount, Crowd
from ivr.simulator.track import SILENCE
from tests.simulator.conftest import AGENT, CITIZEN, MAIN, TOKEN
from tests.simulator.listening import open_listener

ASK = (
    '<Gather input="dtmf speech" numDigits="1" timeout="3" speechTimeout="1" language="da-DK" action="/topic">'
    "<Say>Hvad drejer dit opkald sig om?</Say></Gather><Hangup/>"
)
CONFIRM = '<Gather numDigits="1" action="/queue"><Say>Drejer det sig om det?</Say></Gather><Hangup/>'
ROOM = f'<Dial callerId="{MAIN}"><Number url="/whisper">{AGENT}</Number></Dial>'


def town(product) -> list[tuple[str, dict]]:
    """A product with one question, one agent and the JSON API of the contract; gives what its API was asked."""
    asked: list[tuple[str, dict]] = []
    product.on("/voice", ASK)
    product.on("/topic", CONFIRM)
    product.on("/queue", ROOM)
    product.on("/whisper", '<Gather numDigits="1" action="/accept"><Say>Opkald om pas, tast 1</Say></Gather><Hangup/>')
    product.on("/accept", "")

    def api(path: str, answer: dict):
        def respond(fields):
            asked.append((path, fields))
            return answer

        product.api[path] = respond

    api("/api/v1/login", {"token": "abc"})
    api("/api/v1/me/state", {"state": "ready"})
    api("/api/v1/me", {"username": "birgit", "state": "wrap_up", "contact": {"id": "7"}})
    api("/api/v1/contacts/7/wrap-up", {})
    return asked


def play(carrier, product, minutes: float) -> tuple[Crowd, list[tuple[str, dict]]]:
    asked = town(product)
    agents = [AgentAccount(username="birgit", password="hemmeligt", phone=AGENT)]
    crowd = Crowd(carrier, number=MAIN, product_url=product.url, agents=agents, seed=4, callers_per_minute=3)
    crowd.start()
    carrier.advance(minutes * 60)
    return crowd, asked


def test_callers_say_what_they_want_and_confirm_it(carrier, product):
    play(carrier, product, minutes=5)

    assert len(product.asked("/voice")) >= 8
    assert any("SpeechResult" in fields for fields in product.asked("/topic"))
    assert any(fields.get("Digits") == "0" for fields in product.asked("/topic"))
    assert {fields["Digits"] for fields in product.asked("/queue")} <= {"1", "2"}


def test_callers_speak_aloud_where_their_sound_is_listened_to(carrier, product):
    with open_listener(TOKEN) as listener:
        product.on("/voice", f'<Start><Stream url="{listener.url}/listen"/></Start>{ASK}')
        crowd = Crowd(
            carrier, number=MAIN, product_url="", seed=4, callers_per_minute=6, voice=lambda text: text.encode() * 50
        )
        crowd.start()
        carrier.advance(60)
        crowd.stop()
        carrier.advance(1)

        wanted = {sentence for topic in crowd.rules["topics"].values() for sentence in topic}
        said = [heard.sound().strip(SILENCE) for heard in listener.streams]

    assert any(any(sentence.encode() in sound for sentence in wanted) for sound in said)
    assert not any("SpeechResult" in fields for fields in product.asked("/topic"))


def test_callers_hang_up_when_they_are_thanked(carrier, product):
    town(product)
    product.on("/voice", "<Say>Tak for opkaldet, og hav en god dag.</Say><Pause length='600'/>")

    Crowd(carrier, number=MAIN, product_url=product.url, seed=3, callers_per_minute=2).start()
    carrier.advance(120)

    assert carrier.calls
    assert all(call.seconds < 60 for call in carrier.calls)


def test_agents_sign_in_answer_press_1_and_wrap_up(carrier, product):
    crowd, asked = play(carrier, product, minutes=5)

    assert crowd.is_at_work
    assert asked[0] == ("/api/v1/login", {"username": "birgit", "password": "hemmeligt"})
    assert asked[1] == ("/api/v1/me/state", {"state": "ready"})
    assert product.asked("/accept")
    wrapped = [body for path, body in asked if path == "/api/v1/contacts/7/wrap-up"]
    assert {body["resolved"] for body in wrapped} <= {"yes", "no"} and wrapped


def test_a_stopped_crowd_is_silent(carrier, product):
    crowd, asked = play(carrier, product, minutes=3)

    crowd.stop()
    carrier.advance(1)
    calls = len(carrier.calls)
    carrier.advance(300)

    assert len(carrier.calls) == calls
    assert not any(call.is_live for call in carrier.calls)
    assert asked[-1] == ("/api/v1/me/state", {"state": "offline"})


def test_the_same_seed_is_the_same_crowd(carrier_with, product):
    def calls() -> list[tuple[str, str]]:
        carrier = carrier_with()
        play(carrier, product, minutes=4)
        return [(call.from_, f"{call.created_at:%H:%M:%S}") for call in carrier.calls]

    assert calls() == calls()


def test_an_attendant_answers_says_who_is_there_and_talks_for_a_while(carrier, product):
    product.on("/voice", f"<Dial><Number>{AGENT}</Number></Dial>")
    crowd = Crowd(carrier, number=MAIN, product_url=product.url, attendants=[AGENT], callers_per_minute=0).start()

    line = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(8)

    assert carrier.talks(line, carrier.phone(AGENT).lines[0])
    assert [turn.text for turn in line.turns if turn.kind == "talk"] == [crowd.rules["attendants"]["say"]]
    assert line.ends(within=60) == "completed"


def test_a_crowd_that_goes_home_says_nothing_of_a_product_that_has_gone(carrier, product, caplog):
    crowd, _ = play(carrier, product, minutes=1)
    del product.api["/api/v1/me/state"]

    with caplog.at_level(logging.INFO, logger="ivr.simulator"):
        product.url = crowd._agents[0].desk._base = "http://127.0.0.1:9"
        crowd._agents[0].looks_in()
        carrier.advance(1)
        crowd.stop()
        carrier.advance(1)

    assert [record.message for record in caplog.records if record.name.startswith("ivr.")] == []


def test_a_product_that_refuses_the_crowd_is_told(carrier, product, caplog):
    product.api["/api/v1/login"] = lambda fields: ({}, 500)
    agents = [AgentAccount(username="birgit", password="hemmeligt", phone=AGENT)]

    with caplog.at_level(logging.WARNING, logger="ivr.simulator"):
        crowd = Crowd(carrier, number=MAIN, product_url=product.url, agents=agents, callers_per_minute=0).start()
        carrier.advance(1)

    assert not crowd.is_at_work
    told = [record.message.split(":")[0] for record in caplog.records if record.name.startswith("ivr.")]
    assert told == ["the crowd's agent birgit"]
