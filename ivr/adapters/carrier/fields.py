"""Reading the carrier's forms: every field is checked as it is read, and refused by name."""

import re
from collections.abc import Mapping

from ivr.domain.errors import IvrError

Form = Mapping[str, str]
"""A posted form or a query: the first value of each field, as werkzeug's MultiDict gives it."""

LONGEST_ID = 64
LONGEST_SHORT_TEXT = 160
LONGEST_WORDS = 4000

_ID = re.compile(r"[A-Za-z0-9_-]+")
_COUNT = re.compile(r"[0-9]{1,9}")
_REPLACED = "\ufffd"
"""What a server puts where bytes were no UTF-8."""


class MalformedRequest(IvrError):
    """A request of the carrier lacks a field or holds nonsense in it; `field` is its name."""

    code = "malformed_request"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"The carrier's field {field!r} {problem}.", hint="Nothing was changed by this request.")
        self.field = field


def text(form: Form, field: str, longest: int = LONGEST_SHORT_TEXT) -> str:
    """The field's text, which must be there, be text, and be no longer than `longest` characters."""
    value = form.get(field, "").strip()
    if not value:
        raise MalformedRequest(field, "is missing")
    if len(value) > longest:
        raise MalformedRequest(field, f"is longer than {longest} characters")
    if _REPLACED in value or "\x00" in value:
        raise MalformedRequest(field, "is not text")
    return value


def optional_text(form: Form, field: str, longest: int = LONGEST_SHORT_TEXT) -> str | None:
    """The same, or None where the field is missing or empty: the carrier sends empty fields too."""
    return text(form, field, longest) if form.get(field, "").strip() else None


def identifier(form: Form, field: str) -> str:
    """An id of the carrier's or of ours: letters, digits, `-` and `_`."""
    value = text(form, field, LONGEST_ID)
    if not _ID.fullmatch(value):
        raise MalformedRequest(field, "is not an identifier")
    return value


def optional_identifier(form: Form, field: str) -> str | None:
    return identifier(form, field) if form.get(field, "").strip() else None


def count(form: Form, field: str) -> int | None:
    """A whole number of at most nine digits, or None where there is none."""
    value = optional_text(form, field)
    if value is None:
        return None
    if not _COUNT.fullmatch(value):
        raise MalformedRequest(field, "is not a number")
    return int(value)


def flag(form: Form, field: str) -> bool | None:
    """`true` or `false`; anything else says nothing."""
    return {"true": True, "false": False}.get(form.get(field, "").strip().lower())


def people_said(form: Form, field: str) -> str:
    """Words of a person, never refused: what was no text is left out, what is too long is cut."""
    words = form.get(field, "").replace(_REPLACED, " ").replace("\x00", " ")
    return " ".join(words.split())[:LONGEST_WORDS]
