"""Graphs of states and arcs, written as OpenFst reads them: types `const` and `olabel_lookahead`, tropical weights.

The layout of the files: `src/include/fst/fst.h`, `const-fst.h`, `add-on.h`, `matcher-fst.h` and `interval-set.h` of OpenFst.
"""

import struct
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

EPSILON = 0
_MAGIC, _MAGIC_OF_ADDITIONS = 2125659606, 446681434
_EXPANDED, _ACCEPTOR, _NOT_ACCEPTOR = 0x1, 0x10000, 0x20000
_INPUT_SORTED, _OUTPUT_SORTED = 0x10000000, 0x40000000
_NEVER = float("inf")


@dataclass(frozen=True, slots=True, order=True)
class Arc:
    """Reads `input`, writes `output`, costs `cost` (a negative natural logarithm) and leads to state `to`."""

    input: int
    output: int
    cost: float
    to: int


@dataclass(slots=True)
class Graph:
    """States are numbers from 0; `finals` are those in which one may end, and at what cost."""

    start: int = 0
    arcs: list[list[Arc]] = field(default_factory=list)
    finals: dict[int, float] = field(default_factory=dict)

    def add_state(self) -> int:
        """A new state without arcs."""
        self.arcs.append([])
        return len(self.arcs) - 1

    def add_arc(self, source: int, *, input: int, output: int, cost: float, to: int) -> None:
        self.arcs[source].append(Arc(input, output, cost, to))

    def count_arcs(self) -> int:
        """The arcs of all states."""
        return sum(map(len, self.arcs))


def write_acceptor(path: Path, graph: Graph) -> None:
    """A graph whose arcs write what they read, such as a grammar."""
    arcs = [sorted(leaving) for leaving in graph.arcs]
    path.write_bytes(_const(graph, arcs, _EXPANDED | _ACCEPTOR | _INPUT_SORTED | _OUTPUT_SORTED))


def write_lookahead(path: Path, graph: Graph, reachable: list[set[int]], end_label: int) -> None:
    """A graph that can be joined with a grammar as it is used.

    `reachable` has for each state the outputs that can come next from there; `end_label` among them says that one can
    end without any.
    """
    arcs = [sorted(leaving, key=attrgetter("output", "input", "to")) for leaving in graph.arcs]
    properties = _EXPANDED | _NOT_ACCEPTOR | _OUTPUT_SORTED
    parts = [
        _header("olabel_lookahead", 1, properties, graph),
        struct.pack("<i", _MAGIC_OF_ADDITIONS),
        _const(graph, arcs, properties),
        struct.pack("<???", True, False, True),  # there is an addition: none for inputs, one for outputs
        struct.pack("<??i", False, False, end_label),
        struct.pack("<q", len(arcs)),
    ]
    for labels in reachable:
        intervals = _intervals(labels)
        parts.append(struct.pack("<q", len(intervals)))
        parts += [struct.pack("<ii", first, end) for first, end in intervals]
        parts.append(struct.pack("<i", len(labels)))
    path.write_bytes(b"".join(parts))


def _const(graph: Graph, arcs: list[list[Arc]], properties: int) -> bytes:
    parts = [_header("const", 2, properties, graph)]
    position = 0
    for state, leaving in enumerate(arcs):
        silent_inputs = sum(arc.input == EPSILON for arc in leaving)
        silent_outputs = sum(arc.output == EPSILON for arc in leaving)
        cost = graph.finals.get(state, _NEVER)
        parts.append(struct.pack("<fIIII", cost, position, len(leaving), silent_inputs, silent_outputs))
        position += len(leaving)
    parts += [struct.pack("<iifi", arc.input, arc.output, arc.cost, arc.to) for leaving in arcs for arc in leaving]
    return b"".join(parts)


def _header(kind: str, version: int, properties: int, graph: Graph) -> bytes:
    numbers = (version, 0, properties, graph.start, len(graph.arcs), graph.count_arcs())
    return struct.pack("<i", _MAGIC) + _text(kind) + _text("standard") + struct.pack("<iiQqqq", *numbers)


def _text(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()


def _intervals(labels: set[int]) -> list[tuple[int, int]]:
    """The labels as runs, each from its first to the one after its last."""
    runs: list[tuple[int, int]] = []
    for label in sorted(labels):
        if runs and runs[-1][1] == label:
            runs[-1] = (runs[-1][0], label + 1)
        else:
            runs.append((label, label + 1))
    return runs
