"""Trained classifiers kept in a folder, each under the name of the grammar that it was trained from.

Training takes seconds and gives the same every time, so that a file may be lost, and is never wrong: another grammar has
another name.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ivr.domain.language import Language
from ivr.domain.speech.classifier import Classifier


def names(sources: Mapping[str, str]) -> Mapping[Language, str]:
    """The name of each language's grammar, from texts by file name (`da/byg.yaml`)."""
    digests: dict[Language, hashlib._Hash] = {}
    for name in sorted(sources):
        digest = digests.setdefault(Language(name.split("/")[-2]), hashlib.sha256())
        digest.update(f"{name}\0{sources[name]}\0".encode())
    return {language: f"{language}-{digest.hexdigest()[:16]}" for language, digest in digests.items()}


def kept(folder: Path, name: str) -> Classifier | None:
    """The classifier of a grammar; None where there is none that can be read."""
    try:
        return Classifier.loaded((folder / f"{name}.npz").read_bytes())
    except (OSError, ValueError, KeyError, EOFError):
        return None


def keep(folder: Path, name: str, classifier: Classifier) -> None:
    """Keep a classifier for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.npz.new"
    draft.write_bytes(classifier.dumped())
    draft.replace(folder / f"{name}.npz")
