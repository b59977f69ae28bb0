"""What is listened for at each place of a call, where we recognise speech ourselves.

A recogniser hears best what it expects. So each question brings its own phrases: the answers that it asks for, and what a
caller may say at any time (that somebody is in danger, that a person is wanted, another language). Whatever else is said
the recogniser marks as unknown, rather than making the nearest known words of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Flag, auto

from ivr.domain.flow.state import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The phrases of one language, by what they answer.

    `always` may be said at any place, `matters` are what calls are about, in runs of words, `answers` are yes and no,
    `calling` comes before a name, and `departments` are the names that the plan itself has; those of employees change as
    we speak.
    """

    always: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    calling: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class _Part(Flag):
    MATTERS = auto()
    ANSWERS = auto()
    NAMES = auto()


_EXPECTED: Mapping[Place, _Part] = {
    Place.GREETING: _Part.MATTERS | _Part.NAMES,
    Place.RETURNING: _Part.ANSWERS | _Part.MATTERS | _Part.NAMES,
    Place.QUESTION: _Part.MATTERS | _Part.NAMES,
    Place.MENU: _Part.MATTERS | _Part.NAMES,
    # "Nej, det er kørekort": a refusal often tells the right matter.
    Place.CONFIRM: _Part.ANSWERS | _Part.MATTERS,
    Place.CHOOSE: _Part.ANSWERS | _Part.MATTERS,
    Place.LINK_OFFER: _Part.ANSWERS,
    Place.HELPED: _Part.ANSWERS,
    Place.DIRECTORY: _Part.NAMES,
    Place.DIRECTORY_MENU: _Part.NAMES,
    Place.DIRECTORY_CHOICE: _Part.NAMES,
    Place.PERSON_AWAY: _Part.NAMES | _Part.ANSWERS,
}
"""What the question of a place asks for. A place that is not here asks for no words."""


def expected_at(place: Place, vocabulary: Vocabulary, employees: Iterable[str]) -> tuple[str, ...]:
    """The phrases to listen for at `place`; `employees` are their names as the directory has them now."""
    parts = _EXPECTED.get(place, _Part(0))
    said = [vocabulary.always]
    if _Part.ANSWERS in parts:
        said.append(vocabulary.answers)
    if _Part.MATTERS in parts:
        said.append(vocabulary.matters)
    if _Part.NAMES in parts:
        said += [vocabulary.calling, vocabulary.departments, tuple(employees)]
    return tuple(phrase for phrases in said for phrase in phrases)
