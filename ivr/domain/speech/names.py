"""Which named employees and departments a caller asks for.

Recognisers know few names, so names are compared by sound. A full name stands by itself; a first name or a surname
counts only where the caller asks for somebody ("tale med …") or says nothing else, since many names are words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from ivr.domain.speech.normalise import Spelling, sound, words_of

FULL_NAME = 0.96
FIRST_NAME_AND_DEPARTMENT = 0.90
SURNAME = 0.84
DEPARTMENT = 0.82
FIRST_NAME = 0.76
SAME_RANK = 0.05  # entries this close to the best one are all offered
LEAST_ALIKE = 84.0
ALIKE_ALONE = 0.90  # one name of several must sound nearly right: "hanen" is not Hanne
SHORTEST_FUZZY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An employee or a department that callers may ask for. A department's id begins with `department:`.

    The departments of the employees need not be given; give them to add a name, for example in another language.
    """

    id: str
    name: str
    department_id: str = ""
    department_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry that was asked for, and how sure that is (0 to 1)."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    id: str
    parts: tuple[str, ...]
    department: str


class NameIndex:
    """The directory made ready for comparison in one language's spelling."""

    def __init__(self, entries: Iterable[Entry], spelling: Spelling) -> None:
        self._spelling = spelling
        self._people: list[_Person] = []
        self._departments: dict[tuple[str, ...], str] = {}
        for entry in entries:
            if entry.id.startswith("department:"):
                self._add_department(entry.id, entry.name)
                continue
            parts = self._parts(entry.name)
            department = f"department:{entry.department_id}" if entry.department_id else ""
            if parts:
                self._people.append(_Person(id=entry.id, parts=parts, department=department))
            if department:
                self._add_department(department, entry.department_name)
        self._with_part: defaultdict[str, list[_Person]] = defaultdict(list)
        for person in self._people:
            for part in dict.fromkeys(person.parts):
                self._with_part[part].append(person)
        self._in_departments = {word for name in self._departments for word in name}
        self._sounds = sorted(self._in_departments | set(self._with_part))

    def asked_for(self, words: Sequence[str], *, asks: bool, ordinary: frozenset[str]) -> tuple[Named, ...]:
        """Entries that `words` name, best first; more than one where a name is shared.

        `asks`: the caller asked to speak to somebody. `ordinary` are the words that are neither stop words nor names
        to this index's knowledge but known words of the language; they count as something else having been said.
        """
        heard, unexplained = self._heard(words)
        alone = not unexplained
        in_departments = self._in_departments
        doubtful = any(word in ordinary and sound(word) not in in_departments for word in words)
        departments = {id for name, id in self._departments.items() if all(word in heard for word in name)}
        people: dict[str, float] = {}
        for person in {person.id: person for part in heard for person in self._with_part.get(part, ())}.values():
            rank = _rank(person, heard, departments)
            free = rank[0] >= FIRST_NAME_AND_DEPARTMENT or asks or (alone and not doubtful)
            if free and rank[1] > people.get(person.id, 0.0):
                people[person.id] = rank[1]
        if not people and (asks or alone):
            people = dict.fromkeys(departments, DEPARTMENT)
        best = max(people.values(), default=0.0)
        named = [Named(id=id, confidence=sure) for id, sure in people.items() if sure >= best - SAME_RANK]
        return tuple(sorted(named, key=lambda entry: (-entry.confidence, entry.id)))

    def beside_departments(self, words: Sequence[str]) -> tuple[str, ...]:
        """What was said beside the names of departments."""
        return tuple(word for word in words if sound(word) not in self._in_departments)

    def departments(self, words: Sequence[str]) -> tuple[Named, ...]:
        """The departments whose names were said, sound for sound, whatever was said beside them."""
        parts = (*words, *map("".join, pairwise(words)))  # "ydelses centret" is one word
        said = {sound(part) for part in parts}
        found = (id for name, id in self._departments.items() if said.issuperset(name))
        return tuple(Named(id=id, confidence=DEPARTMENT) for id in sorted(set(found)))

    def _heard(self, words: Sequence[str]) -> tuple[dict[str, float], list[str]]:
        """Sounds of names that were said, with likeness, and the telling words that are none."""
        heard: dict[str, float] = {}
        unexplained: list[str] = []
        for word in words:
            found = {} if word in self._spelling.stop else self._alike(sound(word))
            if not found and word not in self._spelling.stop and word not in self._spelling.fillers:
                unexplained.append(word)
            for known, alike in found.items():
                heard[known] = max(heard.get(known, 0.0), alike)
        return heard, unexplained

    def _alike(self, heard: str) -> dict[str, float]:
        if len(heard) < SHORTEST_FUZZY:
            return {heard: 1.0} if heard in self._sounds else {}
        close = process.extract(heard, self._sounds, scorer=fuzz.ratio, processor=None, score_cutoff=LEAST_ALIKE)
        exact = any(alike == 100 for _, alike, _ in close)
        return {
            known: alike / 100
            for known, alike, _ in close
            if alike == 100 or (not exact and len(known) >= SHORTEST_FUZZY)
        }

    def _add_department(self, id: str, name: str) -> None:
        words = tuple(sound(word) for word in words_of(name, self._spelling) if word not in self._spelling.stop)
        if words:
            self._departments[words] = id

    def _parts(self, name: str) -> tuple[str, ...]:
        return tuple(sound(word) for word in words_of(name, self._spelling))


def _rank(person: _Person, heard: dict[str, float], departments: set[str]) -> tuple[float, float]:
    """What was said of the person's name, and that lowered by how unlike it sounded."""
    said = [part for part in person.parts if part in heard]
    if not said:
        return 0.0, 0.0
    alike = sum(heard[part] for part in said) / len(said)
    if len(said) == 1 and alike < ALIKE_ALONE:
        return 0.0, 0.0
    first, last = person.parts[0] in heard, len(person.parts) > 1 and person.parts[-1] in heard
    if len(said) > 1:
        rank = FULL_NAME
    elif person.department and person.department in departments:
        rank = FIRST_NAME_AND_DEPARTMENT
    elif last:
        rank = SURNAME
    elif first:
        rank = FIRST_NAME
    else:
        rank = 0.0
    return rank, rank * alike
