"""Danish is the source of every page, English stands beside it: the reader's choice is kept in a cookie.

The catalogue is compiled from its `.po` file when the application starts, in memory: nobody has to remember a step.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel, Domain
from flask_babel import get_locale as chosen_locale
from werkzeug.wrappers import Response

from ivr.web.pages.ways import back_to

SOURCE = "da"
LANGUAGES = {"da": "Dansk", "en": "English"}
_COOKIE = "ivr_language"
_YEAR_SECONDS = 365 * 24 * 3600
_FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """The page texts of a language; Danish needs none."""
    source = _FOLDER / language / "LC_MESSAGES" / "messages.po"
    if language == SOURCE or not source.exists():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as texts:
        write_mo(compiled, read_po(texts, locale=language))
    compiled.seek(0)
    return Translations(compiled)


class CompiledHere(Domain):
    """A Flask-Babel domain whose catalogues are those compiled above."""

    def get_translations(self) -> NullTranslations:
        locale = chosen_locale()
        return catalogue(locale.language if locale is not None else SOURCE)


def reader_language() -> str:
    """The choice in the cookie; a citizen who follows a link has made none, and is shown what the browser prefers."""
    chosen = request.cookies.get(_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    if request.path.startswith("/l/"):
        return request.accept_languages.best_match(LANGUAGES) or SOURCE
    return SOURCE


def install(app: Flask) -> None:
    Babel(app, default_locale=SOURCE, locale_selector=reader_language)
    domain = CompiledHere()
    app.before_request(domain.as_default)
    app.context_processor(lambda: {"languages": LANGUAGES})
    for language in LANGUAGES:
        catalogue(language)


def blueprint() -> Blueprint:
    pages = Blueprint("languages", __name__)

    @pages.get("/language/<language>")
    def choose(language: str) -> Response:
        response = redirect(back_to(request.args.get("next")))
        if language in LANGUAGES:
            response.set_cookie(
                _COOKIE, language, max_age=_YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
            )
        return response

    return pages
