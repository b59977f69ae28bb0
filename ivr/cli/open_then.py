"""How every number and group stands at a moment, why, and what a caller then hears, if nobody waits in line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from ivr.adapters.store.notices import LiveNotice, Override
from ivr.cli.next_words import sentences
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow import machine, people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Arrived
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.graph import Line, TopicKind
from ivr.domain.flow.questions import question
from ivr.domain.flow.state import Place
from ivr.domain.language import Language
from ivr.domain.routing.hours import Opening
from ivr.operations.openings import Openings, notices_at

BY_HAND = "by_hand"

Heard = Mapping[Language, tuple[str, ...]]
"""Everything that is said up to the next question, in each language of the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetByHand:
    """What supervisors have set, as far as it is known."""

    overrides: Mapping[str, Override] = field(default_factory=dict)
    notices: tuple[LiveNotice, ...] = ()

    def as_of(self, moment: datetime) -> "SetByHand":
        """Without what was set only later."""
        return SetByHand(
            overrides={group: override for group, override in self.overrides.items() if override.set_at <= moment},
            notices=tuple(notice for notice in self.notices if notice.set_at <= moment),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What decides: a `rule` of the calendar for `hours`, or `by_hand`.

    `reason` is the holiday's name, or what was given for the closing day or by hand. A closing day may be closed only
    `from_hour` on. What is set by hand ends at `until`, None if somebody must change it, and was set by `set_by`. A number
    that is open because 0 reaches somebody names that `group`.
    """

    rule: str
    hours: str | None = None
    reason: str = ""
    from_hour: time | None = None
    until: datetime | None = None
    set_by: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a number or a group stands. `urgent` is heard instead of `heard` by whose matter is that topic of the group."""

    id: str
    opening: Opening
    why: Why
    heard: Heard
    urgent: Mapping[str, Heard] = field(default_factory=dict)


class Then:
    """The house at `now` (local time of the municipality)."""

    def __init__(self, plan: DialPlan, set_by_hand: SetByHand, now: datetime) -> None:
        self._plan = plan
        self._now = now
        self._openings = Openings(plan, set_by_hand.overrides, now)
        self._notices = notices_at(set_by_hand.notices, plan, now)

    def line(self, line: Line) -> Stand:
        """How a number stands, and what whoever calls it hears first."""
        person = line.person_group
        why = replace(self._why(person), group=person) if self._openings[person].is_open else self._by(line.hours)
        heard = {}
        for language in line.languages:
            begun = replace(machine.begin(line), language=language)
            _, actions = machine.advance(self._plan.flow, begun, Arrived(), self._facts(line))
            heard[language] = sentences(actions)
        return Stand(id=line.id, opening=self._openings.of_line(line), why=why, heard=heard)

    def group(self, group_id: str, line: Line) -> Stand:
        """How a group stands, and what whoever called `line` hears on the way to it."""
        return Stand(
            id=group_id,
            opening=self._openings[group_id],
            why=self._why(group_id),
            heard={call.state.language: _said(people.to_group(call, group_id)) for call in self._calls(line)},
            urgent={
                topic.id: {
                    call.state.language: _said(people.urgent(call.changing(topic=topic.id), topic))
                    for call in self._calls(line)
                }
                for topic in self._plan.flow.topics.values()
                if topic.kind is TopicKind.URGENT and topic.group == group_id
            },
        )

    def _why(self, group_id: str) -> Why:
        override = self._openings.by_hand(group_id)
        if override is None:
            return self._by(self._plan.groups[group_id].hours)
        until = override.until.astimezone(self._now.tzinfo) if override.until is not None else None
        return Why(rule=BY_HAND, reason=override.reason, until=until, set_by=override.set_by)

    def _by(self, hours: str) -> Why:
        cause = self._plan.calendar.why(hours, self._now)
        return Why(rule=cause.rule, hours=hours, reason=cause.name, from_hour=cause.closes)

    def _facts(self, line: Line) -> Facts:
        everybody, by_topic = self._notices
        return Facts(
            now=self._now,
            line=self._openings.of_line(line),
            openings=self._openings,
            notices=everybody,
            topic_notices=by_topic,
        )

    def _calls(self, line: Line) -> Iterator[Call]:
        for language in line.languages:
            asked = replace(machine.begin(line), language=language, place=Place.QUESTION)
            yield Call(flow=self._plan.flow, state=asked, facts=self._facts(line))


def _said(call: Call) -> tuple[str, ...]:
    return sentences(question(call))
