"""Telephone numbers: inside the engine a number is never text.

A caller's number is a hint, never an identity. Withheld numbers arrive as words or as digits that spell those words on
a keypad, and `phonenumbers` would read some of them as foreign numbers, so they are looked for before anything is parsed
(`docs/field.md`, hidden callers).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from ivr.domain.errors import IvrError

_WITHHELD_WORDS = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked"})
_WITHHELD_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})

# Series that are mainly mobile. Numbers are portable, so a prefix is a guess that the delivery report corrects.
# Source: Den samlede danske nummerplan (sdfi.dk; the authority is now Energistyrelsen, ens.dk).
_MOBILE_SERIES = re.compile(
    "2|3[01]|4[0-2]|5[0-3]|6[01]|71|81|9[1-3]"
    "|34[24-9]|35[679]|36[256]|389|398|431|441|46[268]|47[2468]|48[5689]|49[3-689]|54[235]|55[126]|57[1-479]|58[4679]"
    "|59[78]|62[79]|64[19]|658|66[2-57]|69[2-47]|77[12]|78[235689]|82[679]"
)

# Numbers of machines (SIM cards of lifts, alarms, meters) have 12 digits, which `phonenumbers` thinks too long.
_DANISH_MACHINE = re.compile(r"(?:\+|00)45([0-9]{12})")
_WRITTEN_NUMBER = re.compile(r"(?:\+|\()?[0-9][0-9\s().\-/\u00a0]*")
_SEPARATORS = re.compile(r"[\s().\-/\u00a0]")


class NumberKind(StrEnum):
    """What may be done with a number."""

    MOBILE = "mobile"
    LANDLINE_OR_MOBILE = "landline_or_mobile"
    PREMIUM = "premium"  # costs whoever calls it
    MACHINE = "machine"  # 12 digits: nobody there to read or to answer


class NotAPhoneNumber(IvrError):
    """The text cannot be a telephone number."""

    code = "not_a_phone_number"


@dataclass(frozen=True, slots=True, order=True)
class PhoneNumber:
    """A number in E.164 form, such as `+4572001234`."""

    e164: str

    @classmethod
    def parse(cls, text: str, *, region: str = "DK") -> "PhoneNumber":
        """The number that `text` means when dialled in `region`. Raises `NotAPhoneNumber`.

        Possible numbers are taken even when the number tables call them invalid: the tables lag behind the plan. Short
        numbers (112, 1813) are none: they have no international form, and nothing may be sent or put through to them.
        """
        written = text.strip()
        if not _WRITTEN_NUMBER.fullmatch(written):
            raise NotAPhoneNumber(f"{text!r} is not a telephone number.", hint="Write it as +4572001234.")
        if machine := _DANISH_MACHINE.fullmatch(_SEPARATORS.sub("", written)):
            return cls("+45" + machine[1])
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            raise NotAPhoneNumber(f"{text!r} is not a telephone number.", hint="Write it as +4572001234.") from None
        if not phonenumbers.is_possible_number(number):
            raise NotAPhoneNumber(f"{text!r} has the wrong length for a telephone number.", hint="Write +4572001234.")
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @classmethod
    def of_caller(cls, text: str) -> "PhoneNumber | None":
        """The number a carrier presents for a caller, or None where it is withheld or is no number at all."""
        bare = text.strip().lower()
        if bare in _WITHHELD_WORDS or bare.removeprefix("+") in _WITHHELD_DIGITS:
            return None
        try:
            return cls.parse(text)
        except NotAPhoneNumber:
            return None

    @property
    def kind(self) -> NumberKind:
        """A guess from the number plan: numbers are portable, and most foreign mobiles are not told from landlines."""
        danish = self.e164.removeprefix("+45") if self.e164.startswith("+45") else None
        if danish is not None and len(danish) == 12:
            return NumberKind.MACHINE
        if danish is not None and danish.startswith("90"):
            return NumberKind.PREMIUM
        if danish is not None and _MOBILE_SERIES.match(danish):
            return NumberKind.MOBILE
        if phonenumbers.number_type(phonenumbers.parse(self.e164)) == phonenumbers.PhoneNumberType.MOBILE:
            return NumberKind.MOBILE
        return NumberKind.LANDLINE_OR_MOBILE

    @property
    def may_receive_text(self) -> bool:
        """True where the plan says mobile. Otherwise the caller is asked for a mobile number."""
        return self.kind is NumberKind.MOBILE

    @property
    def is_premium(self) -> bool:
        """Numbers that cost whoever calls them (Danish 90xxxxxx): never called, never sent a message."""
        return self.kind is NumberKind.PREMIUM

    @property
    def may_be_called(self) -> bool:
        """Whether somebody may be there whom a call does not cost extra."""
        return self.kind not in (NumberKind.PREMIUM, NumberKind.MACHINE)

    def shown(self) -> str:
        """As people write it: Danish numbers in pairs, `72 00 12 34`, foreign ones in international form."""
        digits = self.e164[3:]
        if self.e164.startswith("+45") and len(digits) in (8, 12):
            return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2))
        return phonenumbers.format_number(phonenumbers.parse(self.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def masked(self) -> str:
        """Safe in a log: the country and the last two digits."""
        return f"{self.e164[:3]}…{self.e164[-2:]}"

    def pseudonym(self, secret: str) -> str:
        """The same for the same number, and nothing that leads back to it without `secret`."""
        return hmac.new(secret.encode(), self.e164.encode(), hashlib.sha256).hexdigest()[:24]
