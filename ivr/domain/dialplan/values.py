"""The kinds of single values in `routes.yaml`: numbers, days, phone numbers, texts in every language, names of others."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

import holidays

from ivr.domain.dialplan import document
from ivr.domain.dialplan.problem import nearest, quoted
from ivr.domain.dialplan.shapes import Item, Malformed, Place, Plain
from ivr.domain.language import Language
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text in every language of the installation. `check` raises `Malformed` for one that cannot be spoken or sent."""

    example: str = '{da: "…", en: "…"}'
    check: Callable[[str], None] = lambda text: None

    def read(self, node: document.Node, place: Place) -> Item | None:
        spoken = place.known.languages
        if not isinstance(node, document.Mapping):
            place.report.error(
                node.mark, f"{place} should have a text in each language.", f"Write {place.key}: {self.example}"
            )
            return None
        texts: dict[Language, str] = {}
        for entry in node.entries:
            if entry.key not in spoken:
                text = f'{place} has a text in "{entry.key}", which is not among the languages.'
                place.report.error(entry.mark, text, nearest(entry.key, spoken, spoken))
            elif entry.key in texts:
                place.report.error(entry.mark, f'{place} has two texts in "{entry.key}".', "Remove one of them.")
            else:
                texts[Language(entry.key)] = self._text(entry, place)
        for language in spoken:
            if language not in texts:
                hint = f'Add {language}: "…" or take {language} out of the languages.'
                place.report.error(place.mark, f'{place} has no text in "{language}".', hint)
        return Item(value=texts, mark=node.mark, key_mark=place.mark)

    def _text(self, entry: document.Entry, place: Place) -> str:
        node = entry.value
        if not isinstance(node, document.Scalar) or not (node.text or "").strip():
            place.report.error(node.mark, f'{place} has no words in "{entry.key}".', "Write a sentence.")
            return ""
        text = " ".join((node.text or "").split())
        try:
            self.check(text)
        except Malformed as error:
            place.report.error(node.mark, f'{place} in "{entry.key}" {error.text}', error.hint)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The name of something defined in `section`. `says` is the verb of the problem: `sends callers to group`."""

    section: str
    says: str
    example: str = ""

    def read(self, node: document.Node, place: Place) -> Item | None:
        name = node.text if isinstance(node, document.Scalar) else None
        if name is None:
            place.report.unresolved.add(self.section)
            place.report.error(node.mark, f"{place} should be a name from {self.section}.")
            return None
        known = place.known.names.get(self.section, {})
        if name not in known:
            place.report.unresolved.add(self.section)
            text = f'{place.subject} {self.says} "{name}", which is not defined.'
            place.report.error(node.mark, text, nearest(name, known, known) or f"Define it under {self.section}.")
            return None
        return Item(value=name, mark=node.mark, key_mark=place.mark)


def whole(low: int, high: int, example: int) -> Plain:
    return Plain(
        expected=f"a whole number from {low} to {high}",
        example=str(example),
        convert=lambda text: int(_between(int(text), low, high)),
    )


def decimal(low: float, high: float, example: float) -> Plain:
    return Plain(
        expected=f"a number from {low:g} to {high:g}",
        example=str(example),
        convert=lambda text: _between(float(text), low, high),
    )


def seconds(low: int, high: int, example: int) -> Plain:
    return _duration(low, high, example, "seconds", timedelta(seconds=1))


def minutes(low: int, high: int, example: int) -> Plain:
    return _duration(low, high, example, "minutes", timedelta(minutes=1))


def hours(low: int, high: int, example: int) -> Plain:
    return _duration(low, high, example, "hours", timedelta(hours=1))


def choice(*words: str) -> Plain:
    def convert(text: str) -> str:
        if text not in words:
            raise Malformed(f'is "{text}", which is not known.', hint=nearest(text, words))
        return text

    return Plain(expected=f"one of {quoted(words)}", example=words[0], convert=convert)


def spelled(pattern: str, expected: str, example: str) -> Plain:
    rule = re.compile(pattern)

    def convert(text: str) -> str:
        if not rule.fullmatch(text):
            raise ValueError(text)
        return text

    return Plain(expected=expected, example=example, convert=convert)


def parse_flag(text: str) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def parse_phone(text: str) -> PhoneNumber:
    """A number in full, with country code; one that costs the caller extra is refused."""
    try:
        number = PhoneNumber.parse(text)
    except NotAPhoneNumber:
        raise Malformed(f'is "{text}", which is not a telephone number.', hint='Write it as "+4572001234".') from None
    if number.e164 != text:
        raise Malformed(f'is "{text}", which lacks its full form.', hint=f'Write "{number.e164}".')
    if number.is_premium:
        raise Malformed(f'is "{text}", a premium-rate number.', hint="Give a number of the ordinary rate.")
    return number


def parse_country(text: str) -> str:
    countries = holidays.list_supported_countries()
    if text not in countries:
        raise Malformed(
            f'is "{text}", a country whose holidays are not known.', hint="Write, for example, DK, or null for none."
        )
    return text


def check_link(text: str) -> None:
    """Only https: the link goes out in a public authority's name."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or " " in text:
        raise Malformed(f'is "{text}", which is not an https address.', hint="Write https://…")


def check_answer(text: str) -> None:
    """An answer is heard once and remembered, or it is not: two sentences and 320 characters at most."""
    # A sentence ends where the next begins with a capital: "kl. 9" and "borger.dk" go on.
    sentences = len(re.findall(r"[.!?]+(?=\s+[\"'»(]?[A-ZÆØÅÄÖÜ]|\s*$)", text)) or 1
    if sentences > 2:
        raise Malformed(f"has {sentences} sentences.", hint="Keep what a caller can act on, in two.")
    if len(text) > 320:
        raise Malformed(f"has {len(text)} characters.", hint="Keep it within 320: about twenty seconds of speech.")


FLAG = Plain(expected="true or false", example="true", convert=parse_flag)
DAY = Plain(expected="a day of the calendar", example="2026-12-24", convert=date.fromisoformat)
PHONE = Plain(expected="a telephone number", example='"+4572001299"', convert=parse_phone)


def _duration(low: int, high: int, example: int, unit: str, step: timedelta) -> Plain:
    return Plain(
        expected=f"{low} to {high} {unit}",
        example=str(example),
        convert=lambda text: int(_between(int(text), low, high)) * step,
    )


def _between(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise ValueError(value)
    return value
