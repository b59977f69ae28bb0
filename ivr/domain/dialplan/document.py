"""YAML text to values that know their file, line and column.

Scalars keep the letters they were written with: YAML 1.1 would read `12:00` as 720, `no` as false and `+4572001299` as
an integer. What a scalar means is decided by the schema, which knows what should stand there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from ivr.domain.dialplan.problem import Mark, Report

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name and what stands in it, as text or as the bytes that were read."""

    name: str
    text: str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value. `text` is None where the file says null or nothing at all."""

    mark: Mark
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    mark: Mark
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    key: str
    mark: Mark
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values in the order of the file; a key that stands twice is here twice."""

    mark: Mark
    entries: tuple[Entry, ...]

    def get(self, key: str) -> "Node | None":
        """The value of the first entry named `key`."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def places(self) -> dict[str, Mark]:
        """Where each key first stands."""
        first: dict[str, Mark] = {}
        for entry in self.entries:
            first.setdefault(entry.key, entry.mark)
        return first


Node = Scalar | Sequence | Mapping


def read(source: Source, report: Report) -> Mapping | None:
    """The document in `source`, None where there is none to speak of; why not stands in `report`."""
    start = Mark(source.name, 1, 1)
    text = _decode(source, report)
    if text is None:
        return None
    try:
        root = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Mark(source.name, mark.line + 1, mark.column + 1) if mark else start
        report.error(place, f"this is not YAML: {error.problem or error.context}.", _yaml_hint(error))
        return None
    except yaml.reader.ReaderError as error:
        place = _place(source.name, text, error.position)
        report.error(place, f"the character U+{ord(text[error.position]):04X} cannot stand in YAML.", "Remove it.")
        return None
    if root is None:
        report.error(start, "the file is empty.", "docs/routes.md shows what belongs in it.")
        return None
    tree = _tree(root, source.name, report)
    if not isinstance(tree, Mapping):
        report.error(
            tree.mark, "the file should be a mapping of keys to values.", "Begin with, for example, key: value"
        )
        return None
    return tree


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        # A line should say what it says where it stands; and without aliases no small file can grow without end.
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*name) refers to another place", mark)
        return super().compose_node(parent, index)  # type: ignore[arg-type]


def _decode(source: Source, report: Report) -> str | None:
    if isinstance(source.text, str):
        return source.text.removeprefix("\ufeff")
    try:
        return source.text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source.text[: error.start].decode("utf-8", errors="replace")
        place = _place(source.name, before, len(before))
        report.error(place, f"byte 0x{source.text[error.start]:02x} is not UTF-8.", "Save the file as UTF-8.")
        return None


def _place(name: str, text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(name, before.count("\n") + 1, position - before.rfind("\n"))


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    """Words for the mistakes people make most; the parser speaks of tokens."""
    problem = error.problem or ""
    if "\\t" in problem:
        return "Indent with spaces; a tab cannot stand here."
    if "alias" in problem:
        return "Write the value out."
    if "expected a single document" in (error.context or ""):
        return "Remove the line ---; one file is one document."
    if "mapping values are not allowed" in problem:
        return 'A text with ": " in it needs quotation marks.'
    if error.context_mark and error.context:
        return f"It was read {error.context}, begun on line {error.context_mark.line + 1}."
    return "Look for a missing quotation mark, bracket or space above this place."


def _tree(node: yaml.Node, name: str, report: Report) -> Node:
    mark = Mark(name, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return Mapping(mark=mark, entries=tuple(_entries(node, name, report)))
    if isinstance(node, yaml.SequenceNode):
        return Sequence(mark=mark, items=tuple(_tree(item, name, report) for item in node.value))
    return Scalar(mark=mark, text=None if node.tag == _NULL else str(node.value))


def _entries(node: yaml.MappingNode, name: str, report: Report) -> Iterator[Entry]:
    for key, value in node.value:
        mark = Mark(name, key.start_mark.line + 1, key.start_mark.column + 1)
        if isinstance(key, yaml.ScalarNode):
            yield Entry(key=str(key.value), mark=mark, value=_tree(value, name, report))
        else:
            report.error(mark, "a key should be a single word.", "Write key: value")
