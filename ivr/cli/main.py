"""`ivr`: every command in one place. Exit codes: 0 done, 1 yours to mend, 2 wrong usage, 3 our fault."""

import logging
import os
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path

import click

from ivr.domain.errors import IvrError
from ivr.telemetry import configure, mask

YOURS_TO_MEND, OUR_FAULT = 1, 3


COMMANDS = (
    "call",
    "carrier",
    "cases",
    "check",
    "db",
    "demo",
    "directory",
    "dispatch",
    "evaluate",
    "grammar",
    "graph",
    "hours",
    "listen",
    "match",
    "proposals",
    "purge",
    "serve",
    "simulate",
    "staff",
)
"""Each is the `command` of the module of its name."""


class Commands(click.Group):
    """Imports a command when it is asked for: a web that was killed must not wait for the tools of a planner."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ivr.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ivr")
def ivr() -> None:
    """Answers a municipality's main number: understands, helps, queues, connects and measures."""


def main() -> None:
    """The entry point: an error that a person can mend is told in its own words, without a stack."""
    # Standard output is for a command's answer. What stays and serves tells more of itself.
    configure(level=logging.WARNING)
    try:
        ivr()
    except IvrError as error:
        click.echo(f"{error.text}\n{error.hint}".rstrip(), err=True)
        sys.exit(YOURS_TO_MEND)
    except Exception as error:
        report = _reported(mask(traceback.format_exc()))
        click.echo(f"This is our fault: {type(error).__name__}. The report {report} is worth sending.", err=True)
        sys.exit(OUR_FAULT)


def _reported(text: str) -> Path:
    """Where the report is; beside the data or, where that folder cannot be written to, with the system's other drafts."""
    report = Path(os.environ.get("IVR_VAR", "var")) / "crash.txt"
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(text, encoding="utf-8")
    except OSError:
        descriptor, name = tempfile.mkstemp(prefix="ivr-crash-", suffix=".txt")
        report = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    return report
