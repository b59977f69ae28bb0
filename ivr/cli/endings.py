"""How a command ends. Exit codes: 0 done, 1 yours to mend, 2 wrong usage, 3 our fault."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import click

from ivr.domain.errors import IvrError
from ivr.telemetry import mask

DONE, YOURS_TO_MEND, WRONG_USAGE, OUR_FAULT = range(4)


def ending_well(deed: Callable[[], object]) -> None:
    """Do it; an error that a person can mend ends the process in its own words, without a stack."""
    try:
        deed()
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
