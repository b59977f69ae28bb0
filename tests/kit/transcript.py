"""Reads a transcript: what a caller does, what they hear, how it ends. `tests/transcripts/README.md` has the words.

A transcript that cannot be right is refused whole, with the file and the line of every problem: a misspelt key would
otherwise be an expectation that nobody checks. Playing it is `tests/transcripts/stage.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

OFFICE_HOURS = "2026-11-23 10:00"
EVENING = "2026-11-23 20:30"
_ZONE = ZoneInfo("Europe/Copenhagen")

PARTS = ("story", "given", "ways", "dialogue", "ends")
GIVEN = ("number", "open", "at", "language", "caller", "agents", "earlier")
AGENT = ("name", "groups", "skills", "ready")
EARLIER = ("caller", "dialogue")
ENDS = ("outcome", "sms", "facts", "once", "never", "never_heard", "caller_kept")
STEPS: Mapping[str, tuple[str, ...]] = {
    "hears": (),
    "hears_no": (),
    "says": (),
    "mumbles": (),
    "presses": (),
    "silent": (),
    "waits": (),
    "hangs_up": (),
    "call_ends": (),
    "calls_again": (),
    "receives": (),
    "writes": (),
    "talks_with": (),
    "agent": ("name", "does", "hears", "sees", "reads"),
    "phone": ("of", "does", "hears"),
    "link": ("opened_by", "leads_to"),
}
"""What may stand in a dialogue, and the keys inside of those that hold more than a value."""


class BadTranscript(Exception):
    """The text lists every problem, each as `file:line  what is wrong`."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a dialogue. `value` is text, a list of texts, or the keys and values of an agent, a phone or a link."""

    what: str
    value: Any
    place: str


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Somebody who called before the caller of the transcript."""

    caller: str
    dialogue: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One dialogue to be played. Where a file has several `ways`, each is a transcript of its own."""

    name: str
    moment: datetime
    caller: str = "karen"
    language: str = "da"
    agents: tuple[Mapping[str, str], ...] = ()
    earlier: tuple[Earlier, ...] = ()
    dialogue: tuple[Step, ...] = ()
    ends: Mapping[str, Any] = field(default_factory=dict)


def read_all(folder: Path) -> list[Transcript]:
    """Every transcript of a folder, by name of file."""
    return [transcript for path in sorted(folder.glob("*.yaml")) for transcript in read(path.read_text("utf-8"), path)]


def read(text: str, path: Path) -> list[Transcript]:
    """The transcripts of one file: one, or one for each of its ways. Raises `BadTranscript`."""
    reader = _Reader(text, path)
    try:
        found = list(reader.transcripts())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadTranscript(f"{path}:{line}  {error.problem}") from None
    if reader.problems:
        raise BadTranscript("\n".join(reader.problems))
    return found


