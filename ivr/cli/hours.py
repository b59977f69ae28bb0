"""`ivr hours`: what is open at a moment, why, and what a caller then hears."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import click

from ivr.cli.answers import exits, print_rows
from ivr.cli.by_hand import KnownByHand, known_by_hand
from ivr.cli.check import load, summary
from ivr.cli.ears import routes_file
from ivr.cli.moments import Moment, NotAMoment, read_moment
from ivr.cli.open_then import BY_HAND, Heard, Stand, Then, Why
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import nearest
from ivr.domain.flow.graph import Line
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber
from ivr.domain.routing.hours import Opening, Rule

_CHANGED_SINCE = "Of what was set by hand at that time, only what still stands is known."

_RULES = {
    Rule.ALWAYS: "at all hours",
    Rule.WEEKLY_HOURS: "weekly hours {hours}",
    Rule.HOLIDAY: "public holiday",
    Rule.CLOSING_DAY: "closing day",
    BY_HAND: "by hand, set by {by}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`unknown` is what cannot be told of what is set by hand, empty where all is known.

    What is heard of `groups` is heard on the number `called`.
    """

    moment: Moment
    unknown: str
    called: Line
    numbers: tuple[tuple[Line, Stand], ...]
    groups: tuple[Stand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number or group, for people."""

    what: str
    stands: str
    why: str


@click.command("hours", epilog="Example: ivr hours 2026-12-24T10:00 --group borgerservice")
@click.argument("when", required=False)
@click.option("--number", metavar="+45…", help="This number only, and the groups as its callers hear of them.")
@click.option("--group", metavar="ID", help="This group only.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON document.")
@click.pass_context
@exits
def command(context: click.Context, when: str | None, number: str | None, group: str | None, as_json: bool) -> None:
    """Tell what is open at WHEN, until when, why, and what a caller then hears, in every language of the number.

    What is heard is told as if nobody waited in line.

    WHEN is the municipality's own time, such as 2026-12-24T10:00, or one with its offset, such as
    2026-12-24T10:00+01:00; now, if it is left out. Hours, holidays and closing days are those of IVR_ROUTES (default:
    routes.yaml). What is set by hand is read where the environment names an installation whose database can be reached.
    """
    routes = routes_file()
    plan, problems = load(routes)
    if plan is None:
        click.echo("\n".join([*map(str, problems), summary(routes, plan, problems)]), err=True)
        context.exit(1)
    moment = _moment(when, plan)
    line = _line(number, plan) if number is not None else None
    if group is not None and group not in plan.groups:
        raise click.UsageError(f'"{group}" is not a group. {nearest(group, plan.groups)}')
    by_hand = known_by_hand()
    answer = answered(plan, moment, by_hand if when is None else _as_of(moment.at, by_hand), line, group)
    if as_json:
        click.echo(json.dumps(_document(answer), ensure_ascii=False, indent=2))
    else:
        _show(answer)


def answered(plan: DialPlan, moment: Moment, by_hand: KnownByHand, line: Line | None, group: str | None) -> Answer:
    """How the number `line` and `group` stand. Without `line`, all numbers, or none where a group is asked for."""
    then = Then(plan, by_hand.set, moment.at)
    lines = tuple(plan.flow.lines.values())
    called = line or lines[0]
    asked = (line,) if line is not None else lines if group is None else ()
    return Answer(
        moment=moment,
        unknown=by_hand.unknown,
        called=called,
        numbers=tuple((number, then.line(number)) for number in asked),
        groups=tuple(then.group(id, called) for id in ([group] if group is not None else plan.groups)),
    )


def _moment(when: str | None, plan: DialPlan) -> Moment:
    zone, now = ZoneInfo(plan.calendar.zone), datetime.now(UTC)
    if when is None:
        return Moment(at=now.astimezone(zone))
    try:
        return read_moment(when, zone, now)
    except NotAMoment as error:
        raise click.UsageError(str(error)) from None


def _line(number: str, plan: DialPlan) -> Line:
    try:
        line = plan.flow.lines.get(PhoneNumber.parse(number))
    except NotAPhoneNumber as error:
        raise click.UsageError(str(error)) from None
    if line is None:
        known = nearest(number, [number.e164 for number in plan.flow.lines])
        raise click.UsageError(f'"{number}" is not a number of the dial plan. {known}')
    return line


def _as_of(moment: datetime, by_hand: KnownByHand) -> KnownByHand:
    unknown = by_hand.unknown or (_CHANGED_SINCE if moment < datetime.now(UTC) else "")
    return KnownByHand(set=by_hand.set.as_of(moment), unknown=unknown)


def _show(answer: Answer) -> None:
    at = answer.moment.at
    click.echo(f"{at:%A %Y-%m-%d %H:%M} ({at.isoformat()[-6:]}, {at.tzinfo})")
    for note in filter(None, [answer.moment.note, answer.unknown]):
        click.echo(note)
    click.echo()
    named = [*((line.number.e164, stand) for line, stand in answer.numbers), *((g.id, g) for g in answer.groups)]
    rows = [Row(what=name, stands=_stands(stand.opening, at), why=_because(stand.why, at)) for name, stand in named]
    print_rows(rows, as_json=False, nothing="")
    for line, stand in answer.numbers:
        _show_heard(f"Whoever calls {line.number.e164} hears:", stand.heard)
    for stand in answer.groups:
        _show_heard(f"Whoever wants {stand.id} hears:", stand.heard)
        for topic, heard in stand.urgent.items():
            _show_heard(f"Whoever calls about {topic}, which is urgent, hears:", heard)


def _show_heard(heading: str, heard: Heard) -> None:
    click.echo(f"\n{heading}")
    for language, sentences in heard.items():
        for place, sentence in enumerate(sentences):
            click.echo(f"  {'' if place else language:2}  {sentence}")


def _stands(opening: Opening, now: datetime) -> str:
    if opening.is_open:
        return f"open until {_moment_shown(opening.closes_at, now)}" if opening.closes_at else "open, no end known"
    return f"closed until {_moment_shown(opening.opens_at, now)}" if opening.opens_at else "closed, no end known"


def _because(why: Why, now: datetime) -> str:
    told = _RULES[why.rule].format(hours=why.hours, by=why.set_by)
    if why.from_hour is not None:
        told += f" from {why.from_hour:%H:%M}"
    if why.reason:
        told += f": {why.reason}"
    if why.rule == BY_HAND:
        told += f", until {_moment_shown(why.until, now) if why.until is not None else 'somebody changes it'}"
    return told if why.group is None else f"0 reaches {why.group}: {told}"


def _moment_shown(moment: datetime, now: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%a %Y-%m-%d %H:%M}"


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "at": answer.moment.at.isoformat(),
        "zone": str(answer.moment.at.tzinfo),
        "clock_change": answer.moment.note,
        "by_hand_unknown": answer.unknown,
        "numbers": [{"number": line.number.e164, **_stand(stand)} for line, stand in answer.numbers],
        "groups": [{**_stand(stand), "urgent": stand.urgent} for stand in answer.groups],
    }


def _stand(stand: Stand) -> dict[str, Any]:
    opening, why = stand.opening, asdict(stand.why)
    why |= {"until": _iso(stand.why.until), "from_hour": _iso(stand.why.from_hour)}
    return {
        "id": stand.id,
        "is_open": opening.is_open,
        "opens_at": _iso(opening.opens_at),
        "closes_at": _iso(opening.closes_at),
        "why": why,
        "heard": stand.heard,
    }


def _iso(moment: datetime | time | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")
