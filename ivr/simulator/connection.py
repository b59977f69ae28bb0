"""How the carrier connects to an address, and what the fragment of the address overrides.

The fragment itself is neither sent nor signed. Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides;
the errors from twilio.com/docs/api/errors/11243 and …/11100. What happens with a number out of range is not documented:
here it is an error, so that nobody relies on it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

from ivr.simulator.problems import INVALID_RETRY_POLICY, INVALID_URL, UnusableError

FAILURES = frozenset(["ct", "rt", "4xx", "5xx"])
"""What may go wrong in an attempt: no connection, no answer in time, and the two kinds of refusal."""
RANGES = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
"""The least and the most of each number: milliseconds, and retries."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """The time that an attempt and all attempts together may take, how often to try again and after which failures."""

    connect_seconds: float = 5
    read_seconds: float = 15
    total_seconds: float = 15
    retries: int = 1
    retried: frozenset[str] = frozenset(["ct"])


def split(address: str) -> tuple[str, Connection]:
    """The address as it is called and signed, and how to connect to it. Raises `UnusableError` for a bad override."""
    url, fragment = urldefrag(address)
    given = dict(parse_qsl(fragment, keep_blank_values=True))
    numbers = {name: _number(name, given[name], url) for name in RANGES if name in given}
    default = Connection()
    return url, Connection(
        connect_seconds=numbers.get("ct", default.connect_seconds * 1000) / 1000,
        read_seconds=numbers.get("rt", default.read_seconds * 1000) / 1000,
        total_seconds=numbers.get("tt", default.total_seconds * 1000) / 1000,
        retries=numbers.get("rc", default.retries),
        retried=_policy(given["rp"], url) if "rp" in given else default.retried,
    )


def _number(name: str, value: str, url: str) -> int:
    least, most = RANGES[name]
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise UnusableError(INVALID_URL, f"#{name}={value}: a whole number from {least} to {most}", url)
    return int(value)


def _policy(value: str, url: str) -> frozenset[str]:
    wanted = frozenset(value.split(","))
    unknown = wanted - FAILURES - {"all"}
    if unknown:
        known = ", ".join(sorted(FAILURES))
        raise UnusableError(INVALID_RETRY_POLICY, f"#rp={value}: one or more of {known}, or all", url)
    return FAILURES if "all" in wanted else wanted
