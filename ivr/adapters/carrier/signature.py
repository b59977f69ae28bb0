"""Whether a request really comes from the carrier.

The carrier signs the address it called and the form it sent. Behind a proxy the address that we see is not the one that
it called, so the caller of `signed` builds it from `IVR_PUBLIC_URL`. Source: twilio.com/docs/usage/security.
"""

import hmac
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator

_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}


def called_address(public_url: str, path: str, query: str = "") -> str:
    """The address as the carrier called it: `public_url`, the path and the query, both exactly as they were sent."""
    address = public_url.rstrip("/") + path
    return f"{address}?{query}" if query else address


def signed(url: str, form: Mapping[str, str], header: str, auth_token: str) -> bool:
    """Whether `header` (X-Twilio-Signature) is the carrier's signature of `url` and `form` under `auth_token`.

    `form` is a dictionary or a werkzeug MultiDict; repeated keys and empty fields are signed too. The carrier signs some
    addresses with their port and some without, so both count. An empty header or token is never a signature.
    """
    if not header or not auth_token:
        return False
    validator = _validator(auth_token)
    return any(_same(validator.compute_signature(variant, form), header) for variant in _port_variants(url))


def _same(computed: str, header: str) -> bool:
    return hmac.compare_digest(computed.encode(), header.encode(errors="replace"))


@lru_cache(maxsize=8)
def _validator(auth_token: str) -> RequestValidator:
    return RequestValidator(auth_token)


def _port_variants(url: str) -> Iterator[str]:
    """The address as written, then with its port left out, or with the scheme's own port put in."""
    yield url
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return
    with_port = f"{parts.netloc}:{_PORTS.get(parts.scheme, 80)}"
    netloc = with_port if port is None else parts.netloc.removesuffix(f":{port}")
    yield url.replace(parts.netloc, netloc, 1)
