"""What a REST request says: its fields, read strictly."""

import re
from datetime import UTC, datetime

from flask import request

from ivr.simulator.rest.errors import RestError

ADDRESS = re.compile(r"\+[1-9]\d{6,14}|sips?:[^\s]+@[^\s]+|client:[^\s]+")
SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


def text(name: str, default: str = "") -> str:
    return request.values.get(name, default)


def flag(name: str) -> bool | None:
    """True, false, or None when it was not sent. Anything else than true counts as false, as documented."""
    value = request.values.get(name)
    return None if value is None else value.lower() == "true"


def whole(name: str, default: int) -> int:
    value = text(name)
    if value and not value.isdigit():
        raise RestError(400, 20001, f"Parameter '{name}' is not valid")
    return int(value) if value else default


def address(name: str) -> str:
    value = text(name).strip()
    if not value:
        raise RestError(400, 21201 if name == "To" else 21213, f"No '{name}' number is specified")
    if not ADDRESS.fullmatch(value):
        raise RestError(400, 21211 if name == "To" else 21212, f"Invalid '{name}' Phone Number: {value}")
    return value


def url(name: str) -> str:
    value = text(name).strip()
    if value and not re.fullmatch(r"https?://[^\s/]+.*", value):
        raise RestError(400, 21205, f"Url is not a valid URL: {value}")
    return value


def events(name: str, default: str) -> str:
    """Events given once with spaces or repeatedly, as the client libraries send them."""
    return " ".join(request.values.getlist(name)) or default


def moment(value: str) -> datetime:
    """A date, or a date with a time, in UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise RestError(400, 20001, f"{value!r} is not a date") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def is_at(name: str, at: datetime | None) -> bool:
    """Whether `at` meets the filters `Name`, `Name<` and `Name>` (with equality, as documented)."""
    for suffix in ("", "<", ">"):
        value = text(name + suffix)
        if not value:
            continue
        if at is None:
            return False
        bound = moment(value)
        by_day = len(value) == 10
        have, want = (at.date(), bound.date()) if by_day else (at, bound)
        if (suffix == "" and have != want) or (suffix == "<" and have > want) or (suffix == ">" and have < want):
            return False
    return True
