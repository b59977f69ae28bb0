"""The phrases of each topic, per language, as the files `grammars/<language>/<group>.yaml` give them.

A line is a template: `[words]` may be left out, `(a|b)` stands for either. Which topic a phrase belongs to is all that
is known of it here; `match.py` decides what a caller meant. No file is read: the texts come as a mapping.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import hassil
import yaml

from ivr.domain.errors import IvrError
from ivr.domain.language import Language
from ivr.domain.speech.normalise import Spelling

MOST_PHRASES = 400
"""Phrases that one template may become. More is a slip of the pen, and would slow every call."""

_FLAGS = ("yes", "no", "yes_opening", "no_opening", "danger", "person", "calling", "introducing")
_SPELLING = ("letters", "endings", "fillers", "stop", "digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A way to say what `topic` is about."""

    topic: str
    text: str


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
    flags: Flags = field(default_factory=Flags)
    spelling: Spelling = field(default_factory=Spelling)

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

    The folder names the language. A file called `common.yaml` holds flags and spelling, any other holds topics.
    """
    problems: list[GrammarProblem] = []
    phrases: dict[Language, list[Phrase]] = {}
    common: dict[Language, tuple[Flags, Spelling]] = {}
    for name in sorted(sources):
        parts = name.replace("\\", "/").split("/")
        if len(parts) < 2:
            problems.append(GrammarProblem(name=name, line=1, text="The file must lie in a folder named by language."))
            continue
        language = Language(parts[-2])
        phrases.setdefault(language, [])
        page = _Page(name=name, problems=problems)
        if parts[-1] == "common.yaml":
            common[language] = _common(page, sources[name])
        else:
            phrases[language].extend(_topics(page, sources[name]))
    if problems:
        raise BadGrammar(problems)
    return {
        language: Grammar(
            language=language,
            phrases=tuple(said),
            flags=common.get(language, (Flags(), Spelling()))[0],
            spelling=common.get(language, (Flags(), Spelling()))[1],
        )
        for language, said in phrases.items()
    }


def expand(template: str) -> tuple[str, ...]:
    """Every phrase that `template` stands for, in order. Raises ValueError for more than `MOST_PHRASES` or bad brackets."""
    for opening, closing in ("()", "[]"):
        if template.count(opening) != template.count(closing):
            raise ValueError(f"{opening} and {closing} do not pair")
    if set(template) & set("{}<>;"):
        raise ValueError("only [..], (..|..) and words may stand in a template")
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
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 1
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

    def phrases(self, node: yaml.Node) -> Iterator[str]:
        """The expanded templates of a list."""
        for template, item in self.items(node):
            try:
                yield from expand(template)
            except ValueError as error:
                self.problem(item, f'"{template}": {error}.')


def _topics(page: _Page, text: str) -> Iterator[Phrase]:
    for topic, node in page.mapping(text):
        for phrase in page.phrases(node):
            yield Phrase(topic=topic, text=phrase)


def _common(page: _Page, text: str) -> tuple[Flags, Spelling]:
    flags: dict[str, tuple[str, ...]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    pairs: dict[str, dict[str, str]] = {}
    for key, node in page.mapping(text):
        if key in _FLAGS:
            flags[key] = tuple(page.phrases(node))
        elif key in ("letters", "digits") and isinstance(node, yaml.MappingNode):
            pairs[key] = {str(name.value): str(value.value) for name, value in node.value}
        elif key in _SPELLING:
            lists[key] = tuple(item for item, _ in page.items(node))
        else:
            page.problem(node, f'"{key}" is not known here. Known: {", ".join((*_FLAGS, *_SPELLING))}.')
    spelling = Spelling(
        letters=pairs.get("letters", {}),
        endings=tuple(sorted(lists.get("endings", ()), key=len, reverse=True)),
        fillers=frozenset(lists.get("fillers", ())),
        stop=frozenset(lists.get("stop", ())),
        digits=pairs.get("digits", {}),
    )
    return Flags(**flags), spelling
