"""A period of days, as `?from=…&to=…` names it: both days included, in the municipality's own time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from ivr.domain.errors import IvrError

_LONGEST = timedelta(days=400)


class BadPeriod(IvrError):
    """The period ends before it begins, or is too long to be counted at once."""

    code = "bad_period"


class Period(BaseModel):
    """Without either it is today; without `to` it is the one day."""

    model_config = ConfigDict(populate_by_name=True)

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


def moments(period: Period, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first moment of the period and the first one after it. Raises `BadPeriod`."""
    local = ZoneInfo(zone)
    first = period.first or period.last or now.astimezone(local).date()
    last = period.last or first
    if last < first:
        raise BadPeriod("The period ends before it begins.", hint="`from` is the first day, `to` the last.")
    if last - first > _LONGEST:
        raise BadPeriod("The period is longer than 400 days.", hint="Ask for it in parts.")
    return datetime.combine(first, time(0), local), datetime.combine(last + timedelta(days=1), time(0), local)
