"""`ivr graph`: the call flow drawn, for the wall (SVG) or for a document (Mermaid)."""

from pathlib import Path

import click

from ivr.cli.check import load, summary
from ivr.domain.dialplan.draw import mermaid
from ivr.domain.dialplan.picture import svg

_FORMATS = {"svg": svg, "mermaid": mermaid}


@click.command("graph", epilog="Example: ivr graph routes.yaml --format svg --out calls.svg")
@click.argument("routes", type=click.Path(path_type=Path), envvar="IVR_ROUTES", default="routes.yaml")
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="svg", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to the terminal.")
@click.pass_context
def command(context: click.Context, routes: Path, form: str, out: Path | None) -> None:
    """Draw the call flow of ROUTES (default: IVR_ROUTES, or routes.yaml). A plan with errors is not drawn."""
    plan, problems = load(routes)
    if plan is None:
        for problem in problems:
            click.echo(str(problem), err=True)
        click.echo(summary(routes, plan, problems), err=True)
        context.exit(1)
    drawing = _FORMATS[form](plan)
    if out is None:
        click.echo(drawing, nl=False)
        return
    try:
        out.write_text(drawing, encoding="utf-8")
    except OSError as error:
        click.echo(f"{out} cannot be written: {error.strerror}. Name another file with --out.", err=True)
        context.exit(1)
    click.echo(f"{out} is drawn.")
