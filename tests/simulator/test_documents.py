"""The strict reader: what is wrong with a document is recorded with Twilio's code, and an error ends the call or goes
to the fallback."""

import pytest
from flask import Response

from ivr.simulator.problems import UnusableError
from ivr.simulator.twiml.document import read
from tests.simulator.conftest import CITIZEN, MAIN

CANNED = "an application error has occurred"


def codes(carrier) -> list[int]:
    return [problem.code for problem in carrier.problems]


def xml(body: str) -> Response:
    return Response(body, mimetype="text/xml")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("<Response/>", mimetype="application/json"), 12300),
        (xml("<Response><Say>Hej</Response>"), 12100),
        (xml("<Html/>"), 12102),
        (xml("<Response>" + "<Say>Hej med dig</Say>" * 4000 + "</Response>"), 11750),
        (xml(f"<Response><Say>{'å' * 2049}</Say></Response>"), 13520),
        (Response("<Response/>", status=500, mimetype="text/xml"), 11200),
        (xml("<Response><Redirect>ftp://x/y</Redirect></Response>"), 11100),
    ],
)
def test_an_error_is_recorded_and_the_caller_hears_the_canned_sentence(carrier, product, answer, code):
    product.on("/voice", answer)
    call = carrier.phone(CITIZEN).call(MAIN)

    call.hears(CANNED)
    call.ends(within=6)

    assert codes(carrier) == [code]


def test_with_a_fallback_url_the_call_goes_on_there_with_code_and_address(carrier, product):
    carrier.number(MAIN, voice_fallback_url=f"{product.url}/fallback")
    product.on("/voice", Response("", status=503))
    product.on("/fallback", "<Say>Vi stiller dig om</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("vi stiller dig om")

    asked = product.asked("/fallback")[0]
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11200", f"{product.url}/voice")


def test_a_product_that_is_down_is_tried_once_more_and_then_given_up(carrier, product):
    carrier.number(MAIN, voice_url="http://127.0.0.1:9/voice", voice_fallback_url=f"{product.url}/fallback")
    product.on("/fallback", "<Say>Vi stiller dig om</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("vi stiller dig om")

    assert product.asked("/fallback")[0]["ErrorCode"] == "11205"


@pytest.mark.parametrize(
    ("verbs", "code"),
    [
        ("<Sing>La la</Sing>", 12200),
        ('<Say tone="glad">Hov</Say>', 12200),
        ('<Gather timeout="soon" action="/x"/>', 13313),
        ('<Gather numDigits="0" action="/x"/>', 13314),
        ('<Gather finishOnKey="x" action="/x"/>', 13310),
        ('<Gather timeout="1"><Dial>+4520000000</Dial></Gather>', 13320),
        ('<Pause length="lidt"/>', 13810),
        ("<Gather timeout='1' speechModel='phone_call' speechTimeout='auto' input='speech'/>", 13335),
        ("løs tekst", 12200),
    ],
)
def test_a_warning_is_recorded_and_the_call_goes_on_without_the_faulty_part(carrier, product, verbs, code):
    product.on("/voice", f"{verbs}<Say>Videre</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("videre")

    assert codes(carrier) == [code]
    assert carrier.problems[0].level == "warning"


def test_an_inline_document_has_no_base_for_relative_addresses(carrier, product, rest):
    product.on("/voice", "<Pause length='1'/><Say>Vent</Say><Pause length='60'/>")
    call = carrier.phone(CITIZEN).call(MAIN)
    call.hears("vent")

    rest.calls(call.sid).update(twiml="<Response><Redirect>/videre</Redirect></Response>")

    call.hears(CANNED)
    assert codes(carrier) == [15004]


def test_a_whisper_may_not_dial(carrier, product):
    product.on("/voice", '<Dial><Number url="/whisper">+4530000001</Number></Dial>')
    product.on("/whisper", "<Dial>+4530000002</Dial>")
    carrier.phone(CITIZEN).call(MAIN)

    carrier.phone("+4530000001").rings().answer()

    assert codes(carrier) == [13201]


def test_the_reader_gives_verbs_with_what_was_understood():
    page = read(
        b'<Response><Say language="da-DK">  Hej\n du </Say></Response>', "text/xml; charset=utf-8", "http://x/y"
    )

    assert (page.verbs[0].name, page.verbs[0].text, page.verbs[0].get("language")) == ("Say", "Hej du", "da-DK")
    assert page.resolve("/z?a=b") == "http://x/z?a=b"


def test_a_document_of_exactly_64_kilobytes_is_read():
    frame = b"<Response><!--%s--></Response>"
    body = frame % (b"x" * (64 * 1024 - len(frame) + 2))

    read(body, "text/xml", "http://x/y")
    with pytest.raises(UnusableError):
        read(body + b" ", "text/xml", "http://x/y")
