"""How commands answer: exit codes, tables for people, JSON for machines, and telephone numbers masked unless asked for."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from typing import Any, ParamSpec

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ivr.cli.endings import OUR_FAULT, YOURS_TO_MEND
from ivr.domain.dialplan.problem import Report
from ivr.domain.errors import IvrError
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber

P = ParamSpec("P")


class BadFile(IvrError):
    """A file that was to be imported is wrong; the text lists every problem with its place."""

    code = "bad_file"


def exits(function: Callable[P, None]) -> Callable[P, None]:
    """Run a command; an error is told in its own words and becomes the exit code."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except IvrError as error:
            click.echo(f"{error.text}\n{error.hint}".rstrip(), err=True)
            sys.exit(YOURS_TO_MEND)
        except SQLAlchemyError as error:
            # Its words alone: SQLAlchemy's would add the statement's values, and among them numbers and names.
            told = str(error.orig).strip() if isinstance(error, DBAPIError) else type(error).__name__
            click.echo(f"The database refused: {told.splitlines()[0]}\nNothing was written.", err=True)
            sys.exit(OUR_FAULT)

    return run


def accept(report: Report) -> None:
    """Tell the warnings; raise `BadFile` with all problems if there is an error."""
    problems = "\n".join(str(problem) for problem in report.problems())
    if report.has_errors:
        raise BadFile(problems, hint="Nothing was written.")
    if problems:
        click.echo(problems, err=True)


def shown(number: str | None, *, in_clear: bool) -> str:
    """A telephone number or another address of a device, masked unless it may be shown."""
    if not number or in_clear:
        return number or ""
    try:
        return PhoneNumber.parse(number).masked()
    except NotAPhoneNumber:
        return number


def print_rows(rows: Sequence[Any], *, as_json: bool, nothing: str) -> None:
    """The rows, dataclasses of one kind, as an aligned table under the names of their fields, or as JSON."""
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        click.echo(nothing)
        return
    names = list(asdict(rows[0]))
    lines = [names, *([_cell(asdict(row)[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case dict():
            return " ".join(f"{key}:{level}" for key, level in value.items())
        case list() | tuple():
            return " ".join(str(item) for item in value)
        case _:
            return str(value)