class _Reader:
    """One file on its way from YAML nodes, which know their line, to values."""

    def __init__(self, text: str, path: Path) -> None:
        self.problems: list[str] = []
        self._path = path
        self._loader = yaml.SafeLoader(text)

    def transcripts(self) -> Iterator[Transcript]:
        top = self._keys(self._loader.get_single_node(), PARTS, "transcript")
        for part in ("story", "given", "dialogue", "ends"):
            if part not in top:
                self.problems.append(f"{self._path}:1  a transcript needs {part!r}")
        if self.problems:
            return
        given = self._given(top["given"])
        dialogue, ends = self._dialogue(top["dialogue"]), self._ends(top["ends"])
        ways = {"": ()} if "ways" not in top else {
            name.value: self._dialogue(steps) for name, steps in self._pairs(top["ways"])
        }  # fmt: skip
        for way, steps in ways.items():
            name = f"{self._path.stem}: {way}" if way else self._path.stem
            yield Transcript(name=name, dialogue=(*steps, *dialogue), ends=ends, **given)

    def _given(self, node: yaml.Node) -> dict[str, Any]:
        given = self._keys(node, GIVEN, "given")
        values: dict[str, Any] = {"moment": self._moment(given)}
        for key in ("caller", "language"):
            if key in given:
                values[key] = given[key].value
        if "number" in given and given["number"].value != "main":
            self._problem(given["number"], f"number {given['number'].value!r} is not in this town; there is 'main'")
        if "agents" in given:
            values["agents"] = tuple(self._texts(agent, AGENT, "agent") for agent in given["agents"].value)
        if "earlier" in given:
            values["earlier"] = tuple(self._earlier(caller) for caller in given["earlier"].value)
        return values

    def _moment(self, given: Mapping[str, yaml.Node]) -> datetime:
        written = OFFICE_HOURS
        if "open" in given and given["open"].value == "false":
            written = EVENING
        if "at" in given:
            written = given["at"].value
        try:
            return datetime.fromisoformat(written).replace(tzinfo=_ZONE)
        except ValueError:
            self._problem(given["at"], f"{written!r} is not a moment such as {OFFICE_HOURS!r}")
            return datetime.fromisoformat(OFFICE_HOURS).replace(tzinfo=_ZONE)

    def _earlier(self, node: yaml.Node) -> Earlier:
        keys = self._keys(node, EARLIER, "earlier")
        return Earlier(caller=keys["caller"].value, dialogue=self._dialogue(keys["dialogue"]))

    def _dialogue(self, node: yaml.Node) -> tuple[Step, ...]:
        return tuple(step for item in node.value if (step := self._step(item)) is not None)

    def _step(self, node: yaml.Node) -> Step | None:
        """`- hears: words`; what needs no words may stand alone: `- silent`."""
        if isinstance(node, yaml.ScalarNode):
            self._check_known(node, node.value, tuple(STEPS), "step")
            return Step(what=node.value, value="", place=self._place(node))
        pairs = self._pairs(node)
        if len(pairs) != 1:
            self._problem(node, "a step is one thing; put each on a line of its own")
            return None
        ((key, value),) = pairs
        if not self._check_known(key, key.value, tuple(STEPS), "step"):
            return None
        inner = STEPS[key.value]
        read = self._texts(value, inner, key.value) if inner else self._value(value)
        return Step(what=key.value, value=read, place=self._place(key))

    def _ends(self, node: yaml.Node) -> dict[str, Any]:
        return {key: self._value(value) for key, value in self._keys(node, ENDS, "ends").items()}

    def _texts(self, node: yaml.Node, known: tuple[str, ...], what: str) -> dict[str, Any]:
        return {key: self._value(value) for key, value in self._keys(node, known, what).items()}

    def _value(self, node: yaml.Node) -> Any:
        """Texts as they are written (`0`, `on` and `+45…` are words here); lists and mappings of such."""
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        return {key.value: self._value(value) for key, value in node.value}

    def _keys(self, node: yaml.Node | None, known: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for key, value in self._pairs(node):
            if key.value in found:
                self._problem(key, f"{what} has {key.value!r} twice")
            elif self._check_known(key, key.value, known, what):
                found[key.value] = value
        return found

    def _pairs(self, node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.MappingNode):
            return node.value
        if node is None:
            self.problems.append(f"{self._path}:1  the file is empty")
        else:
            self._problem(node, "keys and values are expected here")
        return []

    def _check_known(self, node: yaml.Node, word: str, known: tuple[str, ...], what: str) -> bool:
        if word in known:
            return True
        nearest = get_close_matches(word, known, n=1, cutoff=0)
        self._problem(node, f"{what} has no {word!r}. Nearest: {nearest[0]!r}.")
        return False

    def _problem(self, node: yaml.Node, text: str) -> None:
        self.problems.append(f"{self._place(node)}  {text}")

    def _place(self, node: yaml.Node) -> str:
        return f"{self._path}:{node.start_mark.line + 1}"
