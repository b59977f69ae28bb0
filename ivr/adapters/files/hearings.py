"""What was learnt from grammars, kept in a folder under the name of the grammar that it was learnt from.

Learning takes seconds and gives the same every time: a file that is lost or spoilt is made anew, and none is ever out of
date, since another grammar has another name. Processes that start together learn once: the others wait for the first.
"""

import fcntl
import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from ivr.domain.language import Language
from ivr.domain.speech.grammar import read_grammars
from ivr.domain.speech.hearing import Hearing, learnt

_NAME_LENGTH = 16
_DIGEST_BYTES = 32  # of SHA-256, before what was learnt
_KEPT_PER_LANGUAGE = 3  # calls that are under way may need the grammar before the last

log = structlog.get_logger()


def of_sources(folder: Path, sources: Mapping[str, str]) -> dict[Language, Hearing]:
    """What the grammars of `sources` (texts by name: `da/byg.yaml`) teach, kept in `folder` from now on.

    Raises `BadGrammar` with every problem of the grammars that have not been learnt before.
    """
    names = {language: _name(language, texts) for language, texts in _by_language(sources).items()}
    found = {language: _kept(folder, name) for language, name in names.items()}
    missing = [language for language, hearing in found.items() if hearing is None]
    if missing:
        with _alone(folder):
            found |= {language: _kept(folder, names[language]) for language in missing}
            unknown = {
                name: text
                for language, texts in _by_language(sources).items()
                if found[language] is None
                for name, text in texts.items()
            }
            for language, grammar in read_grammars(unknown).items():
                found[language] = hearing = learnt(grammar)
                _keep(folder, names[language], hearing)
    _leave_to_itself()
    return {language: hearing for language, hearing in found.items() if hearing is not None}


def are_known(folder: Path, sources: Mapping[str, str]) -> bool:
    """Whether all of it was learnt before."""
    names = (_name(language, texts) for language, texts in _by_language(sources).items())
    return all((folder / f"{name}.ear").exists() for name in names)


def _leave_to_itself() -> None:
    """Keeps the collector of garbage from walking what was learnt: each time it would hold all threads up for 50 ms."""
    gc.collect()
    gc.freeze()


def _by_language(sources: Mapping[str, str]) -> dict[Language, dict[str, str]]:
    found: dict[Language, dict[str, str]] = {}
    for name in sorted(sources):
        folders = name.split("/")[:-1]
        found.setdefault(Language(folders[-1] if folders else ""), {})[name] = sources[name]
    return found


def _name(language: Language, texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(_VERSION.encode())
    for name, text in texts.items():
        digest.update(f"{name.split('/')[-1]}\0{text}\0".encode())
    return f"{language}-{digest.hexdigest()[:_NAME_LENGTH]}"


_VERSION = "5"
"""Of the way in which is learnt. Whoever changes it counts on."""


def _kept(folder: Path, name: str) -> Hearing | None:
    try:
        kept = (folder / f"{name}.ear").read_bytes()
        # A spoilt file must not get as far as the libraries that read it: they fail in too many ways.
        digest, content = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            raise ValueError(f"{name}.ear is not as it was written.")
        return Hearing.loaded(content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("hearing_unreadable", name=name, error=type(error).__name__)
        return None


def _keep(folder: Path, name: str, hearing: Hearing) -> None:
    """Everything goes on where it cannot be kept; the next process learns it again."""
    draft = folder / f"{name}.new"
    content = hearing.dumped()
    try:
        draft.write_bytes(hashlib.sha256(content).digest() + content)
        draft.replace(folder / f"{name}.ear")
        kept = sorted(folder.glob(f"{hearing.grammar.language}-*.ear"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT_PER_LANGUAGE]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("hearing_not_kept", folder=str(folder), error=type(error).__name__)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "learning.lock").open("w")
    except OSError as error:
        log.warning("hearing_not_kept", folder=str(folder), error=type(error).__name__)
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
