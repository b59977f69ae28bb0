"""The files of `ivr simulate`: a roster, a profile of calls, and how long things take. CSV, judged against a plan."""

import math
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ivr.adapters.files.csv_rows import Cell, Row, read
from ivr.cli.abilities import groups_of, levels_of
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Report, nearest
from ivr.domain.flow.graph import TopicKind
from ivr.domain.planning.arrivals import Expected, Matter, Shape, Times
from ivr.domain.planning.roster import Member, Span
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.queue import QueueClass

ROSTER = ("agent", "groups", "skills", "from", "to")
PROFILE = ("from", "to", "group", "topic", "calls")
TIMES = ("group", "shape", "talk_seconds", "variation", "wrap_up_seconds", "patience_seconds")

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_MIDNIGHT = 24 * 60
_NOBODY_GIVES_UP = "none"


def read_roster(path: Path, plan: DialPlan, report: Report) -> list[Member]:
    """Who is at work when. An agent has a row for each time of the day at work, with the same groups and skills."""
    skills = skills_of(plan)
    found: dict[str, Member] = {}
    for row in read(path, ROSTER, report):
        member = Member(
            agent=_needed(row["agent"], "agent", report),
            groups=_groups(row["groups"], plan, report),
            skills=levels_of(row["skills"], skills, report),
            spans=_span(row, report),
        )
        before = found.get(member.agent)
        found[member.agent] = member if before is None else _joined(before, member, row, report)
    return list(found.values())


def read_profile(path: Path, plan: DialPlan, report: Report) -> list[Expected]:
    """How many calls about what are expected when, of those that join a line."""
    found = []
    for row in read(path, PROFILE, report):
        matter, calls = _matter(row, plan, report), _number(row["calls"], report)
        for starts, ends in _span(row, report):
            if matter is not None and calls is not None:
                found.append(Expected(matter=matter, starts=starts, ends=ends, calls=calls))
    return found


def read_times(path: Path, plan: DialPlan, report: Report) -> dict[str, Times]:
    """How long calls of each group take, and how patient its callers are."""
    found: dict[str, Times] = {}
    for row in read(path, TIMES, report):
        group = row["group"]
        if group.text not in plan.groups:
            report.error(group.mark, f'"{group.text}" is not a group.', nearest(group.text, plan.groups))
        if group.text in found:
            report.error(group.mark, f'the group "{group.text}" is there twice.')
        if row["shape"].text not in list(Shape):
            report.error(row["shape"].mark, f'"{row["shape"].text}" is not a shape.', nearest(row["shape"].text, Shape))
            continue
        talk = _number(row["talk_seconds"], report, least=1)
        variation = _number(row["variation"], report, least=0.01)
        wrap_up = _number(row["wrap_up_seconds"], report)
        patience = _patience(row["patience_seconds"], report)
        if talk is not None and variation is not None and wrap_up is not None:
            found[group.text] = Times(
                shape=Shape(row["shape"].text), talk=talk, variation=variation, wrap_up=wrap_up, patience=patience
            )
    return found


def skills_of(plan: DialPlan) -> set[str]:
    """Everything that somebody may be asked to master."""
    asked = [topic.skill for topic in plan.flow.topics.values()]
    asked += [speaker.skill for speaker in plan.flow.speakers.values()]
    return {skill for skill in asked if skill is not None}


def _joined(before: Member, now: Member, row: Row, report: Report) -> Member:
    if (before.groups, before.skills) != (now.groups, now.skills):
        hint = "Whoever is at work twice on a day can take the same calls."
        report.error(row["agent"].mark, f'"{now.agent}" has other groups or skills in another row.', hint)
    if any(comes <= until and start <= goes for comes, goes in now.spans for start, until in before.spans):
        report.error(row["from"].mark, f'"{now.agent}" is at work at that time already.', "Make it one row.")
    return replace(before, spans=tuple(sorted((*before.spans, *now.spans))))


def _matter(row: Row, plan: DialPlan, report: Report) -> Matter | None:
    named, wanted = row["topic"], row["group"]
    topic = plan.flow.topics.get(named.text)
    if named.text and topic is None:
        report.error(named.mark, f'"{named.text}" is not a topic.', nearest(named.text, plan.flow.topics))
        return None
    if wanted.text and wanted.text not in plan.groups:
        report.error(wanted.mark, f'"{wanted.text}" is not a group.', nearest(wanted.text, plan.groups))
        return None
    group = wanted.text or (topic.group if topic is not None else "")
    if not group:
        report.error(
            wanted.mark, "neither a group nor a topic is named.", "Write one of them; a topic has its own group."
        )
        return None
    skills = topic.skills_in(group) if topic is not None else ()
    is_lenient = topic is not None and bool(skills) and topic.preferred_seconds is not None
    return Matter(
        needs=Needs(groups=(group,), skills=skills),
        queue_class=(
            QueueClass.URGENT if topic is not None and topic.kind is TopicKind.URGENT else QueueClass.ORDINARY
        ),
        lenient=frozenset(dict(skills)) if is_lenient else frozenset(),
        lenient_after=timedelta(seconds=topic.preferred_seconds or 0) if topic is not None and is_lenient else None,
    )


def _needed(cell: Cell, what: str, report: Report) -> str:
    if not cell.text:
        report.error(cell.mark, f"the {what} is missing.")
    return cell.text


def _groups(cell: Cell, plan: DialPlan, report: Report) -> frozenset[str]:
    groups = groups_of(cell, plan, report)
    if not groups:
        report.error(cell.mark, "an agent without a group is offered no calls.", "Name a group, or remove the row.")
    return groups


def _span(row: Row, report: Report) -> tuple[Span, ...]:
    """The one time of a row; nothing where it is no time."""
    starts, ends = _clock(row["from"], report), _clock(row["to"], report)
    if starts is None or ends is None:
        return ()
    if ends <= starts:
        report.error(row["to"].mark, f"{row['to'].text} is not after {row['from'].text}.")
        return ()
    return ((60.0 * starts, 60.0 * ends),)


def _clock(cell: Cell, report: Report) -> int | None:
    """Minutes since midnight."""
    match = _CLOCK.fullmatch(cell.text)
    minutes = int(match[1]) * 60 + int(match[2]) if match is not None else _MIDNIGHT + 1
    if minutes > _MIDNIGHT:
        report.error(
            cell.mark, f'"{cell.text}" is not a time of day.', "Write 08:30, or 24:00 for midnight at its end."
        )
        return None
    return minutes


def _patience(cell: Cell, report: Report) -> float | None:
    if cell.text == _NOBODY_GIVES_UP:
        return None
    return _number(cell, report, least=1, hint=f'Write seconds, or "{_NOBODY_GIVES_UP}".')


def _number(
    cell: Cell, report: Report, *, least: float = 0, hint: str = "Write a number, such as 12.5."
) -> float | None:
    try:
        number = float(cell.text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= least):
        told = f"a number of {least:g} or more" if cell.text else "there, and a number is needed"
        report.error(cell.mark, f'"{cell.text}" is not {told}.', hint)
        return None
    return number
