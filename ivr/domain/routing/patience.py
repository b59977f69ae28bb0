"""What waiting changes: skills no longer insisted on, further groups asked, time given in advance.

Every step's clock runs from the entry into the line, not from the step before, so that an operator can read off when
each of them falls due. Nothing is undone: a step once taken stays taken, whatever the forecast says later.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivr.domain.routing.needs import Needs

FORECAST_EVERY = timedelta(seconds=15)
"""How often a forecast is looked at that a step depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change: due `after` so long in line, or as soon as the wait still expected is over `forecast`.

    `groups` may help from then on; `without` are skills no longer asked for, `levels` the lower ones that will do;
    `bonus` is waiting time counted in addition.
    """

    after: timedelta | None = None
    forecast: timedelta | None = None
    groups: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    levels: tuple[tuple[str, int], ...] = ()
    bonus: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a contact asked for when it joined the line at `entered_at`, and what no waiting changes.

    `needs.agent` is preferred until `preferred_until`; `lenient_at` is when preferred skills (`lenient`) are let go.
    """

    needs: Needs
    entered_at: datetime
    preferred_until: datetime | None = None
    lenient: frozenset[str] = frozenset()
    lenient_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the contact stands now. `taken` are the numbers of the steps taken, `change_at` when to look again."""

    needs: Needs
    rank_at: datetime
    taken: frozenset[int] = field(default_factory=frozenset)
    change_at: datetime | None = None


def standing(
    asked: Asked,
    steps: Sequence[Step],
    now: datetime,
    *,
    taken: Collection[int] = (),
    forecast: timedelta | None = None,
) -> Standing:
    """How waiting until `now` has changed what was asked for; `forecast` is the wait still expected, None if unknown."""
    waited = now - asked.entered_at
    done = {number for number, step in enumerate(steps) if number in taken or _is_due(step, waited, forecast)}
    needs = asked.needs
    if asked.preferred_until is not None and asked.preferred_until <= now:
        needs = needs.released()
    if asked.lenient_at is not None and asked.lenient_at <= now:
        needs = _eased(needs, Step(without=asked.lenient))
    for number in sorted(done):
        needs = _eased(needs, steps[number])
    bonus = sum((steps[number].bonus for number in done), timedelta(0))
    return Standing(
        needs=needs,
        rank_at=asked.entered_at - bonus,
        taken=frozenset(done),
        change_at=_next(asked, [step for number, step in enumerate(steps) if number not in done], now),
    )


def _is_due(step: Step, waited: timedelta, forecast: timedelta | None) -> bool:
    if step.after is not None and waited >= step.after:
        return True
    return step.forecast is not None and forecast is not None and forecast > step.forecast


def _eased(needs: Needs, step: Step) -> Needs:
    lower = dict(step.levels)
    return replace(
        needs,
        groups=(*needs.groups, *(group for group in step.groups if group not in needs.groups)),
        skills=tuple(
            (skill, min(level, lower.get(skill, level))) for skill, level in needs.skills if skill not in step.without
        ),
    )


def _next(asked: Asked, left: Sequence[Step], now: datetime) -> datetime | None:
    moments = [asked.entered_at + step.after for step in left if step.after is not None]
    moments += [moment for moment in (asked.preferred_until, asked.lenient_at) if moment is not None]
    if any(step.forecast is not None for step in left):
        moments.append(now + FORECAST_EVERY)
    return min((moment for moment in moments if moment > now), default=None)
