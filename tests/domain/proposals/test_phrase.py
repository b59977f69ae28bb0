"""What may be kept for good as a phrase of the grammar."""

import pytest

from ivr.domain.proposals.phrase import LONGEST, BadPhrase, cleaned, covers


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jeg skal have et nyt PAS. ", "jeg skal have et nyt pas"),
        ("a-kasse, dagpenge?", "a-kasse dagpenge"),
        ("(nyt|gammelt) [grønt] pas", "nyt gammelt grønt pas"),
        ("min mor på 85 skal på plejehjem", "min mor på 85 skal på plejehjem"),
        ("årsopgørelse 2026", "årsopgørelse 2026"),
        ("jeg vil en tur til to eller tre af jer", "jeg vil en tur til to eller tre af jer"),
    ],
)
def test_a_phrase_is_kept_in_small_letters_without_punctuation(typed, kept):
    assert cleaned(typed, "da") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ring på 20304059",
        "ring på 20 30 40 59",
        "ring på +45 20-30-40-59",
        "mit nummer er tyve tredive fyrre nioghalvtreds",
        "mit nummer er tyve tredive fyrre ni og halvtreds",
        "to nul tre nul fire nul fem ni",
        "jeg er 010180-1234",
        "jeg er født 010180",
        "nul en nul en firs tolv fireogtredive",
        "tyve 30 fyrre 59",
        "skriv til karen@example.dk",
    ],
)
def test_a_number_or_an_address_by_which_somebody_is_known_is_refused(typed):
    with pytest.raises(BadPhrase) as refused:
        cleaned(typed, "da")

    assert refused.value.code == "phrase_is_personal"


def test_numbers_are_known_in_the_language_that_is_spoken():
    with pytest.raises(BadPhrase):
        cleaned("my number is two oh three oh", "en")
    with pytest.raises(BadPhrase):
        cleaned("twenty thirty forty fifty-nine", "en")
    assert cleaned("i want to talk to one of you", "en") == "i want to talk to one of you"


@pytest.mark.parametrize(("typed", "code"), [("", "phrase_empty"), (" …?! ", "phrase_empty"), ("112", "phrase_empty")])
def test_a_phrase_has_a_word(typed, code):
    with pytest.raises(BadPhrase) as refused:
        cleaned(typed, "da")

    assert refused.value.code == code


def test_a_phrase_is_not_longer_than_a_recogniser_can_be_hinted_at():
    assert len(cleaned("a" * LONGEST, "da")) == LONGEST
    with pytest.raises(BadPhrase) as refused:
        cleaned("a" * (LONGEST + 1), "da")

    assert (refused.value.code, refused.value.text) == (
        "phrase_too_long",
        "The phrase has 101 letters; 100 are the most.",
    )


def test_a_phrase_covers_the_words_from_which_it_was_struck_out():
    assert covers("jeg skal have nyt pas", "Jeg hedder Karen, og jeg skal have nyt pas")
    assert not covers("nyt pas skal jeg have", "jeg skal have nyt pas")
    assert not covers("pas", "passe børn")
