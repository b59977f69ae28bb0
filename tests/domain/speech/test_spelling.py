"""A recogniser's slips: what is mended, and what is left alone."""

import pytest

from ivr.domain.speech.spelling import Mender

MENDER = Mender(
    [
        "jeg har mistet mit kørekort",
        "mit valgkort er ikke kommet",
        "navneændring efter bryllup",
        "det gule kort",
        "køre hjem",
    ],
    {"ae": "æ", "oe": "ø", "aa": "å"},
)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("køre kort", "kørekort"),
        ("mit valg kort", "mit valgkort"),
        ("nauneændring", "navneændring"),
        ("navneaendring", "navneændring"),
        ("koerekort", "kørekort"),
        ("mit valgkort er ikke kommmet", "mit valgkort er ikke kommet"),
    ],
)
def test_slips_are_mended(heard: str, meant: str) -> None:
    assert MENDER.mended(heard.split()) == meant


@pytest.mark.parametrize("heard", ["", "kort", "zebra", "gul", "jeg har det gule kort", "boats"])
def test_what_is_known_or_near_to_nothing_is_left_as_it_is(heard: str) -> None:
    assert MENDER.mended(heard.split()) == heard
