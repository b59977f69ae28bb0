"""`GET /stats`: the measures of a period, computed from what happened. Definitions: `docs/field.md`, measures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ivr.adapters.store import callbacks as promises
from ivr.adapters.store import figures
from ivr.assembly import Parts
from ivr.domain.measures import callbacks, first_contact, service_level
from ivr.domain.measures.callbacks import PromisedCall
from ivr.domain.measures.service_level import QueuedCall, QueueEnd, Share
from ivr.domain.routing.callbacks import CallbackState
from ivr.domain.routing.groups import ServiceTarget
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.groups import found_in
from ivr.web.api.period import BadPeriod, Period, moments
from ivr.web.api.queues import ServiceLevel, ShareShown, share_shown

_MOST_INTERVALS = 401
"""Each costs two questions to the store. It is the longest period by the day, and sixteen days by the hour."""


class Interval(StrEnum):
    """Into what a period is divided, by the municipality's own time."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class StatsOf(Period):
    group: str | None = None
    interval: Interval | None = None


class Callbacks(BaseModel):
    """Those asked for in the period, on a line of their own: none is in any other figure of the queue.

    `kept` is the share whose citizen was first called within the promised window.
    """

    promised: int
    reached: int
    unreached: int
    cancelled: int
    taken_over: int
    longest_wait_seconds: float | None
    kept: ShareShown


class Measures(BaseModel):
    """Seconds are null where nobody was answered: no data. `settled` is the agent's word.

    A call belongs to the time in which it entered the queue, and to the earlier one where it came back by our fault.
    """

    answered: int
    abandoned: int
    took_link_in_queue: int
    service_level: ServiceLevel
    speed_of_answer_seconds: float | None
    median_wait_seconds: float | None
    longest_wait_seconds: float | None
    handling_seconds: float | None
    abandonment: ShareShown
    settled_at_first_contact: ShareShown
    callbacks: Callbacks


class MeasuresOf(Measures):
    """One interval: from its first moment up to, and without, `ends_at`."""

    begins_at: datetime
    ends_at: datetime


class Stats(Measures):
    """Over all groups the service level is that of 80 % in 60 s, whatever the groups have; ask per group for its own."""

    first_day: date
    last_day: date
    group: str | None
    interval: Interval | None
    intervals: list[MeasuresOf] = Field(description="Empty where no `interval` was asked for.")


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_stats", __name__, tag="Statistics")

    @api.get("/stats")
    @auth.needs(auth.BOARD)
    @api.input(StatsOf, location="query")
    @api.output(Stats)
    @api.doc(summary="The measures of a period", security="Bearer", responses=[401, 403, 404])
    def stats(query_data: StatsOf) -> Stats:
        now = board.now()
        zone = now.values.zone
        since, until = moments(query_data, now.as_of, zone)
        asked, group = query_data.interval, query_data.group
        parted = divided(since, until, asked, zone) if asked is not None else []
        target = found_in(board, group).group.target if group is not None else ServiceTarget()
        with parts.engine.connect() as db:
            whole = _measured(db, since, until, group, target, now.as_of)
            pieces = [
                MeasuresOf(
                    begins_at=begins, ends_at=ends, **_measured(db, begins, ends, group, target, now.as_of).model_dump()
                )
                for begins, ends in parted
            ]
        last = query_data.last or query_data.first or since.date()
        return Stats(
            first_day=since.date(),
            last_day=last,
            group=group,
            interval=asked,
            intervals=pieces,
            **whole.model_dump(),
        )

    return api


def divided(since: datetime, until: datetime, interval: Interval, zone: str) -> list[tuple[datetime, datetime]]:
    """The parts of the period, each from its first moment to that of the next. Raises `BadPeriod` where they are too many.

    On the days when the clocks are changed there are 23 hours, or 25.
    """
    starts: list[datetime] = []
    for start in _starts(since, interval, ZoneInfo(zone)):
        if start >= until:
            break
        starts.append(start)
        if len(starts) > _MOST_INTERVALS:
            raise BadPeriod(f"There are more than {_MOST_INTERVALS} intervals.", hint="Ask for them in parts.")
    return list(zip(starts, [*starts[1:], until], strict=True))


def _starts(since: datetime, interval: Interval, zone: ZoneInfo) -> Iterator[datetime]:
    start = since
    while True:
        yield start
        match interval:
            case Interval.HOUR:
                start = (start.astimezone(UTC) + timedelta(hours=1)).astimezone(zone)
            case Interval.DAY:
                start = datetime.combine(start.date() + timedelta(days=1), time(), zone)
            case Interval.MONTH:
                next_month = (start.date().replace(day=1) + timedelta(days=32)).replace(day=1)
                start = datetime.combine(next_month, time(), zone)


def _measured(
    db: Connection, since: datetime, until: datetime, group: str | None, target: ServiceTarget, now: datetime
) -> Measures:
    stays = figures.stays(db, since=since, until=until, group=group)
    settled = first_contact.agents_word(figures.handled(db, since=since, until=until, group=group))
    called = _callbacks(promises.asked_between(db, since=since, until=until, group=group), now)
    return _measures(stays, settled, called, target)


def _callbacks(promised: tuple[PromisedCall, ...], now: datetime) -> Callbacks:
    return Callbacks(
        promised=len(promised),
        reached=callbacks.count(promised, CallbackState.REACHED),
        unreached=callbacks.count(promised, CallbackState.UNREACHED),
        cancelled=callbacks.count(promised, CallbackState.CANCELLED),
        taken_over=callbacks.count(promised, CallbackState.TAKEN_OVER),
        longest_wait_seconds=callbacks.longest_wait(promised),
        kept=share_shown(callbacks.kept(promised, now)),
    )


def _measures(stays: tuple[QueuedCall, ...], settled: Share, called: Callbacks, target: ServiceTarget) -> Measures:
    within, short = target.within.total_seconds(), target.short_abandon.total_seconds()
    level = service_level.service_level(stays, target_seconds=within, short_seconds=short)
    ends = [stay.end for stay in stays]
    return Measures(
        answered=ends.count(QueueEnd.ANSWERED),
        abandoned=ends.count(QueueEnd.ABANDONED),
        took_link_in_queue=ends.count(QueueEnd.DEFLECTED),
        service_level=ServiceLevel(
            numerator=level.numerator,
            denominator=level.denominator,
            share=level.value,
            target_share=target.share,
            target_seconds=within,
        ),
        speed_of_answer_seconds=service_level.speed_of_answer(stays).value,
        median_wait_seconds=service_level.median_wait(stays),
        longest_wait_seconds=service_level.longest_wait(stays),
        handling_seconds=service_level.handling_time(stays).value,
        abandonment=share_shown(service_level.abandonment(stays, short_seconds=short)),
        settled_at_first_contact=share_shown(settled),
        callbacks=called,
    )
