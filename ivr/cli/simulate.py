"""`ivr simulate`: a day or a week on the policy of a plan and a roster, and what another plan or roster would change."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
import numpy as np

from ivr.cli.answers import BadFile, accept, exits
from ivr.cli.check import load
from ivr.cli.database_of import opened
from ivr.cli.planning_files import read_profile, read_roster, read_times
from ivr.cli.planning_log import LoggedDay, logged, staff_of, whole_hours
from ivr.cli.simulated import Found, document, drawing, lines
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Mark, Report
from ivr.domain.errors import IvrError
from ivr.domain.planning.arrivals import Arrival, Call, Expected, Times, drawn, with_times
from ivr.domain.planning.day import simulate, together
from ivr.domain.planning.figures import figures
from ivr.domain.planning.roster import Member

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PLANS = {".yaml", ".yml"}


class NothingToSimulate(IvrError):
    """Nobody calls."""

    code = "nothing_to_simulate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A plan with who is at work and who calls in it; `staff` is None for that of the installation."""

    name: str
    plan: DialPlan
    staff: list[Member] | None
    expected: list[Expected]
    times: dict[str, Times]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is tried, by its files. Without `roster` it is the staff of the installation."""

    routes: Path
    roster: Path | None
    arrivals: Path | None
    times: Path | None

    def against(self, other: Path) -> "Files":
        """The same with another plan or another roster."""
        is_plan = other.suffix in _PLANS
        return Files(
            routes=other if is_plan else self.routes,
            roster=self.roster if is_plan else other,
            arrivals=self.arrivals,
            times=self.times,
        )

    @property
    def name(self) -> str:
        return f"{self.routes.name} with {'the staff' if self.roster is None else self.roster.name}"


@click.command(
    "simulate", epilog="Example: ivr simulate --arrivals demo/arrivals.csv --roster demo/roster.csv --days 5"
)
@click.option(
    "--routes",
    type=_FILE,
    envvar="IVR_ROUTES",
    default="routes.yaml",
    help="The plan (default: IVR_ROUTES, or routes.yaml).",
)
@click.option(
    "--roster", type=_FILE, help="Who is at work (CSV: agent,groups,skills,from,to). Default: all staff, all day."
)
@click.option("--against", type=_FILE, help="Another plan (.yaml) or another roster (.csv) to try beside it.")
@click.option("--arrivals", type=_FILE, help="How many calls to expect (CSV: from,to,group,topic,calls).")
@click.option("--from-log", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The calls of a day, as 2026-11-23.")
@click.option(
    "--times",
    type=_FILE,
    help="How long calls take (CSV: group,shape,talk_seconds,variation,wrap_up_seconds,patience_seconds).",
)
@click.option("--days", type=click.Choice(["1", "5"]), default="1", show_default=True, help="So many days, one by one.")
@click.option(
    "--ringing",
    type=click.FloatRange(min=0),
    default=6,
    show_default=True,
    metavar="SECONDS",
    help="From an offer until the agent has answered.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed gives the same days."
)
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this file (SVG).")
@exits
def command(
    routes: Path,
    roster: Path | None,
    against: Path | None,
    arrivals: Path | None,
    from_log: datetime | None,
    times: Path | None,
    days: str,
    ringing: float,
    seed: int,
    as_json: bool,
    plot: Path | None,
) -> None:
    """Try a plan and a roster on a day of calls before anybody has to live with them.

    Who gets whom is decided by the policy that the engine runs. Calls, how long each takes and how long its caller waits are
    the same for both that are tried. Where --times tells nothing they are those of the log, else 240 s of talk and 60 s of
    wrap-up; patience is then 300 s.
    """
    if (arrivals is None) == (from_log is None):
        raise click.UsageError("Give either --arrivals FILE or --from-log DAY.")
    own = Files(routes=routes, roster=roster, arrivals=arrivals, times=times)
    tried = [_read(files) for files in ([own] if against is None else [own, own.against(against)])]
    day = None
    if from_log is not None or roster is None:
        tried, day = _of_the_store(tried, from_log)
    found = [_found(one, day, int(days), ringing, seed) for one in tried]
    if plot is not None:
        plot.write_text(drawing(found), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(document(found, days=int(days), seed=seed), ensure_ascii=False, indent=2))
        return
    for line in lines(found):
        click.echo(line)


def _read(files: Files) -> Tried:
    """Everything that the files say. Raises `BadFile` with every problem in them."""
    plan, problems = load(files.routes)
    if plan is None:
        raise BadFile("\n".join(str(problem) for problem in problems), hint="Nothing was simulated.")
    report = Report()
    tried = Tried(
        name=files.name,
        plan=plan,
        staff=read_roster(files.roster, plan, report) if files.roster is not None else None,
        expected=read_profile(files.arrivals, plan, report) if files.arrivals is not None else [],
        times=read_times(files.times, plan, report) if files.times is not None else {},
    )
    for group in plan.groups.values():
        if any(step.forecast is not None for step in group.steps):
            text = f'group "{group.id}" has steps that hang on a forecast: a simulation makes none, and leaves it out.'
            report.warning(Mark(str(files.routes), 1, 1), text)
    accept(report)
    return tried


def _of_the_store(tried: list[Tried], day: datetime | None) -> tuple[list[Tried], LoggedDay | None]:
    """The same with what the installation knows: its staff where no roster is given, and the day's calls."""
    with opened() as parts, parts.engine.connect() as db:
        known = logged(db, day.date(), tried[0].plan.calendar.zone) if day is not None else None
        moments = [arrival.at for arrival in known.arrivals] if known is not None else []
        moments += [moment for row in tried[0].expected for moment in (row.starts, row.ends - 1)]
        if not moments:
            raise NothingToSimulate("Nobody called.", hint="Name another day, or give --arrivals FILE.")
        staff = staff_of(db, whole_hours(moments))
    return [
        Tried(
            name=one.name,
            plan=one.plan,
            staff=staff if one.staff is None else one.staff,
            expected=one.expected,
            times={**known.times, **one.times} if known is not None else one.times,
        )
        for one in tried
    ], known


def _found(tried: Tried, day: LoggedDay | None, days: int, ringing: float, seed: int) -> Found:
    random = np.random.default_rng(seed)
    calls = [_calls(tried, day, random) for _ in range(days)]
    count = sum(len(of_day) for of_day in calls)
    if not count:
        raise NothingToSimulate("Nobody calls.", hint="The column calls tells how many calls to expect.")
    with click.progressbar(length=count, label=tried.name, file=sys.stderr) as bar:
        outcome = together(
            simulate(of_day, tried.staff or [], tried.plan.groups, answer_seconds=ringing, told=bar.update)
            for of_day in calls
        )
    return Found(name=tried.name, plan=tried.plan, outcome=outcome, figures=figures(outcome, tried.plan.groups))


def _calls(tried: Tried, day: LoggedDay | None, random: np.random.Generator) -> tuple[Call, ...]:
    arrivals: list[Arrival] = list(day.arrivals) if day is not None else drawn(tried.expected, random)
    return with_times(arrivals, tried.times, Times(), random)
