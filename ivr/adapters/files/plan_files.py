"""The files that a dial plan is compiled from, as texts by name; and the last good plan, kept for hard times."""

import json
from importlib.resources import files
from pathlib import Path

PROMPTS = Path(str(files("ivr").joinpath("prompts")))

ROUTES_NAME = "routes.yaml"


def read_sources(routes: Path, grammars: Path) -> dict[str, str]:
    """`routes.yaml`, `prompts/<language>.yaml` and `grammars/<language>/<file>.yaml`, each with its text.

    Bytes that are no UTF-8 become U+FFFD, which no check lets pass. Raises OSError where `routes` cannot be read.
    """
    found = {ROUTES_NAME: _text(routes)}
    for path in sorted(PROMPTS.glob("*.yaml")):
        found[f"prompts/{path.name}"] = _text(path)
    for path in sorted(grammars.glob("*/*.yaml")):
        found[f"grammars/{path.parent.name}/{path.name}"] = _text(path)
    return found


def keep_last_good(folder: Path, sources: dict[str, str]) -> None:
    """Write the texts of a plan that was taken, so that a caller can be put through while the store is away."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "last-good-plan.json.new"
    draft.write_text(json.dumps(sources, ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / "last-good-plan.json")


def last_good(folder: Path) -> dict[str, str] | None:
    """The texts of the last plan that was taken; None before the first one."""
    try:
        sources: dict[str, str] = json.loads((folder / "last-good-plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return sources


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")
