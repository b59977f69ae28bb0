"""Signatures, checked against Twilio's published example and against the simulated carrier's own arithmetic."""

import pytest
from werkzeug.datastructures import MultiDict

from ivr.adapters.carrier.signature import called_address, signed
from ivr.simulator.webhooks import signature

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="  # twilio.com/docs/usage/security


def test_the_published_example_is_signed():
    assert signed(URL, FORM, PUBLISHED, TOKEN)


@pytest.mark.parametrize(
    ("url", "form", "header", "token"),
    [
        (URL + "3", FORM, PUBLISHED, TOKEN),
        (URL, FORM | {"Digits": "1235"}, PUBLISHED, TOKEN),
        (URL, FORM | {"Extra": ""}, PUBLISHED, TOKEN),
        (URL, FORM, PUBLISHED, "12346"),
        (URL, FORM, "", TOKEN),
        (URL, FORM, "ÆØÅ", TOKEN),
        (URL, FORM, PUBLISHED, ""),
        ("https://mycompany.com:notaport/", FORM, PUBLISHED, TOKEN),
    ],
)
def test_anything_else_is_not(url, form, header, token):
    assert not signed(url, form, header, token)


def test_an_address_counts_with_its_port_and_without():
    for called, seen in [
        ("https://ivr.dk:443/voice/incoming", "https://ivr.dk/voice/incoming"),
        ("https://ivr.dk/voice/incoming", "https://ivr.dk:443/voice/incoming"),
        ("http://ivr.dk:80/voice/incoming", "http://ivr.dk/voice/incoming"),
        ("http://127.0.0.1:5000/voice/incoming", "http://127.0.0.1:5000/voice/incoming"),
    ]:
        assert signed(seen, FORM, signature(TOKEN, called, FORM), TOKEN)


def test_empty_fields_and_danish_letters_are_signed_too():
    form = {"FromCity": "", "SpeechResult": "nyt kørekort"}

    assert signed(URL, form, signature(TOKEN, URL, form), TOKEN)
    assert not signed(URL, {"SpeechResult": "nyt kørekort"}, signature(TOKEN, URL, form), TOKEN)


def test_a_repeated_field_is_signed_with_all_its_values():
    form = MultiDict([("MediaUrl", "b"), ("MediaUrl", "a")])

    assert signed(URL, form, signature(TOKEN, URL, {"MediaUrl": "aMediaUrlb"}), TOKEN)


def test_the_address_is_the_one_the_carrier_called():
    assert called_address("https://ivr.dk/", "/voice/next/a%2Fb", "turn=3") == "https://ivr.dk/voice/next/a%2Fb?turn=3"
    assert called_address("https://ivr.dk", "/voice/incoming") == "https://ivr.dk/voice/incoming"
