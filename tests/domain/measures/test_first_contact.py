"""Settled at first contact by the agent's word: the worked example of the field notes, contacts a to i."""

from ivr.domain.measures.first_contact import HandledContact, Mark, agents_word
from ivr.domain.measures.service_level import Share


def contacts(marks: dict[str, Mark | None]) -> list[HandledContact]:
    return [HandledContact(contact=name, mark=mark) for name, mark in marks.items()]


FIXTURE = contacts(dict.fromkeys("abdefgi", Mark.YES) | dict.fromkeys("ch", Mark.NO))


def test_the_agents_word():
    share = agents_word(FIXTURE)

    assert share == Share(numerator=7, denominator=9)
    assert f"{share.value:.1%}" == "77.8%"


def test_a_contact_without_a_mark_or_that_was_not_ours_is_in_neither_number():
    others = contacts({"j": None, "k": Mark.NOT_APPLICABLE})

    assert agents_word([*FIXTURE, *others]) == agents_word(FIXTURE)


def test_no_marks_are_no_data():
    assert agents_word(contacts({"j": None})).value is None
