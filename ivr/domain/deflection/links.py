"""Short links: codes that are safe to read aloud and hard to guess, and who of their visitors counts as a person.

Randomness is an argument. A click is a person's wish to read; previews and virus scanners open links too, and counting
them would turn every delivered message into a success (`docs/field.md`, clicks).
"""

import re
from collections.abc import Iterable

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0 o, 1 i l: no two characters that look or sound alike on a small screen."""

CODE_LENGTH = 8
RANDOM_BYTES = 8
"""How many random bytes a code takes: 31⁸ codes are 40 bits, and a modulus of 64 bits favours none noticeably."""

_SCANNERS = re.compile(
    # what shows a preview in a message or a chat; Apple's Messages calls itself facebookexternalhit and Twitterbot
    r"facebookexternalhit|facebot|whatsapp|slack-imgproxy|iframely|embedly|preview|pagerenderer"
    # what looks for danger before the receiver does
    r"|safelinks|proofpoint|urldefense|mimecast|barracuda|symantec|trendmicro|ironport|forcepoint|zscaler|sophos"
    r"|fortiguard|paloalto|virustotal|urlscan|cloudmark"
    # machines of any kind; Cubot is a make of telephones
    r"|(?<!cu)bot\b|crawler|spider|slurp|scanner|headless|phantomjs|curl/|wget|python-|aiohttp|httpx|okhttp"
    r"|go-http-client|java/|apache-httpclient|axios|node-fetch|libwww|guzzle|postman"
)


def code(random: bytes) -> str:
    """The code of `CODE_LENGTH` characters that these random bytes mean; at least `RANDOM_BYTES` are needed."""
    if len(random) < RANDOM_BYTES:
        raise ValueError(f"A code takes {RANDOM_BYTES} random bytes, not {len(random)}.")
    number = int.from_bytes(random, "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def is_code(text: str) -> bool:
    """Whether `text` can be a code, as it stands in an address."""
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)


def is_person(user_agent: str, *, method: str = "GET", purpose: Iterable[str] = ()) -> bool:
    """Whether a visit counts as a click: a GET of a browser that is no known previewer or scanner.

    `purpose` are the values of the headers `Purpose`, `Sec-Purpose` and `X-Moz`: browsers name prefetching there.
    """
    if method.upper() != "GET" or not user_agent.strip():
        return False
    if any("prefetch" in value.lower() or "preview" in value.lower() for value in purpose):
        return False
    return not _SCANNERS.search(user_agent.lower())
