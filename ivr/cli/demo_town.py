"""The example municipality of `ivr demo`: who works there, who calls, and its content as of the moment it opens."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.adapters.carrier.numbers import wanted
from ivr.assembly import Parts
from ivr.cli import carrier as carrier_command
from ivr.cli import cases, directory, staff
from ivr.domain.dialplan.plan import DialPlan
from ivr.operations import notices
from ivr.operations.work import Work
from ivr.simulator.carrier import Carrier
from ivr.simulator.crowd import AgentAccount, Crowd
from ivr.simulator.service import LiveCarrier, Person

MAIN = "+4572001234"
YOURS = "ali"
"""The agent that is left to whoever looks at the demo; the crowd plays the others."""

CITIZENS = (
    Person(name="Karen Mikkelsen", number="+4520304051"),
    Person(name="Kai Nørgaard (olietank)", number="+4520304050"),
    Person(name="Ejnar (fritaget for Digital Post)", number="+4520304061"),
    Person(name="Rosa (fastnettelefon)", number="+4575123456", landline=True),
)

_CONTENT = Path("demo")
_WRITTEN_FOR = datetime(2026, 11, 23, 10, 0)
"""The moment, local, from which the dates and times of `demo/` are to be understood."""
_MOMENT = re.compile(r"\b(?P<day>\d{4}-\d\d-\d\d)(?:T(?P<clock>\d\d:\d\d))?\b|(?<=,)(?P<hour>\d\d:\d\d)$", re.MULTILINE)
_SATURDAY = 5
_HALF_HOUR = timedelta(minutes=30)


def people() -> tuple[Person, ...]:
    """Everybody who works in the town and has a telephone: agents, and employees whom callers ask for by name."""
    agents = [Person(name=row["name"], number=row["device"]) for row in _rows("staff") if row["role"] == "agent"]
    employees = [Person(name=row["name"], number=row["phone"]) for row in _rows("directory") if row["phone"]]
    return (*agents, *employees)


def device_of(username: str) -> str:
    """The telephone of a member of staff."""
    return next(row["device"] for row in _rows("staff") if row["username"] == username)


def furnish(parts: Parts, folder: Path) -> None:
    """Staff, directory and cases; every group is kept open by hand, whatever the hour of the demo."""
    with parts.engine.connect() as db:
        zone = ZoneInfo(parts.plans.current(db).plan.calendar.zone)
        now = parts.operations.clock.now(db).astimezone(zone).replace(tzinfo=None)
    staff.import_file(parts, _CONTENT / "staff.csv")
    directory.import_file(parts, _moved_file("directory", folder, now))
    cases.import_file(parts, _moved_file("cases", folder, now))
    cases.import_exemptions(parts, _CONTENT / "exempt.csv")
    parts.operations.run(_keep_open)


def _keep_open(work: Work) -> None:
    for group in work.plans.current(work.db).plan.groups:
        notices.set_open(work, "demo", group, True, "demo", None)


def _moved_file(name: str, folder: Path, now: datetime) -> Path:
    moved_to = folder / f"{name}.csv"
    moved_to.write_text(moved((_CONTENT / f"{name}.csv").read_text(encoding="utf-8"), now), encoding="utf-8")
    return moved_to


def moved(text: str, now: datetime) -> str:
    """A file of the demo with its dates and times of day as far from `now` as they were from the day they were written.

    Without it the absences would have ended, and every case been overdue, some weeks after. What would fall on a weekend
    falls on the Monday after it, or on the Friday before it where it is past; a time of day on the next half hour.
    """
    days = timedelta(days=(now.date() - _WRITTEN_FOR.date()).days)

    def move(found: re.Match[str]) -> str:
        if found["hour"]:
            return _next_half_hour(now + _since_ten(found["hour"])).isoformat(timespec="minutes")
        day = _workday(date.fromisoformat(found["day"]) + days, now.date())
        return f"{day}T{found['clock']}" if found["clock"] else str(day)

    return _MOMENT.sub(move, text)


def _workday(day: date, today: date) -> date:
    if day.weekday() < _SATURDAY:
        return day
    return day + timedelta(days=(7 if day > today else 4) - day.weekday())


def _since_ten(hour: str) -> timedelta:
    return datetime.combine(_WRITTEN_FOR.date(), time.fromisoformat(hour)) - _WRITTEN_FOR


def _next_half_hour(moment: datetime) -> datetime:
    midnight = datetime.combine(moment.date(), time())
    return midnight + -(-(moment - midnight) // _HALF_HOUR) * _HALF_HOUR


def connect_numbers(carrier: LiveCarrier, plan: DialPlan, *, public_url: str, fallback_url: str) -> None:
    """What `ivr carrier setup` does, and the hosting of its documents beside: every number leads to the engine."""
    for line in plan.flow.lines.values():
        fallback = carrier_command.fallback_of(line, fallback_url)
        setup = wanted(public_url, fallback)
        carrier.host(fallback.rsplit("/", 1)[1], carrier_command.fallback_document(plan, line))
        carrier.carrier.number(
            line.number.e164,
            voice_url=setup.voice_url,
            voice_fallback_url=setup.voice_fallback_url,
            voice_fallback_method="GET",
            status_callback=setup.status_callback,
            sms_url=setup.sms_url,
        )


@contextmanager
def crowd(
    carrier: Carrier, plan: DialPlan, *, public_url: str, callers_per_minute: float, seed: int = 1
) -> Iterator[Crowd]:
    """Citizens who call, every agent but yours, and whoever answers the fallback numbers."""
    agents = [
        AgentAccount(username=row["username"], password=row["password"], phone=row["device"])
        for row in _rows("staff")
        if row["role"] == "agent" and row["username"] != YOURS
    ]
    playing = Crowd(
        carrier,
        number=MAIN,
        product_url=public_url,
        agents=agents,
        attendants=sorted({line.fallback.e164 for line in plan.flow.lines.values()}),
        callers_per_minute=callers_per_minute,
        seed=seed,
    )
    playing.start()
    try:
        yield playing
    finally:
        playing.stop()


def _rows(name: str) -> list[dict[str, str]]:
    with (_CONTENT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
