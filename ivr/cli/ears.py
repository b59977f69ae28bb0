"""What commands hear with: the grammars of the folder as they are now, and the names of departments and employees."""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from ivr.adapters.files import hearings
from ivr.cli.check import load
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.errors import IvrError
from ivr.domain.flow.graph import Understanding
from ivr.domain.language import Language
from ivr.domain.speech.confidence import Thresholds
from ivr.domain.speech.hearing import Hearing
from ivr.domain.speech.match import Matcher
from ivr.domain.speech.names import Entry

LEARNING = "Learning from the grammars: half a minute or so, once."


class NoGrammar(IvrError):
    """There is no grammar for a language."""

    code = "no_grammar"


class BadDirectory(IvrError):
    """A directory file lacks a column."""

    code = "bad_directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """A matcher, what it was made of, and the plan by which a caller would be answered; None where it has errors.

    `employees` are the names of the directory file, where one was given.
    """

    matcher: Matcher
    hearings: Mapping[Language, Hearing]
    plan: DialPlan | None
    employees: tuple[str, ...]

    @property
    def bands(self) -> Understanding:
        return Understanding() if self.plan is None else self.plan.flow.understanding

    def topics(self, language: Language) -> frozenset[str]:
        """The topics of a language. Raises `NoGrammar`."""
        if language not in self.hearings:
            there = ", ".join(sorted(self.hearings))
            raise NoGrammar(f'There is no grammar for "{language}" in {grammar_folder()}.', hint=f"There is: {there}.")
        return self.hearings[language].grammar.topics


def grammar_folder() -> Path:
    """IVR_GRAMMARS, or grammars."""
    return Path(os.environ.get("IVR_GRAMMARS", "grammars"))


def routes_file() -> Path:
    """IVR_ROUTES, or routes.yaml."""
    return Path(os.environ.get("IVR_ROUTES", "routes.yaml"))


def models_folder() -> Path | None:
    """IVR_VOSK_MODELS; None where it is not set."""
    named = os.environ.get("IVR_VOSK_MODELS", "").strip()
    return Path(named) if named else None


def trained_folder() -> Path:
    """IVR_TRAINED, or the folder `trained` in IVR_VAR (default: var)."""
    return Path(os.environ.get("IVR_TRAINED") or Path(os.environ.get("IVR_VAR", "var")) / "trained")


def learnt() -> dict[Language, Hearing]:
    """What the grammars of the folder teach, learnt now where it was not before. Raises `BadGrammar` and `NoGrammar`."""
    sources = _sources()
    if not hearings.are_known(trained_folder(), sources):
        click.echo(LEARNING, err=True)
    return hearings.of_sources(trained_folder(), sources)


def learn_beforehand() -> None:
    """Learns what was not learnt before, so that no process that is started next has to. Raises `BadGrammar` and `NoGrammar`."""
    if not hearings.are_known(trained_folder(), _sources()):
        learnt()


def _sources() -> dict[str, str]:
    folder = grammar_folder()
    sources = {
        f"{path.parent.name}/{path.name}": path.read_text("utf-8", errors="replace")
        for path in sorted(folder.glob("*/*.yaml"))
    }
    if not sources:
        raise NoGrammar(f"There is no grammar in {folder}: no file <language>/*.yaml.", hint="Set IVR_GRAMMARS.")
    return sources


def ears(directory: Path | None = None) -> Ears:
    """Departments and bands are read from IVR_ROUTES (default: routes.yaml). Raises `BadGrammar`, `NoGrammar` and `BadDirectory`."""
    found = learnt()
    plan, _ = load(routes_file())
    departments = {} if plan is None else plan.flow.departments
    names = {id: list(department.name.values()) for id, department in departments.items()}
    places = [Entry(id=f"department:{id}", name=name) for id, all_names in names.items() for name in all_names]
    people = [] if directory is None else _people(names, directory)
    employees = tuple(person.name for person in people)
    return Ears(
        matcher=Matcher(found, places + people, Thresholds() if plan is None else plan.thresholds),
        hearings=found,
        plan=plan,
        employees=employees,
    )


def _people(departments: Mapping[str, list[str]], directory: Path) -> list[Entry]:
    entries = []
    ids = {name: id for id, names in departments.items() for name in names}
    with directory.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"name", "department"} - set(rows.fieldnames or ())
        if missing:
            raise BadDirectory(f"{directory}:1  There is no column {' and '.join(sorted(missing))}.")
        for row in rows:
            place = row["department"]
            id = ids.get(place, place)
            entries.append(Entry(id=row["name"], name=row["name"], department_id=id, department_name=place))
    return entries
