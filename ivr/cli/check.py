"""`ivr check`: every problem in `routes.yaml`, the prompts and the grammars, with its place and the nearest right word."""

import json
import os
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import click

from ivr.adapters.files import plan_files
from ivr.adapters.recognition.models import missing
from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Problem, Severity
from ivr.domain.dialplan.recognisers import recognisers
from ivr.domain.flow.graph import Recogniser
from ivr.domain.language import Language
from ivr.domain.speech.grammar import BadGrammar, read_grammars
from ivr.operations.plans import version_of

PROMPTS = Path(str(files("ivr").joinpath("prompts")))


def load(routes: Path, prompts: Path = PROMPTS) -> tuple[DialPlan | None, tuple[Problem, ...]]:
    """The plan in the file `routes` with the sentences `<language>.yaml` of the folder `prompts`, and its problems.

    A file that cannot be read is a problem of the plan.
    """
    try:
        source = Source(str(routes), routes.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "Name the file: ivr check PATH, or set IVR_ROUTES."
        return None, (Problem(file=str(routes), line=1, column=1, text=f"cannot be read: {reason}.", hint=hint),)
    return compile_plan(source, {Language(path.stem): _prompt_file(path) for path in sorted(prompts.glob("*.yaml"))})


def _prompt_file(path: Path) -> Source:
    inside = path.is_relative_to(Path.cwd())
    return Source(str(path.relative_to(Path.cwd()) if inside else path), path.read_bytes())


@click.command("check", epilog="Example: ivr check routes.yaml")
@click.argument("routes", type=click.Path(path_type=Path), envvar="IVR_ROUTES", default="routes.yaml")
@click.option(
    "--grammars",
    type=click.Path(path_type=Path),
    envvar="IVR_GRAMMARS",
    default="grammars",
    help="The folder of phrases (default: IVR_GRAMMARS, or grammars).",
)
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.pass_context
def command(context: click.Context, routes: Path, grammars: Path, as_json: bool) -> None:
    """Report every problem in ROUTES (default: IVR_ROUTES, or routes.yaml). Exit code 1 if the plan is refused."""
    plan, problems = load(routes)
    if plan is not None:
        problems += unheard_languages(routes, plan, os.environ.get("IVR_VOSK_MODELS", "").strip())
    version = None
    if grammars.is_dir():
        problems += heard_problems(grammars)
        if plan is not None and not any(problem.severity is Severity.ERROR for problem in problems):
            version = version_of(plan_files.read_sources(routes, grammars))
        else:
            plan = None
    if as_json:
        document = {"version": version, "problems": [asdict(problem) for problem in problems]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(summary(routes, plan, problems))
        if plan is not None:
            click.echo(served_as(version, grammars))
    context.exit(0 if plan else 1)


def heard_problems(grammars: Path) -> tuple[Problem, ...]:
    """Why the phrases in the folder would be refused."""
    texts = {str(path): path.read_text("utf-8", errors="replace") for path in sorted(grammars.glob("*/*.yaml"))}
    try:
        read_grammars(texts)
    except BadGrammar as error:
        return tuple(Problem(file=found.name, line=found.line, column=1, text=found.text) for found in error.problems)
    return ()


def unheard_languages(routes: Path, plan: DialPlan, models: str) -> tuple[Problem, ...]:
    """Languages that we are to hear ourselves and cannot on this machine, where the folder `models` lacks their model."""
    chosen = recognisers(Source(str(routes), routes.read_bytes()))
    found = []
    for language, speaker in plan.flow.speakers.items():
        if speaker.recogniser is Recogniser.VOSK:
            mark = chosen[language].mark
            found += [
                Problem(
                    file=mark.file,
                    line=mark.line,
                    column=mark.column,
                    text=text,
                    hint="Where ivr listen runs, the model must be there: docs/operations.md, listening.",
                    severity=Severity.WARNING,
                )
                for text in missing(Path(models) if models else None, [language])
            ]
    return tuple(found)


def served_as(version: str | None, grammars: Path) -> str:
    """The version by the name that the log gives it, which comes of the prompts and the phrases too."""
    if version is None:
        return f"Which version this is cannot be told: {grammars} is not a folder. Set IVR_GRAMMARS."
    return f"It will be served as version {version}."


def summary(routes: Path, plan: DialPlan | None, problems: tuple[Problem, ...]) -> str:
    """One line: whether the plan would be taken, and why not."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    if plan is None:
        found = _counted(errors, "error") + (f" and {_counted(warnings, 'warning')}" if warnings else "")
        return f"{routes}: {found}. The plan is refused; a running engine keeps the one it has."
    parts = [
        _counted(len(things), noun)
        for things, noun in (
            (plan.flow.lines, "number"),
            (plan.flow.menus, "menu"),
            (plan.flow.topics, "topic"),
            (plan.groups, "group"),
        )
    ]
    doubts = f", with {_counted(warnings, 'warning')}" if warnings else ""
    return f"{routes}: good{doubts}: {', '.join(parts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
