"""What a text message costs. Facts: `docs/field.md`, text messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.deflection.texts import Segments, is_gsm7, segments, to_gsm7


def gsm(units: int, parts: int) -> Segments:
    return Segments(alphabet="gsm-7", units=units, segments=parts)


def ucs(units: int, parts: int) -> Segments:
    return Segments(alphabet="ucs-2", units=units, segments=parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", gsm(0, 1)),
        ("æøåÆØÅéüöäß", gsm(11, 1)),
        ("a" * 160, gsm(160, 1)),
        ("a" * 161, gsm(161, 2)),
        ("a" * 306, gsm(306, 2)),
        ("a" * 307, gsm(307, 3)),
        ("€[]{}|~^\\", gsm(18, 1)),
        ("a" * 158 + "€", gsm(160, 1)),
        ("a" * 159 + "€", gsm(161, 2)),
        ("a" * 152 + "€" + "a" * 152, gsm(306, 3)),
        ("a" * 159 + "’", ucs(160, 3)),
        ("á" * 70, ucs(70, 1)),
        ("á" * 71, ucs(71, 2)),
        ("á" * 134, ucs(134, 2)),
        ("á" * 135, ucs(135, 3)),
        ("😀" * 35, ucs(70, 1)),
        ("😀" * 36, ucs(72, 2)),
        ("😀" * 67, ucs(134, 3)),
    ],
)
def test_segments(text, expected):
    assert segments(text) == expected


@pytest.mark.parametrize("character", "’“”–—…áíóúêëç`´°")
def test_one_such_character_makes_the_whole_message_dear(character):
    assert not is_gsm7(character)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Læs mere – “nyt pas”…", 'Læs mere - "nyt pas"...'),
        ("Karens’ søn", "Karens' søn"),
        ("Café à la José, ça", "Café à la José, ca"),
        ("dobbelt\u00a0mellemrum\u200b", "dobbelt mellemrum"),
        ("A\u030arhus, o\u0308l", "Århus, öl"),
        ("Привет 😀", "Привет 😀"),
    ],
)
def test_typography_becomes_its_cheap_neighbour(written, sent):
    assert to_gsm7(written) == sent


@given(st.text())
def test_respelling_never_makes_a_message_dearer_in_alphabet_and_is_done_once(text):
    cheap = to_gsm7(text)

    assert to_gsm7(cheap) == cheap
    assert is_gsm7(cheap) or not is_gsm7(text)
