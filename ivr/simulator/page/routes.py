"""The phone page: a telephone in the browser, for a citizen or (`?number=`) for an agent's phone."""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from flask import Blueprint, Response, redirect, render_template, request, url_for

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

KEYS = (
    ("1", ""), ("2", "ABC"), ("3", "DEF"), ("4", "GHI"), ("5", "JKL"), ("6", "MNO"),
    ("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"), ("*", ""), ("0", "+"), ("#", ""),
)  # fmt: skip
POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def routes(carrier: "Carrier", citizens: tuple[Any, ...], agents: tuple[Any, ...]) -> Blueprint:
    bp = Blueprint(
        "phone_page", __name__, template_folder="templates", static_folder="static", static_url_path="/phone/static"
    )
    bp.add_app_template_filter(grouped)
    names = {person.number: person.name for person in (*citizens, *agents)}

    @bp.get("/")
    def front():
        return redirect(url_for("phone_page.phone"))

    @bp.get("/phone")
    def phone():
        language = "en" if request.args.get("lang") == "en" else "da"
        number = request.args.get("number", "").replace(" ", "+", 1)  # an unescaped + in an address is a space
        return render_template(
            "phone.html",
            t=texts()[language],
            language=language,
            number=number,
            owner=names.get(number, ""),
            citizens=citizens,
            names=names,
            numbers=sorted(carrier.numbers),
            keys=KEYS,
        )

    @bp.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return bp


def grouped(number: str) -> str:
    """A Danish number in pairs, as people read it; any other as it is."""
    return re.sub(r"^(\+45)(\d\d)(\d\d)(\d\d)(\d\d)$", r"\1 \2 \3 \4 \5", number)


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Everything the page says, by language."""
    return yaml.safe_load(files("ivr.simulator.page").joinpath("texts.yaml").read_text(encoding="utf-8"))
