"""How values look on a page: times of the municipality's own clock, durations, shares, and texts in the reader's language.

Danish screens write 55,6 % and 1.717; nothing to divide by is "no data", never 0 %.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask
from flask_babel import get_locale

from ivr.domain.measures.service_level import Share
from ivr.domain.phone import PhoneNumber

_ARTICLES = {"da": ("en", "et", "at"), "en": ("a", "an", "the", "to")}
_LAST_LETTERS = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


def language() -> str:
    """The reader's language."""
    locale = get_locale()
    return str(locale.language) if locale is not None else "da"


def text(texts: Mapping[Any, str] | None) -> str:
    """The text in the reader's language, or in the first one that there is."""
    if not texts:
        return ""
    return texts.get(language()) or next(iter(texts.values()))


def duration(seconds: float) -> str:
    """`0:42`, `12:05`, `1:02:05`."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def between(began: datetime, ended: datetime) -> str:
    """How long it lasted."""
    return duration((ended - began).total_seconds())


def clock(moment: datetime, zone: str) -> str:
    """`10:14:03`, local."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def hour(moment: datetime, zone: str) -> str:
    """`10.14` in Danish, `10:14` in English, local."""
    return str(dates.format_time(moment, "short", tzinfo=ZoneInfo(zone), locale=_locale()))


def hour_after(moment: datetime, now: datetime, zone: str) -> str:
    """A coming moment as seen from `now`: the hour alone on the same day, else `24. nov. 2026 10.14`."""
    is_today = local_date(moment, zone) == local_date(now, zone)
    return hour(moment, zone) if is_today else f"{short_day(moment, zone)} {hour(moment, zone)}"


def day(value: date | datetime, zone: str) -> str:
    """`mandag den 23. november 2026`, local."""
    local = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    return str(dates.format_date(local, "full", locale=_locale()))


def short_day(value: date | datetime, zone: str) -> str:
    """`23. nov. 2026`, local."""
    local = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    return str(dates.format_date(local, "medium", locale=_locale()))


def day_of_month(value: date, zone: str) -> str:
    """`man. 23.`, for a row of days."""
    return str(dates.format_date(value, "EEE d." if language() == "da" else "EEE d", locale=_locale()))


def percent(share: Share | float) -> str:
    """`55,6 %`; an empty text where there is no data, for the template to say so."""
    value = share.value if isinstance(share, Share) else share
    return (
        ""
        if value is None
        else str(
            numbers.format_percent(value, "#,##0.#\u00a0%" if language() == "da" else "#,##0.#%", locale=_locale())
        )
    )


def phone(e164: str) -> str:
    """In pairs, as people write it."""
    return PhoneNumber(e164).shown()


def masked(e164: str) -> str:
    """The country and the last two digits."""
    return PhoneNumber(e164).masked()


def iso(moment: datetime) -> str:
    """For a script and for `<time datetime>`."""
    return moment.isoformat(timespec="milliseconds")


def in_order(title: str) -> str:
    """By which a title stands in a list: without its article, and with æ, ø and å at the end of the alphabet."""
    words = title.casefold().split()
    if len(words) > 1 and words[0] in _ARTICLES.get(language(), ()):
        words = words[1:]
    return " ".join(words).translate(_LAST_LETTERS)


def capitalize_first(value: str) -> str:
    """`pas` to `Pas`; the rest stays as written, so that `MitID` is not harmed."""
    return value[:1].upper() + value[1:]


def local_date(moment: datetime, zone: str) -> date:
    """The local day of a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def bar_width(began: datetime, now: datetime, target: timedelta) -> float:
    """How far a wait has come, in percent, where the target is the middle of the bar."""
    return round(min(100.0, max(2.0, (now - began) / target * 50)), 1)


def _locale() -> str:
    return "da_DK" if language() == "da" else "en_GB"


def install(app: Flask) -> None:
    """The filters that templates use."""
    for filter in (
        text,
        duration,
        clock,
        hour,
        hour_after,
        day,
        short_day,
        day_of_month,
        percent,
        phone,
        masked,
        iso,
        capitalize_first,
        local_date,
    ):
        app.add_template_filter(filter)
    app.add_template_global(between)
    app.add_template_global(bar_width)
    app.add_template_global(language, "reader_language")
