"""How written Danish is given to the synthesiser: abbreviations are spelt out as they are said."""

import re
from functools import cache
from pathlib import Path

import yaml

_FORMS = Path(__file__).parent / "texts" / "spoken.yaml"
_WORD = re.compile(r"[a-zæøåéü0-9]+(?:[.-][a-zæøåéü0-9]+)*", re.IGNORECASE)


def spoken(word: str) -> str:
    """What the synthesiser is given for a word: itself, unless `texts/spoken.yaml` says otherwise."""
    return _forms().get(word.lower(), word)


def spoken_text(text: str) -> str:
    """A whole text as the synthesiser is given it; punctuation stays, for it makes the pauses."""
    return _WORD.sub(lambda found: spoken(found[0]), text)


@cache
def _forms() -> dict[str, str]:
    forms: dict[str, str] = yaml.safe_load(_FORMS.read_text(encoding="utf-8"))
    return forms
