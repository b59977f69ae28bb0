"""`ivr purge`: forget what may not be kept longer. Meant for every night, by cron or a timer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import click

from ivr.adapters.store import retention
from ivr.adapters.store.retention import DAYS, TRACES, Trace
from ivr.assembly import Parts
from ivr.cli.answers import exits, print_rows
from ivr.cli.database_of import opened
from ivr.domain.orders import DeleteRecording
from ivr.operations.work import Work

_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    kind: str
    days: int
    what: str
    rows: int


def _days_of_each_kind(function: Callable[..., None]) -> Callable[..., None]:
    for kind, days in reversed(list(DAYS.items())):
        what = ", ".join(trace.what for trace in TRACES if trace.kind == kind)
        # A day at least: a call that is under way must keep its number.
        option = click.option(
            f"--{kind}",
            type=click.IntRange(min=1),
            default=days,
            show_default=True,
            metavar="DAYS",
            help=f"Keep {what}.",
        )
        function = option(function)
    return function


@click.command("purge", epilog="Example: ivr purge --numbers 60 --dry-run")
@_days_of_each_kind
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@exits
def command(dry_run: bool, as_json: bool, **days: Any) -> None:
    """Delete what is older than it may be kept, in days for each kind of data.

    Figures stay, without persons. May be stopped and repeated; calls are not disturbed. Copies made by `ivr db backup`
    are yours to delete.
    """
    with opened() as parts:
        found = counted(parts, days) if dry_run else purged(parts, days)
    print_rows(found, as_json=as_json, nothing="Nothing is kept.")
    if not as_json:
        click.echo("Nothing was deleted: this was a dry run." if dry_run else "These rows were cleared or deleted.")


def counted(parts: Parts, days: dict[str, int]) -> list[Forgotten]:
    """What a purge would forget now."""
    found = []
    with parts.engine.connect() as db:
        now = parts.operations.clock.now(db)
        for trace in TRACES:
            rows = retention.due(db, trace, now - timedelta(days=days[trace.kind]))
            found.append(_forgotten(trace, days, rows))
    return found


def purged(parts: Parts, days: dict[str, int]) -> list[Forgotten]:
    """Forget everything that is due, and write into the log how much that was."""
    found = []
    for trace in TRACES:
        rows = 0
        while some := parts.operations.run(_forget_some, trace, timedelta(days=days[trace.kind])):
            rows += some
        found.append(_forgotten(trace, days, rows))
    parts.operations.run(_tell, found)
    return found


def _forget_some(work: Work, trace: Trace, age: timedelta) -> int:
    rows, recordings = retention.forget(work.db, trace, work.now - age, _AT_A_TIME)
    for recording in recordings:
        # The voice itself lies at the carrier.
        work.order(DeleteRecording(recording=recording), contact=None, leg=None)
    return rows


def _tell(work: Work, found: list[Forgotten]) -> None:
    work.record("purged", data={line.what: line.rows for line in found if line.rows})


def _forgotten(trace: Trace, days: dict[str, int], rows: int) -> Forgotten:
    return Forgotten(kind=trace.kind, days=days[trace.kind], what=trace.what, rows=rows)
