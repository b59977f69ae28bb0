"""`GET /lessons`: what callers said, what it was taken for and where it belonged, as long as their words are kept."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ivr.adapters.store import lessons
from ivr.assembly import Parts
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.graph import TopicKind
from ivr.domain.measures.lessons import Lesson, Verdict, Way
from ivr.domain.measures.misunderstood import Misunderstood, by_day, misunderstood
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.period import BadPeriod, Period, moments

WEEK_DAYS = 7
MOST_DAYS = 31
"""Every call of the period is read."""


class Taken(BaseModel):
    """`topics`: none where nothing was understood, two where the caller was asked which."""

    topics: list[str]
    way: Way
    count: int


class Belonged(BaseModel):
    topic: str
    count: int


class MisunderstoodWords(BaseModel):
    """The same words, said once or often; `words`, `confidence` and `contact` are those of the last time."""

    language: str
    words: str
    count: int
    last_at: datetime
    contact: str
    confidence: float | None = Field(description="From 0 to 1; null where nothing was understood.")
    taken: list[Taken]
    belonged: list[Belonged]


class DayOfLessons(BaseModel):
    """Utterances that told a matter, of calls that began on this day and are over."""

    day: date
    understood: int
    asked: int
    misunderstood: int
    unknown: int


class Lessons(BaseModel):
    days: list[DayOfLessons]
    misunderstood: list[MisunderstoodWords]


def blueprint(parts: Parts, board: LiveBoard) -> APIBlueprint:
    api = APIBlueprint("api_lessons", __name__, tag="Lessons")

    @api.get("/lessons")
    @auth.needs(auth.LESSONS)
    @api.input(Period, location="query")
    @api.output(Lessons)
    @api.doc(
        summary="What was misunderstood, the most frequent first; the last seven days without a period",
        security="Bearer",
        responses=[401, 403, 422],
    )
    def learnt(query_data: Period) -> Lessons:
        now = board.now()
        zone = now.values.zone
        if query_data.first is None and query_data.last is None:
            query_data = last_days(WEEK_DAYS, now.as_of, zone)
        since, until = moments(query_data, now.as_of, zone)
        if until - since > timedelta(days=MOST_DAYS, hours=1):
            raise BadPeriod(f"The period is longer than {MOST_DAYS} days.", hint="Ask for it in parts.")
        found = between(parts, since, until)
        days = by_day(found, days_of(since, until), zone)
        return Lessons(
            days=[
                DayOfLessons(day=day, **{verdict: counts[verdict] for verdict in Verdict})
                for day, counts in days.items()
            ],
            misunderstood=[_shown(row) for row in misunderstood(found)],
        )

    return api


def last_days(days: int, now: datetime, zone: str) -> Period:
    """That many days, today the last of them."""
    today, _ = moments(Period(), now, zone)
    return Period.model_validate({"from": today.date() - timedelta(days=days - 1), "to": today.date()})


def days_of(since: datetime, until: datetime) -> Iterable[date]:
    """The local days from `since` up to, and without, that of `until`."""
    return [since.date() + timedelta(days=number) for number in range((until.date() - since.date()).days)]


def between(parts: Parts, since: datetime, until: datetime) -> tuple[Lesson, ...]:
    """The lessons of a period, by the plan in use."""
    with parts.engine.connect() as db:
        plan = parts.plans.current(db).plan
        return lessons.between(db, since=since, until=until, no_matters=_no_matters(plan))


def _no_matters(plan: DialPlan) -> frozenset[str]:
    """The topics that say only that the caller wants to speak to somebody."""
    switchboards = {line.person_group for line in plan.flow.lines.values()}
    return frozenset(
        topic.id
        for topic in plan.flow.topics.values()
        if topic.kind is TopicKind.DIRECTORY or (topic.kind is TopicKind.ROUTE and topic.group in switchboards)
    )


def _shown(row: Misunderstood) -> MisunderstoodWords:
    return MisunderstoodWords(
        language=row.language,
        words=row.words,
        count=row.count,
        last_at=row.last_at,
        contact=row.contact,
        confidence=row.confidence,
        taken=[Taken(topics=list(topics), way=way, count=count) for topics, way, count in row.taken],
        belonged=[Belonged(topic=topic, count=count) for topic, count in row.belonged],
    )
