"""What supervisors set by hand: notices on the air, groups opened or closed."""

from collections.abc import Mapping
from datetime import datetime

from ivr.adapters.store import notices
from ivr.domain.errors import IvrError
from ivr.operations.work import Work


class BadNotice(IvrError):
    """A notice or an override that cannot be taken."""

    code = "bad_notice"


class TimeHasPassed(IvrError):
    """An hour until which something should hold is over."""

    code = "time_has_passed"


def put_notice(work: Work, username: str, notice_id: str, text: Mapping[str, str], until: datetime | None) -> None:
    """Every caller hears this from now on; each language of the installation is needed."""
    languages = work.plans.current(work.db).plan.flow.speakers
    missing = [language for language in languages if not text.get(language, "").strip()]
    if missing:
        raise BadNotice(f"The notice has no text in: {', '.join(missing)}.", hint="Write it in every language.")
    _check_future(work, until)
    kept = {language: text[language].strip() for language in languages}
    notices.put(work.db, {"id": notice_id, "text": kept, "until": until, "set_by": username, "set_at": work.now})
    work.record("notice_set", data={"notice": notice_id, "by": username})


def remove_notice(work: Work, username: str, notice_id: str) -> None:
    """Take a notice off the air."""
    if not notices.remove(work.db, notice_id):
        raise BadNotice(f"There is no notice {notice_id!r} on the air.", hint="Load the page again.")
    work.record("notice_removed", data={"notice": notice_id, "by": username})


def set_open(
    work: Work, username: str, group_id: str, is_open: bool | None, reason: str, until: datetime | None
) -> None:
    """Open or close a group against its hours until a moment; `is_open` None lets the hours decide again."""
    if group_id not in work.plans.current(work.db).plan.groups:
        raise BadNotice(f"There is no group {group_id!r}.", hint="Load the page again.")
    if is_open is None:
        notices.clear_override(work.db, group_id)
    else:
        _check_future(work, until)
        notices.set_override(
            work.db,
            {
                "group_id": group_id,
                "is_open": is_open,
                "reason": reason,
                "until": until,
                "set_by": username,
                "set_at": work.now,
            },
        )
    ends = until.isoformat() if until is not None and is_open is not None else None
    data = {"group": group_id, "open": is_open, "reason": reason, "until": ends, "by": username}
    work.record("group_override", data=data)


def _check_future(work: Work, until: datetime | None) -> None:
    if until is not None and until <= work.now:
        raise TimeHasPassed(
            f"The time has passed: {until.isoformat(timespec='minutes')}.", hint="Give a later one, or none."
        )
