"""Names, departments, yes and no, danger, a person, digits; and that no text ever breaks the matcher."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.heard import Heard
from ivr.domain.speech.match import Matcher
from ivr.domain.speech.names import Entry
from ivr.domain.speech.normalise import spoken_digit


@pytest.mark.parametrize(
    ("said", "entries"),
    [
        ("jeg skal tale med Jonas Kjærgaard", ("Jonas Kjærgaard",)),
        ("jonas kærgård", ("Jonas Kjærgaard",)),
        ("kan du stille mig om til Søren Bak Nielsen", ("Søren Bach Nielsen",)),
        ("fatima el sayed tak", ("Fatima El-Sayed",)),
        ("må jeg snakke med Lærke Vinter", ("Lærke Winther",)),
        ("Birgit Tygesen", ("Birgit Thygesen",)),
        ("er Mette der", ("Mette Lund", "Mette Østergaard")),
        ("Mette fra jobcentret", ("Mette Østergaard",)),
        ("kan jeg komme til at tale med Mette Lund", ("Mette Lund",)),
        ("jeg vil gerne tale med Østergaard", ("Mette Østergaard",)),
        ("kan jeg få fat i Hedegaard", ("Lis Hedegaard",)),
        ("er det rigtigt at poul erik sidder hos jer endnu", ("Poul-Erik Madsen",)),
        ("jusuf han sagde jeg bare skulle spørge efter ham", ("Yusuf Aydin",)),
        ("Jobcentret", ("department:jobcentret",)),
        ("ydelses centret er det dig der stiller om dertil", ("department:ydelsescentret",)),
        ("stil mig om til Byg og Plan", ("department:byg-og-plan",)),
        ("jeg vil tale med natur og miljø", ("department:natur-og-miljoe",)),
    ],
)
def test_a_name_is_found_and_comes_before_every_topic(matcher, said, entries):
    heard = matcher.hear(said, "da")

    assert heard.entries == entries
    assert heard.candidates[0].topic == "medarbejder"
    assert heard.candidates[0].confidence >= 0.70
    assert not heard.wants_person


@pytest.mark.parametrize(
    "said",
    ["jeg er rask igen", "det er koldt i min lejlighed", "jeg har fået en ny pas", "jeg skal til samtale i jobcentret"],
)
def test_a_word_that_happens_to_be_a_name_names_nobody(matcher, said):
    assert matcher.hear(said, "da").entries == ()


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("jeg hedder Mette og skal have nyt pas", "pas"),
        ("mit navn er Anders Holm jeg ringer om min byggesag", "byggesag"),
    ],
)
def test_the_callers_own_name_is_nobody_they_ask_for(matcher, said, topic):
    heard = matcher.hear(said, "da")

    assert heard.entries == ()
    assert heard.candidates[0].topic == topic


def test_a_person_asked_for_about_a_matter_keeps_the_matter_first(matcher):
    heard = matcher.hear("jeg vil tale med en medarbejder om min boligstøtte", "da")

    assert heard.wants_person
    assert heard.candidates[0].topic == "boligstoette"


def test_names_and_departments_are_heard_in_english_too(matcher):
    assert matcher.hear("can I speak to Mette Ostergaard", "en").entries == ("Mette Østergaard",)
    assert matcher.hear("put me through to the job centre", "en").entries == ("department:jobcentret",)


def test_another_directory_is_taken_up_without_reading_the_grammars_again(matcher):
    other = matcher.with_entries([Entry(id="7", name="Otto Ibsen")])

    assert other.hear("tale med otto ibsen", "da").entries == ("7",)
    assert matcher.hear("tale med otto ibsen", "da").entries == ()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", "hun trækker ikke vejret"),
        ("da", "min mand har fået hjertestop"),
        ("da", "min mand har fået hjerte stop"),
        ("da", "det brænder i opgangen"),
        ("da", "jeg vil begå selvmord"),
        ("da", "jeg har lyst til at tage mit eget liv"),
        ("da", "jeg vil ikke leve mere"),
        ("da", "han siger at han slår hende ihjel"),
        ("da", "hun ligger bevidstløs på gulvet"),
        ("da", "min søn har taget en overdosis"),
        ("da", "vi kan ikke vække ham"),
        ("da", "han har en kniv"),
        ("da", "der er gasudslip i kælderen"),
        ("da", "ring efter en ambulance"),
        ("en", "she is not breathing"),
        ("en", "he wants to kill himself"),
        ("en", "my house is on fire"),
        ("en", "he has had a heart attack"),
        ("en", "I want to die"),
    ],
)
def test_danger_to_life_is_heard(matcher, language, said):
    assert matcher.hear(said, language, 0.1).danger


@pytest.mark.parametrize(
    "said",
    [
        "jeg skal have nyt pas",
        "der er rotter i min have",
        "min mor skal have blød kost",
        "jeg kan ikke betale min regning",
        "jeg har glemt min kode",
        "jeg har en datter på to år og en søn",
        "jeg er bekymret for et barn",
    ],
)
def test_everyday_matters_are_no_danger(matcher, said):
    assert not matcher.hear(said, "da").danger


@pytest.mark.parametrize(
    ("language", "said", "affirms"),
    [
        ("da", "ja", True),
        ("da", "Ja tak.", True),
        ("da", "jo", True),
        ("da", "øh ja det er rigtigt", True),
        ("da", "det er korrekt", True),
        ("da", "præcis", True),
        ("da", "nej", False),
        ("da", "næ", False),
        ("da", "nej tak", False),
        ("da", "det er forkert", False),
        ("da", "det er ikke rigtigt", False),
        ("da", "nej jeg mente kørekort", False),
        ("da", "jeg skal have nyt pas", None),
        ("da", "måske", None),
        ("da", "", None),
        ("en", "yes", True),
        ("en", "yes please", True),
        ("en", "that's right", True),
        ("en", "no", False),
        ("en", "no thank you", False),
        ("en", "wrong", False),
        ("en", "passport", None),
    ],
)
def test_yes_and_no(matcher, language, said, affirms):
    assert matcher.hear(said, language).affirms is affirms


def test_a_no_with_the_right_word_gives_both(matcher):
    heard = matcher.hear("nej, jeg mente kørekort", "da")

    assert heard.affirms is False
    assert heard.candidates[0].topic == "koerekort"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", "et menneske"),
        ("da", "omstillingen tak"),
        ("da", "jeg vil tale med en medarbejder"),
        ("da", "kan jeg ikke bare snakke med nogen"),
        ("da", "jeg gider ikke tale med en maskine"),
        ("en", "I want to speak to a human"),
        ("en", "operator"),
        ("en", "let me talk to someone"),
    ],
)
def test_whoever_asks_for_a_person_is_heard(matcher, language, said):
    assert matcher.hear(said, language).wants_person


@pytest.mark.parametrize("said", ["jeg skal have nyt pas", "affald", "mit pas er væk"])
def test_nobody_else_is_taken_to_want_a_person(matcher, said):
    assert not matcher.hear(said, "da").wants_person


@pytest.mark.parametrize(
    ("said", "digit"),
    [
        ("to", "2"),
        ("tast to", "2"),
        ("øh tryk fem", "5"),
        ("3", "3"),
        ("nul", "0"),
        ("jeg har to børn", None),
        ("pas", None),
    ],
)
def test_a_key_may_be_said(grammars, said, digit):
    assert spoken_digit(said, grammars["da"].spelling) == digit


@pytest.mark.parametrize("language", ["da", "en"])
def test_hints_keep_the_carriers_limits_and_name_people_and_every_topic(matcher, language):
    hints = matcher.hints(language)

    assert 100 < len(hints) <= 500
    assert all(0 < len(hint) <= 100 and "," not in hint for hint in hints)
    assert "Mette Østergaard" in hints
    topics = {
        matcher.hear(hint, language).candidates[0].topic for hint in hints if matcher.hear(hint, language).candidates
    }
    assert len(topics) >= 57


@pytest.mark.parametrize(
    ("said", "language", "unknown"),
    [
        ("jeg vil tale med Torben Knudsen", "da", True),
        ("er Torben til stede", "da", True),
        ("I want to speak to Torben Knudsen", "en", True),
        ("jeg vil tale med Kirsten Dalgaard", "da", False),
        ("jeg vil tale med en medarbejder", "da", False),
        ("jeg har fået en besked fra jer", "da", False),
        ("jeg ringer tilbage til jer", "da", False),
        ("jeg søger om kontanthjælp", "da", False),
        ("I need a fishing licence", "en", False),
        ("Torben Knudsen", "da", False),
    ],
)
def test_a_name_that_nobody_has_is_told_where_somebody_is_asked_for(matcher, said, language, unknown):
    assert matcher.hear(said, language).unknown_name is unknown


def test_a_language_without_a_grammar_hears_only_the_words(matcher):
    assert matcher.hear("Reisepass", "de") == Heard(words="Reisepass")
    assert Matcher({}).hints("de") == ()


@given(
    said=st.text(max_size=300)
    | st.lists(
        st.sampled_from(["jeg", "ikke", "pas", "tale", "med", "Mette", "barn", "slår", "112", "øh", "(|", "[]", "æøå"])
    ).map(" ".join),
    language=st.sampled_from(["da", "en", "xx"]),
    sure=st.none() | st.floats(allow_nan=True),
)
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_matcher(matcher, said, language, sure):
    heard = matcher.hear(said, language, sure)

    assert heard.words == said
    assert len(heard.candidates) <= 5
    assert all(0 <= c.confidence <= 1 for c in heard.candidates)
    assert list(heard.candidates) == sorted(heard.candidates, key=lambda c: -c.confidence)
