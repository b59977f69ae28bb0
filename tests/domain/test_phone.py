"""Telephone numbers as carriers and people write them. Facts: `docs/field.md`, numbers and hidden callers."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.phone import NotAPhoneNumber, NumberKind, PhoneNumber

WORDS = ["anonymous", "Restricted", "UNAVAILABLE", "unknown", "private", "blocked", "", "  "]
DIGITS = ["266696687", "7378742833", "2562533", "8656696", "86282452253"]

# As printed in Den samlede danske nummerplan (sdfi.dk).
PLAN = (
    "2 30 31 40 41 42 50 51 52 53 60 61 71 81 91 92 93 342 344-349 356-357 359 362 365-366 389 398 431 441 462 466 468 "
    "472 474 476 478 485-486 488-489 493-496 498-499 542-543 545 551-552 556 571-574 577 579 584 586-587 589 597-598 627 "
    "629 641 649 658 662-665 667 692-694 697 771-772 782-783 785-786 788-789 826-827 829"
)


def in_plan() -> set[str]:
    """The first three digits of every number that the plan sets apart mainly for mobiles."""
    series: set[str] = set()
    for part in PLAN.split():
        first, _, last = part.partition("-")
        for number in range(int(first), int(last or first) + 1):
            tail = 3 - len(str(number))
            series |= {f"{number}{rest:0{tail}d}" if tail else str(number) for rest in range(10**tail)}
    return series


@pytest.mark.parametrize("presented", [*WORDS, *DIGITS, *("+" + digits for digits in DIGITS)])
def test_a_withheld_number_is_nobodys_number(presented):
    assert PhoneNumber.of_caller(presented) is None


@pytest.mark.parametrize(
    "presented", ["client:ali", "sip:+4572001234@pbx.dk", "112", "1813", "+45", "+4572001", "ukendt", "①"]
)
def test_what_is_no_number_is_nobodys_number(presented):
    assert PhoneNumber.of_caller(presented) is None


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("72001234", "+4572001234"),
        ("72 00 12 34", "+4572001234"),
        ("+45 72-00-12-34", "+4572001234"),
        ("0045 72001234", "+4572001234"),
        ("4572001234", "+4572001234"),
        ("+46701234567", "+46701234567"),
        ("+4915112345678", "+4915112345678"),
        ("+49 30 901820", "+4930901820"),
        ("+47 22 12 34 56", "+4722123456"),
        ("+298 212345", "+298212345"),
        ("+299 221234", "+299221234"),
        ("+45371234567890", "+45371234567890"),
        ("0045 3712 3456 7890", "+45371234567890"),
    ],
)
def test_a_number_is_kept_in_international_form(written, e164):
    assert PhoneNumber.parse(written) == PhoneNumber(e164)
    assert PhoneNumber.of_caller(written) == PhoneNumber(e164)


@pytest.mark.parametrize("number", ["20012345", "72001234"])
def test_no_caller_is_refused_because_the_tables_lag_behind_the_plan(number):
    assert not phonenumbers.is_valid_number(phonenumbers.parse(number, "DK"))
    assert PhoneNumber.of_caller(number) == PhoneNumber("+45" + number)


@pytest.mark.parametrize("written", ["hest", "7200", "+4572001234;ext=3", "72001234x", "1-800-FLOWERS", "112"])
def test_what_cannot_be_a_number_is_refused_with_an_example(written):
    with pytest.raises(NotAPhoneNumber, match=r"\+4572001234"):
        PhoneNumber.parse(written)


def test_the_mobile_series_are_those_of_the_plan():
    ours = {
        f"{series:03}" for series in range(200, 900) if PhoneNumber(f"+45{series:03}00000").kind is NumberKind.MOBILE
    }
    tables = {
        f"{series:03}"
        for series in range(200, 900)
        if phonenumbers.number_type(phonenumbers.parse(f"+45{series:03}00000")) == phonenumbers.PhoneNumberType.MOBILE
    }

    assert ours == {series for series in in_plan() if series < "900"} | tables
    assert all(PhoneNumber(f"+45{series}00000").kind is NumberKind.MOBILE for series in ("910", "929", "939"))


@pytest.mark.parametrize(
    ("number", "kind", "may_receive_text", "may_be_called"),
    [
        ("+4520123456", NumberKind.MOBILE, True, True),
        ("+4534212345", NumberKind.MOBILE, True, True),
        ("+4582912345", NumberKind.MOBILE, True, True),
        ("+4572001234", NumberKind.LANDLINE_OR_MOBILE, False, True),
        ("+4533661234", NumberKind.LANDLINE_OR_MOBILE, False, True),
        ("+4580123456", NumberKind.LANDLINE_OR_MOBILE, False, True),
        ("+4590123456", NumberKind.PREMIUM, False, False),
        ("+45371234567890", NumberKind.MACHINE, False, False),
        ("+46701234567", NumberKind.MOBILE, True, True),
        ("+4930901820", NumberKind.LANDLINE_OR_MOBILE, False, True),
    ],
)
def test_what_may_be_done_with_a_number(number, kind, may_receive_text, may_be_called):
    phone = PhoneNumber(number)

    assert (phone.kind, phone.may_receive_text, phone.may_be_called) == (kind, may_receive_text, may_be_called)
    assert phone.is_premium is (kind is NumberKind.PREMIUM)


def test_numbers_are_shown_in_pairs_and_hidden_in_logs():
    assert PhoneNumber("+4572001234").shown() == "72 00 12 34"
    assert PhoneNumber("+46701234567").shown() == "+46 70 123 45 67"
    assert PhoneNumber("+4572001234").masked() == "+45…34"


def test_a_pseudonym_is_the_same_for_the_same_number_and_secret_only():
    number = PhoneNumber("+4572001234")

    assert number.pseudonym("s") == number.pseudonym("s")
    assert len({number.pseudonym("s"), number.pseudonym("t"), PhoneNumber("+4572001235").pseudonym("s")}) == 3
    assert "72001234" not in number.pseudonym("s")


@given(st.text(max_size=40) | st.from_regex(r"\+?[0-9 ]{3,16}", fullmatch=True))
def test_whatever_a_carrier_presents_is_a_number_or_none(presented):
    number = PhoneNumber.of_caller(presented)

    assert number is None or PhoneNumber.parse(number.e164) == number
