"""The file that an operator takes phrases from."""

from datetime import date

from ivr.domain.proposals.document import ProposedPhrase, document
from ivr.domain.speech.grammar import expand

MONDAY = date(2026, 11, 23)
TOPICS = ("pas", "korekort", "flytning")


def proposed(topic, phrase, by="sofie", day=MONDAY):
    return ProposedPhrase(topic=topic, phrase=phrase, by=by, day=day)


def written(*proposals, known=None):
    made = document("da", proposals, known=known or {}, topics=TOPICS, today=date(2026, 11, 30))
    return made.split("\n\n", 1)[1] if "\n\n" in made else ""


def test_phrases_stand_under_their_topic_with_who_proposed_them_and_when():
    assert written(
        proposed("pas", "mit rejsepapir er udløbet"),
        proposed("korekort", "bilpapiret er væk", by="mads", day=date(2026, 11, 24)),
        proposed("pas", "jeg skal ud at flyve"),
    ) == (
        "korekort:\n"
        "  # mads, 2026-11-24\n"
        '  - "bilpapiret er væk"\n'
        "\n"
        "pas:\n"
        "  # sofie, 2026-11-23\n"
        '  - "jeg skal ud at flyve"\n'
        "  # sofie, 2026-11-23\n"
        '  - "mit rejsepapir er udløbet"\n'
    )


def test_what_must_not_be_taken_is_commented_out_with_the_reason():
    known = {"nyt pas": {"pas"}, "nyt kort": {"korekort", "sundhedskort"}}

    assert written(proposed("pas", "nyt pas"), proposed("pas", "nyt kort"), proposed("tog", "bus"), known=known) == (
        "# pas:\n"
        "  # sofie, 2026-11-23: stands in the grammar under korekort, sundhedskort; one phrase cannot mean two topics\n"
        '  # - "nyt kort"\n'
        "  # sofie, 2026-11-23: stands in the grammar already\n"
        '  # - "nyt pas"\n'
        "\n"
        "# tog:\n"
        "  # sofie, 2026-11-23: the plan has no such topic any more\n"
        '  # - "bus"\n'
    )


def test_the_file_says_what_it_is_and_that_nothing_of_it_is_in_use():
    head = document("da", [], known={}, topics=TOPICS, today=date(2026, 11, 30))

    assert "made 2026-11-30" in head
    assert "Nothing of this is in use." in head
    assert "ivr check" in head


def test_a_phrase_is_no_template_by_accident():
    assert expand("a-kasse dagpenge") == ("a-kasse dagpenge",)
