"""Times as the carrier writes them: RFC 2822, in GMT."""

from datetime import UTC, datetime
from email.utils import format_datetime


def rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at.astimezone(UTC)) if at else None
