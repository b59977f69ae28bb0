"""Short links: codes, and which visitors are people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.deflection.links import ALPHABET, CODE_LENGTH, code, is_code, is_person

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"
CUBOT = "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
IMESSAGE = "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"


@given(st.binary(min_size=8, max_size=16))
def test_a_code_is_short_and_unambiguous(random):
    assert is_code(code(random))
    assert code(random) == code(random)


def test_codes_have_no_letters_that_look_alike():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01oil")
    assert CODE_LENGTH >= 7


def test_too_little_randomness_is_refused():
    with pytest.raises(ValueError, match="8 random bytes, not 7"):
        code(b"1234567")


@pytest.mark.parametrize("text", ["", "abcdefg", "abcdefg1", "ABCDEFGH", "abcdefghj"])
def test_what_cannot_be_a_code(text):
    assert not is_code(text)


@pytest.mark.parametrize("user_agent", [SAFARI, CUBOT, SAFARI + " Pinterest/iOS"])
def test_a_persons_visit_is_a_click(user_agent):
    assert is_person(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        IMESSAGE,
        "WhatsApp/2.23.20.0",
        "TelegramBot (like TwitterBot)",
        "Googlebot/2.1",
        "curl/8.5.0",
        "Go-http-client/2.0",
    ]
    + ["Mozilla/5.0 (compatible; Mimecast)", SAFARI + " SkypeUriPreview", "python-requests/2.34", "Barracuda Sentinel"],
)
def test_a_previewer_or_scanner_is_not(user_agent):
    assert not is_person(user_agent)


def test_looking_ahead_is_no_click():
    assert not is_person(SAFARI, method="HEAD")
    assert not is_person(SAFARI, purpose=["prefetch;prerender"])
    assert is_person(SAFARI, purpose=["", ""])
