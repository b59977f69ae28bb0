"""Our numbers at the carrier: which addresses each calls, and what happens when this machine does not answer.

Retry settings are written into the addresses as fragments, which the carrier neither sends nor signs
(twilio.com/docs/usage/webhooks/webhooks-connection-overrides): `ct` and `rt` are the time-outs for connecting and reading
in ms, `tt` the time for all attempts, `rc` how often to try again, `rp` after which failures.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from twilio.rest import Client

from ivr.adapters.carrier.wire import Wire, asking
from ivr.domain.phone import PhoneNumber

DOCUMENT_OVERRIDES = "ct=2000&rt=5000&tt=12000&rc=1&rp=all"
"""For a caller who listens to silence meanwhile: two attempts in 12 s, then the fallback (the carrier's limit is 15 s).

Repeating is safe: every request of ours may come twice.
"""
CALLBACK_OVERRIDES = "ct=2000&rt=5000&tt=15000&rc=3&rp=all"
"""For reports that nobody waits for: they are worth more attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSetup:
    """The addresses that a number calls, retry settings included."""

    voice_url: str
    voice_fallback_url: str
    status_callback: str
    sms_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OurNumber:
    """A number of the account, and how it is set up now."""

    number_id: str
    number: PhoneNumber
    setup: NumberSetup


def wanted(public_url: str, fallback_url: str) -> NumberSetup:
    """How a number should be set up."""
    base = public_url.rstrip("/")
    return NumberSetup(
        voice_url=f"{base}/voice/incoming#{DOCUMENT_OVERRIDES}",
        voice_fallback_url=fallback_url,
        status_callback=f"{base}/voice/status#{CALLBACK_OVERRIDES}",
        sms_url=f"{base}/sms/incoming#{CALLBACK_OVERRIDES}",
    )


def differences(number: OurNumber, setup: NumberSetup) -> tuple[str, ...]:
    """What is not set up as wanted: the names of the fields."""
    return tuple(name for name in NumberSetup.__slots__ if getattr(number.setup, name) != getattr(setup, name))


def without_overrides(address: str) -> str:
    """The address as the carrier really calls it."""
    return urldefrag(address).url


class Numbers:
    """The numbers of an account. Raises the outcomes of `outcomes.py`."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str | None = None) -> None:
        self._client = Client(account_sid, auth_token, http_client=Wire(api_url))

    def all(self) -> tuple[OurNumber, ...]:
        """Every number of the account."""
        with asking():
            return tuple(_our_number(found) for found in self._client.incoming_phone_numbers.list(limit=1000))

    def configure(self, number_id: str, setup: NumberSetup) -> OurNumber:
        """Write the addresses to the number; returns what the carrier says they are now. Repeatable."""
        with asking():
            found = self._client.incoming_phone_numbers(number_id).update(
                voice_url=setup.voice_url,
                voice_method="POST",
                voice_fallback_url=setup.voice_fallback_url,
                voice_fallback_method="GET",  # a static document: whoever hosts it need not take a POST
                status_callback=setup.status_callback,
                status_callback_method="POST",
                sms_url=setup.sms_url,
                sms_method="POST",
            )
            return _our_number(found)


def _our_number(found: Any) -> OurNumber:
    return OurNumber(
        number_id=found.sid,
        number=PhoneNumber.parse(found.phone_number),
        setup=NumberSetup(
            voice_url=found.voice_url or "",
            voice_fallback_url=found.voice_fallback_url or "",
            status_callback=found.status_callback or "",
            sms_url=found.sms_url or "",
        ),
    )
