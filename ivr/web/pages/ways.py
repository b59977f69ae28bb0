"""Small ways that pages share: back to where somebody came from, and fragments for the live parts."""

from datetime import datetime

from flask import Response, make_response, request

FRAGMENT_HEADER = "X-Fragment"


def back_to(address: str | None, otherwise: str = "/") -> str:
    """An address on this site, or `otherwise`: a link must not lead a signed-in person elsewhere."""
    if address and address.startswith("/") and not address.startswith("//") and "\\" not in address:
        return address
    return otherwise


def wants_fragment() -> bool:
    """Whether our own script asks, which patches the page; else a browser shows what we answer."""
    return FRAGMENT_HEADER in request.headers


def fragment(html: str, version: str, as_of: datetime) -> Response:
    """The live part, with the version and the moment that it shows."""
    return stamped(make_response(html), version, as_of)


def unchanged(version: str, as_of: datetime) -> Response:
    """204: what the page shows still holds, as of now."""
    return stamped(Response(status=204), version, as_of)


def stamped(response: Response, version: str, as_of: datetime) -> Response:
    response.headers["X-Version"] = version
    response.headers["X-As-Of"] = as_of.isoformat(timespec="milliseconds")
    return response
