"""`ivr carrier`: our numbers at the carrier, set up and tried out."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from ivr.adapters.carrier import addresses, probes, twiml
from ivr.adapters.carrier.numbers import Numbers, NumberSetup, OurNumber, differences, wanted, without_overrides
from ivr.adapters.carrier.outcomes import CarrierProblem, Permanent
from ivr.cli.check import load
from ivr.cli.endings import DONE, OUR_FAULT, YOURS_TO_MEND
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import Say
from ivr.domain.flow.graph import Line
from ivr.settings import Settings

Row = tuple[str, str, str]
_NO_LINK = "probe"

_routes = click.option("--routes", type=click.Path(path_type=Path), envvar="IVR_ROUTES", default="routes.yaml")
_fallback = click.option(
    "--fallback-url",
    required=True,
    envvar="IVR_FALLBACK_URL",
    metavar="URL",
    help="Where the fallback documents are hosted, on another machine; {number} stands for the number's digits.",
)


@click.group("carrier", help="Set up the numbers of routes.yaml at the carrier, and try what was set up.")
def command() -> None:
    pass


@command.command(
    "setup",
    epilog="Example: ivr carrier setup --fallback-url 'https://static.example.dk/ivr/{number}.xml'",
    help="Write voice URL, fallback, status callback, SMS URL and retry settings to every number of routes.yaml, and "
    "print the fallback documents to host. May be repeated.",
)
@_routes
@_fallback
@click.pass_context
def setup(context: click.Context, routes: Path, fallback_url: str) -> None:
    context.exit(_guarded(lambda settings: _setup(settings, _plan(routes), fallback_url)))


@command.command(
    "check",
    epilog="Example: ivr carrier check --fallback-url 'https://static.example.dk/ivr/{number}.xml'",
    help="Compare every number of routes.yaml with what it should be, and try each of its addresses. Exit code 1 if "
    "anything is wrong.",
)
@_routes
@_fallback
@click.pass_context
def check(context: click.Context, routes: Path, fallback_url: str) -> None:
    context.exit(_guarded(lambda settings: _check(settings, _plan(routes), fallback_url)))


def _setup(settings: Settings, plan: DialPlan, fallback_url: str) -> int:
    numbers = _numbers(settings)
    ours = {number.number: number for number in numbers.all()}
    rows: list[Row] = []
    for line in plan.flow.lines.values():
        fallback = fallback_of(line, fallback_url)
        problem = probes.fallback_problem(fallback, settings.public_url)
        if problem:
            raise IvrError(f"The fallback {fallback} {problem}.", hint="Host it elsewhere and name it: --fallback-url.")
        rows += _set_up(numbers, ours.get(line.number), line, wanted(settings.public_url, fallback))
    _print_table(rows)
    for line in plan.flow.lines.values():
        click.echo(f"\nHost this at {fallback_of(line, fallback_url)}, as text/xml:\n{fallback_document(plan, line)}")
    return YOURS_TO_MEND if any(problem for _, _, problem in rows) else DONE


def _set_up(numbers: Numbers, found: OurNumber | None, line: Line, setup: NumberSetup) -> list[Row]:
    if found is None:
        return [(line.number.e164, "number", "is not a number of this account")]
    after = numbers.configure(found.number_id, setup)
    wrong = differences(after, setup)
    return [
        (line.number.e164, f"{name}  {getattr(after.setup, name)}", "was not taken over" if name in wrong else "")
        for name in NumberSetup.__slots__
    ]


def _check(settings: Settings, plan: DialPlan, fallback_url: str) -> int:
    ours = {number.number: number for number in _numbers(settings).all()}
    rows: list[Row] = []
    for line in plan.flow.lines.values():
        setup = wanted(settings.public_url, fallback_of(line, fallback_url))
        rows += _compared(ours.get(line.number), line, setup)
        rows += [(line.number.e164, finding.address, finding.problem) for finding in _tried(settings, setup)]
    _print_table(rows)
    return YOURS_TO_MEND if any(problem for _, _, problem in rows) else DONE


def _compared(found: OurNumber | None, line: Line, setup: NumberSetup) -> list[Row]:
    if found is None:
        return [(line.number.e164, "number", "is not a number of this account")]
    wrong = differences(found, setup)
    return [
        (
            line.number.e164,
            name,
            f"is {getattr(found.setup, name) or 'empty'}; ivr carrier setup" if name in wrong else "",
        )
        for name in NumberSetup.__slots__
    ]


def _tried(settings: Settings, setup: NumberSetup) -> Iterable[probes.Finding]:
    yield probes.try_door(without_overrides(setup.voice_url))
    yield probes.try_door(without_overrides(setup.sms_url))
    yield probes.try_door(without_overrides(addresses.text_status(settings.public_url, _NO_LINK)))
    yield probes.try_signed(without_overrides(setup.status_callback), settings.twilio_auth_token)
    yield probes.try_fallback(setup.voice_fallback_url, settings.public_url)


def fallback_document(plan: DialPlan, line: Line) -> str:
    """What callers of the line hear when we do not answer: that something is wrong, and then its fallback number."""
    said = plan.flow.words["store_down"]
    spoken = tuple(Say(text=said[language], language=language) for language in line.languages)
    return twiml.put_through(spoken, line.fallback, plan.flow.speakers)


def fallback_of(line: Line, fallback_url: str) -> str:
    return fallback_url.replace("{number}", line.number.e164.removeprefix("+"))


def _guarded(work: Callable[[Settings], int]) -> int:
    """The exit code: 1 for what the operator can mend, 3 where the carrier is at fault."""
    try:
        return work(Settings.from_environment())
    except CarrierProblem as problem:
        click.echo(str(problem), err=True)
        return YOURS_TO_MEND if isinstance(problem, Permanent) else OUR_FAULT
    except IvrError as problem:
        click.echo(str(problem), err=True)
        return YOURS_TO_MEND


def _numbers(settings: Settings) -> Numbers:
    return Numbers(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        api_url=settings.twilio_api_url,
    )


def _plan(routes: Path) -> DialPlan:
    plan, _ = load(routes)
    if plan is None:
        raise IvrError(f"{routes} cannot be used.", hint=f"See what is wrong: ivr check {routes}")
    return plan


def _print_table(rows: Sequence[Row]) -> None:
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for number, what, problem in rows:
        click.echo(f"{number:<{widths[0]}}  {what:<{widths[1]}}  {problem or 'ok'}".rstrip())
