"""`ivr check`: every problem in `routes.yaml` and the prompts, with its place and the nearest right word."""

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import click

from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Problem, Severity
from ivr.domain.language import Language

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
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.pass_context
def command(context: click.Context, routes: Path, as_json: bool) -> None:
    """Report every problem in ROUTES (default: IVR_ROUTES, or routes.yaml). Exit code 1 if the plan is refused."""
    plan, problems = load(routes)
    if as_json:
        document = {"version": plan.version if plan else None, "problems": [asdict(problem) for problem in problems]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(summary(routes, plan, problems))
    context.exit(0 if plan else 1)


def summary(routes: Path, plan: DialPlan | None, problems: tuple[Problem, ...]) -> str:
    """The last line: whether the plan would be taken, and why not."""
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
    return f"{routes}: good{doubts}. Version {plan.version}: {', '.join(parts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
