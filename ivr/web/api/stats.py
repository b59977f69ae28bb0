"""`GET /stats`: the measures of a period, computed from what happened. Definitions: `docs/field.md`, measures."""

from datetime import date

from apiflask import APIBlueprint
from pydantic import BaseModel

from ivr.adapters.store import figures
from ivr.assembly import Parts
from ivr.domain.measures import first_contact, service_level
from ivr.domain.measures.service_level import QueuedCall, QueueEnd, Share
from ivr.domain.routing.groups import ServiceTarget
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.groups import found_in
from ivr.web.api.period import Period, moments
from ivr.web.api.queues import ServiceLevel, ShareShown, share_shown


class StatsOf(Period):
    group: str | None = None


class Stats(BaseModel):
    """Seconds are null where nobody was answered: no data. `settled` is the agent's word.

    Over all groups the service level is that of 80 % in 60 s, whatever the groups have; ask per group for its own.
    """

    first_day: date
    last_day: date
    group: str | None
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


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_stats", __name__, tag="Statistics")

    @api.get("/stats")
    @auth.needs(auth.BOARD)
    @api.input(StatsOf, location="query")
    @api.output(Stats)
    @api.doc(summary="The measures of a period", security="Bearer", responses=[401, 403, 404])
    def stats(query_data: StatsOf) -> Stats:
        now = board.now()
        since, until = moments(query_data, now.as_of, now.values.zone)
        group = query_data.group
        target = found_in(board, group).group.target if group is not None else ServiceTarget()
        with parts.engine.connect() as db:
            stays = figures.stays(db, since=since, until=until, group=group)
            handled = figures.handled(db, since=since, until=until, group=group)
        last = query_data.last or query_data.first or since.date()
        settled = first_contact.agents_word(handled)
        return _measured(first=since.date(), last=last, group=group, target=target, stays=stays, settled=settled)

    return api


def _measured(
    *, first: date, last: date, group: str | None, target: ServiceTarget, stays: tuple[QueuedCall, ...], settled: Share
) -> Stats:
    within, short = target.within.total_seconds(), target.short_abandon.total_seconds()
    level = service_level.service_level(stays, target_seconds=within, short_seconds=short)
    ends = [stay.end for stay in stays]
    return Stats(
        first_day=first,
        last_day=last,
        group=group,
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
    )
