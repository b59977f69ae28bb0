"""What `ivr simulate` takes of an installation: a day's log, and the staff who are in the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.adapters.store import agents, events, figures
from ivr.domain.contacts.facts import Fact
from ivr.domain.measures.service_level import QueueEnd
from ivr.domain.planning.arrivals import Arrival, Matter, Times
from ivr.domain.planning.roster import Member, Span
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.queue import QueueClass

_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDay:
    """Who joined a line when, and how long the day's calls of each group took on average."""

    arrivals: tuple[Arrival, ...]
    times: Mapping[str, Times]


def logged(db: Connection, day: date, zone: str) -> LoggedDay:
    """The local day as the log has it. Wishes for one agent alone are left out."""
    since = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    arrivals = tuple(
        Arrival(at=(fact.at - since).total_seconds(), matter=_matter(fact.data))
        for fact in events.of_kind(db, Fact.QUEUED, since, until)
    )
    groups = sorted({arrival.matter.group for arrival in arrivals})
    times = {group: of_group for group in groups if (of_group := _times(db, since, until, group)) is not None}
    return LoggedDay(arrivals=tuple(sorted(arrivals, key=lambda arrival: arrival.at)), times=times)


def staff_of(db: Connection, at_work: Span) -> list[Member]:
    """Every agent of the installation who is in a group, all at work for so long."""
    everyone = [agent for agent in agents.everyone(db) if agent.role == "agent"]
    abilities = agents.abilities_of(db, [agent.id for agent in everyone])
    return [
        Member(agent=agent.username, groups=able.groups, skills=able.skills, spans=(at_work,))
        for agent in everyone
        if (able := abilities[agent.id]).groups
    ]


def whole_hours(moments: Iterable[float]) -> Span:
    """From the hour of the first to the end of the hour of the last."""
    every = list(moments)
    return min(every) // _HOUR * _HOUR, (max(every) // _HOUR + 1) * _HOUR


def _matter(data: Mapping[str, str]) -> Matter:
    key = data.get("needs")
    needs = Needs.parse(key).released() if key is not None else Needs(groups=(data["group"],))
    return Matter(needs=needs, queue_class=QueueClass[data["class"].upper()])


def _times(db: Connection, since: datetime, until: datetime, group: str) -> Times | None:
    """The means of those who were answered; nothing where nobody was."""
    stays = figures.stays(db, since=since, until=until, group=group)
    answered = [stay for stay in stays if stay.end is QueueEnd.ANSWERED and stay.talk_seconds > 0]
    if not answered:
        return None
    return Times(
        talk=sum(stay.talk_seconds for stay in answered) / len(answered),
        wrap_up=sum(stay.wrap_seconds for stay in answered) / len(answered),
    )
