"""Telephones over HTTP, as the phone page uses them."""

import pytest
import requests
from flask import Flask

from ivr.simulator import phone_api
from ivr.simulator.page import routes as page
from ivr.simulator.service import LiveCarrier, Person
from tests.simulator.conftest import AGENT, CITIZEN, MAIN


@pytest.fixture
def http(carrier):
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(phone_api.routes(carrier))
    app.register_blueprint(page.routes(carrier, (Person(name="Karen Holm", number=CITIZEN),), ()))
    return app.test_client()


def test_a_call_is_placed_heard_answered_by_key_and_hung_up(carrier, product, http):
    product.on(
        "/voice", '<Gather numDigits="1" action="/next"><Say language="da-DK">Hvad drejer det sig om?</Say></Gather>'
    )
    product.on("/next", "<Say>Tak</Say><Pause length='20'/>")

    line = http.post(f"/phone/api/phones/{CITIZEN}/calls", json={"to": MAIN}).get_json()
    http.post(f"/phone/api/lines/{line['sid']}/press", json={"digits": "2"})
    now = http.get(f"/phone/api/lines/{line['sid']}?since={line['next']}").get_json()

    assert [(turn["kind"], turn["text"]) for turn in line["turns"]] == [("heard", "Hvad drejer det sig om?")]
    assert [(turn["kind"], turn["text"]) for turn in now["turns"]] == [("pressed", "2"), ("heard", "Tak")]
    assert http.get(f"/phone/api/phones/{CITIZEN}").get_json()["line"] == line["sid"]
    http.post(f"/phone/api/lines/{line['sid']}/hang-up", json={})
    assert http.get(f"/phone/api/lines/{line['sid']}").get_json()["is_live"] is False


def test_a_hidden_number_is_not_shown(product, http):
    http.post(f"/phone/api/phones/{CITIZEN}/calls", json={"to": MAIN, "hidden": True})

    assert product.asked("/voice")[0]["From"] == "anonymous"


def test_an_incoming_call_is_shown_answered_and_both_hear_each_other(carrier, product, http):
    product.on("/voice", f"<Dial><Number>{AGENT}</Number></Dial>")
    caller = carrier.phone(CITIZEN).call(MAIN)
    carrier.phone(AGENT).rings()

    ringing = http.get(f"/phone/api/phones/{AGENT}").get_json()["ringing"]
    http.post(f"/phone/api/lines/{ringing[0]['sid']}/answer", json={})
    http.post(f"/phone/api/lines/{ringing[0]['sid']}/say", json={"text": "Goddag, du taler med Birgit"})

    assert ringing[0]["from"] == CITIZEN
    assert caller.turns[-1].text == "Goddag, du taler med Birgit"
    assert http.get(f"/phone/api/lines/{ringing[0]['sid']}").get_json()["in_talk"] is True


def test_an_incoming_call_can_be_declined(carrier, product, http):
    product.on("/voice", f"<Dial><Number>{AGENT}</Number></Dial>")
    carrier.phone(CITIZEN).call(MAIN)
    line = carrier.phone(AGENT).rings()

    http.post(f"/phone/api/lines/{line.sid}/decline", json={})

    assert line.state == "busy"


def test_texts_are_listed_and_sent(carrier, product, rest, http):
    carrier.number(MAIN, sms_url=f"{product.url}/text")
    rest.messages.create(to=CITIZEN, from_=MAIN, body="Se https://sundby.example/l/x")
    carrier.advance(3)

    http.post(f"/phone/api/phones/{CITIZEN}/texts", json={"to": MAIN, "body": "tak"})

    assert [text["text"] for text in http.get(f"/phone/api/phones/{CITIZEN}").get_json()["inbox"]] == [
        "Se https://sundby.example/l/x"
    ]
    assert product.asked("/text")[0]["Body"] == "tak"


@pytest.mark.parametrize(("path", "body"), [("press", {"digits": "x"}), ("press", {}), ("say", {"text": ""})])
def test_nonsense_is_refused(carrier, http, path, body):
    line = carrier.phone(CITIZEN).call(MAIN)

    assert http.post(f"/phone/api/lines/{line.sid}/{path}", json=body).status_code == 400


def test_a_form_of_another_site_cannot_place_calls(http):
    assert http.post(f"/phone/api/phones/{CITIZEN}/calls", data={"to": MAIN}).status_code == 415


def test_the_page_is_danish_and_english_and_keeps_its_scripts_apart(http):
    danish, english = http.get("/phone"), http.get("/phone?lang=en")

    assert "Ring op" in danish.text and 'lang="da"' in danish.text and "Karen Holm · +45 20 12 34 56" in danish.text
    assert "Hang up" in english.text and 'lang="en"' in english.text
    assert "default-src 'self'" in danish.headers["Content-Security-Policy"]
    assert "<style" not in danish.text and " onclick" not in danish.text and " style=" not in danish.text


def test_both_languages_say_the_same_things():
    texts = page.texts()

    assert texts["da"].keys() == texts["en"].keys()
    assert texts["da"]["script"].keys() == texts["en"]["script"].keys()


def test_everything_of_the_demo_is_on_one_port(product):
    live = LiveCarrier(account_sid="AC" + "a" * 32, auth_token="t", citizens=[Person(name="Karen", number=CITIZEN)])
    live.carrier.number(MAIN)
    with live.serve() as base:
        page_answer = requests.get(f"{base}/phone", timeout=5)
        phone = requests.get(f"{base}/phone/api/phones/{CITIZEN}", timeout=5).json()
        rest = requests.get(
            f"{base}/2010-04-01/Accounts/AC{'a' * 32}/IncomingPhoneNumbers.json", auth=("AC" + "a" * 32, "t"), timeout=5
        ).json()

    assert page_answer.status_code == 200
    assert phone["number"] == CITIZEN
    assert [number["phone_number"] for number in rest["incoming_phone_numbers"]] == [MAIN]
