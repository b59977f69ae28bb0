"""What commands hear with: the grammars of the folder, trained once, and the names of departments and employees."""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from ivr.adapters.files import trained_files
from ivr.cli.check import load
from ivr.domain.errors import IvrError
from ivr.domain.flow.graph import Understanding
from ivr.domain.language import Language
from ivr.domain.speech.classifier import Classifier, trained
from ivr.domain.speech.grammar import Grammar, read_grammars
from ivr.domain.speech.match import Matcher
from ivr.domain.speech.names import Entry
from ivr.domain.speech.topics import questions


class NoGrammar(IvrError):
    """There is no grammar for a language."""

    code = "no_grammar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """A matcher with what it was made of, and the bands by which a caller would be answered."""

    matcher: Matcher
    grammars: Mapping[Language, Grammar]
    bands: Understanding

    def topics(self, language: Language) -> frozenset[str]:
        """The topics of a language. Raises `NoGrammar`."""
        if language not in self.grammars:
            there = ", ".join(sorted(self.grammars)) or "none"
            raise NoGrammar(f'There is no grammar for "{language}".', hint=f"There is: {there}.")
        return self.grammars[language].topics


def grammar_sources() -> dict[str, str]:
    """The texts of the grammars in IVR_GRAMMARS (default: grammars)."""
    folder = Path(os.environ.get("IVR_GRAMMARS", "grammars"))
    return {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in sorted(folder.glob("*/*.yaml"))}


def ears(directory: Path | None = None) -> Ears:
    """Grammars are read from IVR_GRAMMARS, departments and bands from IVR_ROUTES. Raises `BadGrammar`."""
    sources = grammar_sources()
    grammars = read_grammars(sources)
    plan, _ = load(Path(os.environ.get("IVR_ROUTES", "routes.yaml")))
    departments = {} if plan is None else plan.flow.departments
    names = {id: list(department.name.values()) for id, department in departments.items()}
    matcher = Matcher(grammars, _entries(names, directory), classifiers(sources, grammars))
    bands = Understanding() if plan is None else plan.flow.understanding
    return Ears(matcher=matcher, grammars=grammars, bands=bands)


def classifiers(sources: Mapping[str, str], grammars: Mapping[Language, Grammar]) -> dict[Language, Classifier]:
    """One classifier per language, from the folder where they are kept or trained now and kept there."""
    folder = Path(os.environ.get("IVR_VAR", "var")) / "trained"
    found = {}
    for language, name in trained_files.names(sources).items():
        classifier = trained_files.kept(folder, name)
        if classifier is None:
            click.echo(f"Learning from the grammar of {language}: some seconds, once.", err=True)
            classifier = trained(questions(grammars[language]))
            trained_files.keep(folder, name, classifier)
        found[language] = classifier
    return found


def _entries(departments: Mapping[str, list[str]], directory: Path | None) -> list[Entry]:
    entries = [Entry(id=f"department:{id}", name=name) for id, names in departments.items() for name in names]
    if directory is not None:
        ids = {name: id for id, names in departments.items() for name in names}
        with directory.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = row["department"]
                entries.append(
                    Entry(id=row["name"], name=row["name"], department_id=ids.get(place, place), department_name=place)
                )
    return entries
