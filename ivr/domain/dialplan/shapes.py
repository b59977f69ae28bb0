"""The grammar of a schema: which shapes a document may have, and how a value of each is read.

Reading never stops at a problem: what is sound is returned as an `Item` tree, what is not is in the report and absent
from the tree. So later checks look only at what is there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ivr.domain.dialplan import document
from ivr.domain.dialplan.problem import Mark, Report, nearest, quoted
from ivr.domain.errors import IvrError


class Malformed(IvrError):
    """A scalar that its kind cannot read, where the kind can say more than what it expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A sound value with its place. `value` is what the shape made of it; records and tables hold items by key.

    `written` names the keys of a record that the file gives, sound or not.
    """

    value: Any
    mark: Mark
    key_mark: Mark
    written: frozenset[str] = frozenset()

    def get(self, *path: str) -> "Item | None":
        """The item under `path`, None where it is absent or was unsound."""
        item: Item | None = self
        for key in path:
            item = item.value.get(key) if item is not None else None
        return item

    def plain(self, *path: str) -> Any:
        """The value under `path`, or None."""
        item = self.get(*path)
        return None if item is None else item.value

    def rows(self, *path: str) -> Iterator[tuple[str, "Item"]]:
        """The entries of the record or table under `path`; nothing where it is absent."""
        yield from (self.plain(*path) or {}).items()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a value may refer to: the languages spoken, and per section the names defined and where."""

    languages: Mapping[str, Mark]
    names: Mapping[str, Mapping[str, Mark | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who is speaking: `subject` is the thing (`topic "pas"`), `key` its part being read, `mark` where that stands."""

    subject: str
    key: str
    mark: Mark
    known: Known
    report: Report

    def __str__(self) -> str:
        return f'"{self.key}" of {self.subject}' if self.subject else f'"{self.key}"'


class Shape(Protocol):
    @property
    def example(self) -> str:
        """What could stand there, for hints."""

    def read(self, node: document.Node, place: Place) -> Item | None:
        """The sound part of `node`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A single value. `convert` raises ValueError or `Malformed` for what it cannot read."""

    expected: str
    example: str
    convert: Callable[[str], Any]

    def read(self, node: document.Node, place: Place) -> Item | None:
        if not isinstance(node, document.Scalar) or node.text is None:
            found = "empty" if isinstance(node, document.Scalar) else "a list or mapping"
            self._refuse(node, place, f"{place} is {found}, but should be {self.expected}.")
            return None
        try:
            return Item(value=self.convert(node.text), mark=node.mark, key_mark=place.mark)
        except Malformed as error:
            place.report.error(node.mark, f"{place} {error.text}", error.hint)
            return None
        except ValueError:
            self._refuse(node, place, f'{place} is "{node.text}", but should be {self.expected}.')
            return None

    def _refuse(self, node: document.Node, place: Place, text: str) -> None:
        place.report.error(node.mark, text, f"Write, for example, {place.key}: {self.example}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What `shape` reads, or one word (None: null) that stands for `value`."""

    word: str | None
    value: Any
    shape: Shape

    @property
    def example(self) -> str:
        return self.shape.example

    def read(self, node: document.Node, place: Place) -> Item | None:
        if isinstance(node, document.Scalar) and node.text == self.word:
            return Item(value=self.value, mark=node.mark, key_mark=place.mark)
        return self.shape.read(node, place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A mapping with known keys, some of them required."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def example(self) -> str:
        return "{" + ", ".join(f"{key}: {shape.example}" for key, shape in self.required.items()) + "}"

    def read(self, node: document.Node, place: Place) -> Item | None:
        """Keys are spoken of as keys of `place.subject`."""
        if not isinstance(node, document.Mapping):
            keys = quoted({**self.required, **self.optional})
            place.report.error(node.mark, f"{place.subject or place} should be a mapping with keys among {keys}.")
            return None
        shapes = {**self.required, **self.optional}
        found: dict[str, Item] = {}
        for entry in _once(node, lambda key: f'"{key}" of {place.subject}' if place.subject else f'"{key}"', place):
            shape = shapes.get(entry.key)
            if shape is None:
                hint = nearest(entry.key, list(shapes))
                place.report.error(entry.mark, f'{place.subject or "the plan"} has an unknown key "{entry.key}".', hint)
                continue
            item = shape.read(entry.value, replace(place, key=entry.key, mark=entry.mark))
            if item is not None:
                found[entry.key] = item
        self._report_missing(node, place)
        return Item(value=found, mark=node.mark, key_mark=place.mark, written=frozenset(node.places()))

    def _report_missing(self, node: document.Mapping, place: Place) -> None:
        written = node.places()
        for key, shape in self.required.items():
            if key not in written:
                hint = f"Add {key}: {shape.example}" if shape.example else "docs/routes.md shows what belongs there."
                place.report.error(place.mark, f'{place.subject or "the plan"} has no "{key}".', hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A record that is one part of another thing, such as the target of a group: its keys are spoken of as such."""

    record: Record

    @property
    def example(self) -> str:
        return self.record.example

    def read(self, node: document.Node, place: Place) -> Item | None:
        subject = str(place) if place.subject else place.key
        return self.record.read(node, replace(place, subject=subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping from names of the operator's choice to entries that are all alike. `noun` is what one of them is."""

    noun: str
    shape: Shape
    key: Callable[[str], None]  # raises Malformed for a name that cannot be
    quote: bool = True
    may_be_empty: bool = False
    example: str = ""

    def read(self, node: document.Node, place: Place) -> Item | None:
        if not isinstance(node, document.Mapping):
            if self.may_be_empty and isinstance(node, document.Scalar) and node.text is None:
                return Item(value={}, mark=node.mark, key_mark=place.mark)
            place.report.error(node.mark, f"{place} should be a mapping, one {self.noun} on each line.")
            return None
        if not node.entries and not self.may_be_empty:
            place.report.error(node.mark, f"{place} has no {self.noun}.", "Add at least one.")
        found = {}
        for entry in _once(node, lambda key: self._name(key, place), place):
            try:
                self.key(entry.key)
            except Malformed as error:
                place.report.error(entry.mark, f"{self._name(entry.key, place)} {error.text}", error.hint)
            item = self.shape.read(entry.value, self._entry_place(entry, place))
            if item is not None:
                found[entry.key] = item
        return Item(value=found, mark=node.mark, key_mark=place.mark)

    def _name(self, key: str, place: Place) -> str:
        name = f'{self.noun} "{key}"' if self.quote else f"{self.noun} {key}"
        return f"{name} of {place.subject}" if place.subject else name

    def _entry_place(self, entry: document.Entry, place: Place) -> Place:
        return replace(place, key=entry.key, mark=entry.mark, subject=self._name(entry.key, place))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of entries that are all alike; an entry is spoken of by `name`, one of its keys, or by its number."""

    noun: str
    shape: Shape
    name: str = ""
    example: str = ""

    def read(self, node: document.Node, place: Place) -> Item | None:
        if isinstance(node, document.Scalar) and node.text is None:
            return Item(value=[], mark=node.mark, key_mark=place.mark)
        if not isinstance(node, document.Sequence):
            place.report.error(node.mark, f"{place} should be a list.", f"Write {place.key}: [{self.example}]")
            return None
        found = []
        for number, child in enumerate(node.items, start=1):
            item = self.shape.read(child, self._entry_place(child, number, place))
            if item is not None:
                found.append(item)
        return Item(value=found, mark=node.mark, key_mark=place.mark)

    def _entry_place(self, node: document.Node, number: int, place: Place) -> Place:
        if not self.name:
            return replace(place, mark=node.mark)
        named = node.get(self.name) if isinstance(node, document.Mapping) else None
        name = f'"{named.text}"' if isinstance(named, document.Scalar) and named.text else f"number {number}"
        return replace(place, mark=node.mark, subject=f"{self.noun} {name}")


def named(pattern: str, hint: str) -> Callable[[str], None]:
    """A rule for the names of a table."""
    whole = re.compile(pattern)

    def check(name: str) -> None:
        if not whole.fullmatch(name):
            raise Malformed("cannot be named so.", hint=hint)

    return check


def _once(node: document.Mapping, name: Callable[[str], str], place: Place) -> Iterator[document.Entry]:
    """The entries of `node`, without those whose key stood before; these are reported under their `name`."""
    first: dict[str, Mark] = {}
    for entry in node.entries:
        if entry.key not in first:
            first[entry.key] = entry.mark
            yield entry
            continue
        text = f"{name(entry.key)} stands here a second time."
        place.report.error(entry.mark, text, f"It stood on line {first[entry.key].line} already; remove one of them.")
