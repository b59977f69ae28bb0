"""What is left of an utterance when the caller has taken something back."""

import pytest

from ivr.domain.speech.readings import Reader, Reading, Turns

READER = Reader(
    Turns(
        corrections=("nej", "nej vent", "eller nej"),
        denials=("ikke",),
        openings=("det er", "jeg skal", "jeg vil"),
        contrasts=("men",),
    )
)


def last(text: str) -> Reading:
    return READER.readings(text)[-1]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("pas nej vent kørekort", "kørekort"),
        ("et blåt nej et gult nej det grønne kort", "det grønne kort"),
        ("jeg skal sygemelde mig eller nej meldes ledig", "meldes ledig"),
    ],
)
def test_what_comes_after_a_correction_takes_back_what_came_before(said: str, meant: str) -> None:
    assert last(said) == Reading(meant, corrects=True)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("det er ikke regningen det er rykkeren", "det er rykkeren"),
        ("jeg skal ikke klage jeg vil se min sag", "jeg vil se min sag"),
        ("det er ikke a det er ikke b det er c", "det er c"),
    ],
)
def test_a_denial_at_the_beginning_takes_back_all_that_it_denies(said: str, meant: str) -> None:
    assert last(said) == Reading(meant, corrects=True)


def test_a_denial_later_on_only_offers_another_way_to_read() -> None:
    assert last("min spand blev i tirsdags ikke tømt jeg vil have en ny") == Reading("jeg vil have en ny")


def test_what_comes_after_a_contrast_may_be_all_that_matters() -> None:
    assert READER.readings("hjælperen kom men maden mangler") == (
        Reading("hjælperen kom men maden mangler"),
        Reading("maden mangler"),
    )


@pytest.mark.parametrize("said", ["", "nej", "men", "ikke", "nej tak", "jeg har ikke fået mit valgkort"])
def test_where_nothing_is_taken_back_the_whole_is_read(said: str) -> None:
    assert READER.readings(said)[0] == Reading(said)
    assert all(reading.text for reading in READER.readings(said)[1:])


def test_a_turn_is_a_whole_word() -> None:
    assert READER.readings("mentalt nejlikke") == (Reading("mentalt nejlikke"),)
