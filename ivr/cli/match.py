"""`ivr match`: what the engine would make of a sentence, and why."""

import csv
import os
from pathlib import Path

import click
import yaml

from ivr.domain.language import Language
from ivr.domain.speech.grammar import BadGrammar, read_grammars
from ivr.domain.speech.match import Explanation, Matcher
from ivr.domain.speech.names import Entry


@click.command("match", epilog='Example: ivr match "jeg skal have nyt pas"')
@click.argument("text")
@click.option("--language", default="da", show_default=True, help="The language that is spoken.")
@click.option(
    "--directory", type=click.Path(exists=True, dir_okay=False), help="A directory file (CSV), to hear names."
)
@click.pass_context
def command(context: click.Context, text: str, language: str, directory: str | None) -> None:
    """Show which topics, people and flags TEXT is understood as.

    Grammars are read from IVR_GRAMMARS (default: grammars), departments from IVR_ROUTES (default: routes.yaml).
    """
    folder = Path(os.environ.get("IVR_GRAMMARS", "grammars"))
    sources = {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in sorted(folder.glob("*/*.yaml"))}
    try:
        grammars = read_grammars(sources)
    except BadGrammar as error:
        click.echo(str(error), err=True)
        context.exit(1)
    if Language(language) not in grammars:
        click.echo(
            f'No grammar for "{language}" in {folder}. There is: {", ".join(sorted(grammars)) or "none"}.', err=True
        )
        context.exit(1)
    entries = _entries(Path(os.environ.get("IVR_ROUTES", "routes.yaml")), directory)
    for line in _lines(Matcher(grammars, entries).explain(text, Language(language))):
        click.echo(line)


def _entries(routes: Path, directory: str | None) -> list[Entry]:
    """Departments of the dial plan in every language and, if a file is given, its employees."""
    plan = yaml.safe_load(routes.read_text("utf-8")) if routes.is_file() else None
    departments = plan.get("departments", {}) if isinstance(plan, dict) else {}
    entries = [
        Entry(id=f"department:{id}", name=name)
        for id, department in departments.items()
        for name in department["name"].values()
    ]
    if directory:
        ids = {name: id for id, department in departments.items() for name in department["name"].values()}
        with open(directory, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = row["department"]
                entries.append(
                    Entry(id=row["name"], name=row["name"], department_id=ids.get(place, place), department_name=place)
                )
    return entries


def _lines(explanation: Explanation) -> list[str]:
    heard = explanation.heard
    phrases = {near.topic: near.phrase for near in explanation.nearest}
    lines = [f"normalised  {explanation.normalised or '(nothing)'}"]
    for candidate in heard.candidates:
        lines.append(
            f"topic       {candidate.confidence:.2f}  {candidate.topic:<20} {phrases.get(candidate.topic, '')}"
        )
    if not heard.candidates:
        lines.append("topic       none")
    lines += [f"entry       {entry}" for entry in heard.entries]
    flags = {"danger": heard.danger, "wants a person": heard.wants_person}
    flags |= {"yes": heard.affirms is True, "no": heard.affirms is False}
    lines.append(f"flags       {', '.join(flag for flag, raised in flags.items() if raised) or 'none'}")
    return lines
