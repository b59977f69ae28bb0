"""What is listened for at each place of a call."""

import pytest

from ivr.domain.flow.state import Place
from ivr.domain.flow.vocabulary import Vocabulary, expected_at

VOCABULARY = Vocabulary(
    always=("hjertestop", "en medarbejder"),
    matters=("nyt pas",),
    answers=("ja", "nej"),
    calling=("tale med",),
    departments=("Byg og Plan",),
)
NAMES = ("Mette Lund",)


def expected(place: Place) -> set[str]:
    return set(expected_at(place, VOCABULARY, NAMES))


@pytest.mark.parametrize("place", Place)
def test_danger_and_the_wish_for_a_person_are_heard_everywhere(place):
    assert {"hjertestop", "en medarbejder"} <= expected(place)


def test_the_open_question_hears_matters_and_names():
    assert expected(Place.QUESTION) == {
        "hjertestop",
        "en medarbejder",
        "nyt pas",
        "tale med",
        "Byg og Plan",
        "Mette Lund",
    }


def test_a_guess_is_answered_by_yes_or_no_or_by_the_right_matter():
    assert expected(Place.CONFIRM) == {"hjertestop", "en medarbejder", "ja", "nej", "nyt pas"}


def test_an_offer_is_answered_by_yes_or_no():
    assert expected(Place.LINK_OFFER) == {"hjertestop", "en medarbejder", "ja", "nej"}


def test_who_is_asked_for_a_name_is_expected_to_say_one():
    assert expected(Place.DIRECTORY) == {"hjertestop", "en medarbejder", "tale med", "Byg og Plan", "Mette Lund"}
