"""The phrases of each topic, per language, as the files `grammars/<language>/<group>.yaml` give them.

A line is a template: `[words]` may be left out, `(a|b)` stands for either. Which topic a phrase belongs to is all that
is known of it here; `match.py` decides what a caller meant. Four files are not of a group: `common.yaml` holds flags and
spelling, `either.yaml` what may mean two topics (`pas|koerekort`), `elsewhere.yaml` what is none of the house's business,
and `danger.yaml` cries for help with harmless sentences that sound alike. No file is read: the texts come as a mapping.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from math import isfinite
from typing import Any

import hassil
import yaml

from ivr.domain.errors import IvrError
from ivr.domain.language import Language
from ivr.domain.speech.calibration import Calibration, Constants
from ivr.domain.speech.normalise import Spelling
from ivr.domain.speech.readings import Turns

MOST_PHRASES = 400
"""Phrases that one template may become. More is a slip of the pen, and would slow every call."""

_FLAGS = ("yes", "no", "yes_opening", "no_opening", "danger", "person", "calling", "introducing")
_TURNS = ("leads", "corrections", "denials", "openings", "contrasts")
_SPELLING = ("letters", "endings", "fillers", "stop", "digits")
_CALIBRATION = "calibration"
_COMMON, _EITHER, _ELSEWHERE, _DANGER = "common.yaml", "either.yaml", "elsewhere.yaml", "danger.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A way to say what `topic` is about. The phrases of one template weigh 1 together."""

    topic: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """Something that may be about any of two topics, so that the caller has to be asked."""

    topics: tuple[str, ...]
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What is said when somebody's life is in danger, and what sounds like it and is not."""

    danger: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Phrases that mean the same whatever the topic.

    `yes` and `no` are whole answers, their `_opening` also begins a longer one ("nej, kørekort"). `danger` means that a
    life may be at stake. `person` asks for anyone, `calling` comes before the name of somebody ("tale med …"),
    `introducing` before the caller's own ("jeg hedder …").
    """

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    yes_opening: tuple[str, ...] = ()
    no_opening: tuple[str, ...] = ()
    danger: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    calling: tuple[str, ...] = ()
    introducing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """All that one language can say."""

    language: Language
    phrases: tuple[Phrase, ...] = ()
    either: tuple[Either, ...] = ()
    elsewhere: tuple[str, ...] = ()
    alarms: Alarms = field(default_factory=Alarms)
    turns: Turns = field(default_factory=Turns)
    flags: Flags = field(default_factory=Flags)
    spelling: Spelling = field(default_factory=Spelling)
    calibration: Calibration = field(default_factory=Calibration)

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(phrase.topic for phrase in self.phrases)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrammarProblem:
    """One thing to mend: the file, its line (from 1) and what is wrong there."""

    name: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line}  {self.text}"


class BadGrammar(IvrError):
    """The grammar files cannot be used; `problems` names every place."""

    code = "bad_grammar"

    def __init__(self, problems: Sequence[GrammarProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def read_grammars(sources: Mapping[str, str]) -> Mapping[Language, Grammar]:
    """One grammar per language from texts by file name (`da/byg.yaml`). Raises `BadGrammar` with every problem.

    The folder names the language. A phrase that stands under two topics is a problem: `either.yaml` is for those.
    """
    problems: list[GrammarProblem] = []
    drafts: dict[Language, _Draft] = {}
    for name in sorted(sources):
        parts = name.replace("\\", "/").split("/")
        if len(parts) < 2:
            problems.append(GrammarProblem(name=name, line=1, text="The file must lie in a folder named by language."))
            continue
        draft = drafts.setdefault(Language(parts[-2]), _Draft(problems=problems))
        draft.read(_Page(name=name, problems=problems), parts[-1], sources[name])
    if problems:
        raise BadGrammar(problems)
    return {language: draft.grammar(language) for language, draft in drafts.items()}


def expand(template: str) -> tuple[str, ...]:
    """Every phrase that `template` stands for, in order. Raises ValueError for more than `MOST_PHRASES` or bad brackets."""
    for opening, closing in ("()", "[]"):
        if template.count(opening) != template.count(closing):
            raise ValueError(f"{opening} and {closing} do not pair")
    if set(template) & set("{}<>;"):
        raise ValueError("only [..], (..|..) and words may stand in a template")
    if not set(template) & set("[](|)\\"):
        # Most are plain sentences, and reading an expression takes longer than all else that is done with them.
        return (" ".join(template.split()),)
    try:
        sentence = hassil.parse_sentence(template)
        sampled = list(islice(hassil.sample_expression(sentence.expression), MOST_PHRASES + 1))
    except (hassil.parser.ParseError, ValueError, IndexError) as error:
        raise ValueError(f"it cannot be read ({error})") from error
    if len(sampled) > MOST_PHRASES:
        raise ValueError(f"it becomes more than {MOST_PHRASES} phrases; make two templates of it")
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in sampled if phrase.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A file being read, and where its problems go."""

    name: str
    problems: list[GrammarProblem]

    def problem(self, node: yaml.Node | None, text: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.problems.append(GrammarProblem(name=self.name, line=line, text=text))

    def mapping(self, text: str) -> Iterator[tuple[str, yaml.Node]]:
        """The keys of the file and what they hold."""
        try:
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            # What is missing at the end of a text is told to be after its last line.
            line = min(mark.line, text.count("\n")) + 1 if mark is not None else 1
            self.problems.append(GrammarProblem(name=self.name, line=line, text=f"This is not YAML: {error}"))
            return
        if not isinstance(root, yaml.MappingNode):
            self.problem(root, "The file must hold names with a list each.")
            return
        seen: set[str] = set()
        for key, value in root.value:
            if str(key.value) in seen:
                self.problem(key, f'"{key.value}" stands here for the second time.')
            seen.add(str(key.value))
            yield str(key.value), value

    def items(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
        """The texts of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, "A list is needed here.")
            return
        for item in node.value:
            if isinstance(item, yaml.ScalarNode) and item.value.strip():
                yield str(item.value), item
            else:
                self.problem(item, "A phrase is needed here; write it in quotation marks if it begins with a bracket.")

    def templates(self, node: yaml.Node) -> Iterator[tuple[yaml.Node, tuple[str, ...]]]:
        """The templates of a list, each with the phrases that it stands for."""
        for template, item in self.items(node):
            try:
                yield item, expand(template)
            except ValueError as error:
                self.problem(item, f'"{template}": {error}.')

    def phrases(self, node: yaml.Node) -> Iterator[str]:
        """The expanded templates of a list."""
        for _, said in self.templates(node):
            yield from said


@dataclass(slots=True)
class _Draft:
    """A language's grammar while its files are read. `places` tells where each phrase was seen first."""

    problems: list[GrammarProblem]
    parts: dict[str, Any] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)
    places: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    def grammar(self, language: Language) -> Grammar:
        return Grammar(language=language, phrases=tuple(self.phrases), **self.parts)

    def read(self, page: "_Page", file: str, text: str) -> None:
        if file == _COMMON:
            self.parts |= _common(page, text)
        elif file == _EITHER:
            self.parts["either"] = tuple(_either(page, text))
        elif file == _ELSEWHERE:
            self.parts |= _lists(page, text, ("elsewhere",))
        elif file == _DANGER:
            self.parts["alarms"] = Alarms(**_lists(page, text, ("danger", "harmless")))
        else:
            self._topics(page, text)

    def _topics(self, page: "_Page", text: str) -> None:
        for topic, node in page.mapping(text):
            for item, said in page.templates(node):
                for phrase in said:
                    self._place(page, topic, phrase, item)
                    self.phrases.append(Phrase(topic=topic, text=phrase, weight=1 / len(said)))

    def _place(self, page: "_Page", topic: str, phrase: str, item: yaml.Node) -> None:
        first, name, line = self.places.setdefault(phrase, (topic, page.name, item.start_mark.line + 1))
        if first != topic:
            page.problem(
                item,
                f'"{phrase}" stands under "{topic}" here and under "{first}" in {name}:{line}. Keep one, or write it in '
                f"{_EITHER} if both may be meant.",
            )


def _either(page: _Page, text: str) -> Iterator[Either]:
    for key, node in page.mapping(text):
        topics = tuple(key.split("|"))
        if len(topics) != 2 or not all(topics):
            page.problem(node, f'"{key}" is not two topics with a bar between them, such as pas|koerekort.')
            continue
        for _, said in page.templates(node):
            yield from (Either(topics=topics, text=phrase, weight=1 / len(said)) for phrase in said)


def _lists(page: _Page, text: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The phrases of a file that holds these lists and no others."""
    found: dict[str, tuple[str, ...]] = {}
    for key, node in page.mapping(text):
        if key in names:
            found[key] = tuple(page.phrases(node))
        else:
            page.problem(node, f'"{key}" is not known here. Known: {", ".join(names)}.')
    return found


def _common(page: _Page, text: str) -> dict[str, Any]:
    flags: dict[str, tuple[str, ...]] = {}
    turns: dict[str, tuple[str, ...]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    pairs: dict[str, dict[str, str]] = {}
    calibration = Calibration()
    for key, node in page.mapping(text):
        if key in _FLAGS:
            flags[key] = tuple(page.phrases(node))
        elif key in _TURNS:
            turns[key] = tuple(page.phrases(node))
        elif key in ("letters", "digits") and isinstance(node, yaml.MappingNode):
            pairs[key] = {str(name.value): str(value.value) for name, value in node.value}
        elif key in _SPELLING:
            lists[key] = tuple(item for item, _ in page.items(node))
        elif key == _CALIBRATION:
            calibration = _calibration(page, node)
        else:
            known = ", ".join((*_FLAGS, *_TURNS, *_SPELLING, _CALIBRATION))
            page.problem(node, f'"{key}" is not known here. Known: {known}.')
    spelling = Spelling(
        letters=pairs.get("letters", {}),
        endings=tuple(sorted(lists.get("endings", ()), key=len, reverse=True)),
        fillers=frozenset(lists.get("fillers", ())),
        stop=frozenset(lists.get("stop", ())),
        digits=pairs.get("digits", {}),
    )
    return {"flags": Flags(**flags), "turns": Turns(**turns), "spelling": spelling, _CALIBRATION: calibration}


def _calibration(page: _Page, node: yaml.Node) -> Calibration:
    expected = asdict(Calibration())
    found: dict[str, Constants] = {}
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    for name, value in pairs:
        constants = _numbers(value)
        if name.value not in expected:
            page.problem(name, f'"{name.value}" is not known here. Known: {", ".join(expected)}.')
        elif constants is None or len(constants) != len(expected[name.value]):
            page.problem(value, f'"{name.value}" needs a list of {len(expected[name.value])} numbers.')
        else:
            found[str(name.value)] = constants
    if not pairs:
        page.problem(node, f"Lists of numbers are needed here, for {', '.join(expected)}.")
    return Calibration(**found)


def _numbers(node: yaml.Node) -> Constants | None:
    try:
        found = tuple(float(item.value) for item in node.value) if isinstance(node, yaml.SequenceNode) else None
    except (TypeError, ValueError):
        return None
    return found if found and all(map(isfinite, found)) else None
