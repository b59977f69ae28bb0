"""Where the models of languages lie, and what keeps one from being used, as far as can be seen without reading it.

A model is a folder as Vosk's makers publish them. Those that decode with a graph built at run time ("small" models) listen
for given phrases; one with a finished graph listens for its own language as a whole. Source: alphacephei.com/vosk/lm,
github.com/alphacep/vosk-api (src/model.cc, the files of a model).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ivr.domain.errors import IvrError
from ivr.domain.language import Language

WHERE_FROM = "docs/operations.md, listening, tells where models come from and how the folder looks."

_SOUND_MODEL = ("am/final.mdl", "final.mdl")
_FEATURES = ("conf/mfcc.conf", "mfcc.conf")
_RUNTIME_GRAPH = ("graph/HCLr.fst", "HCLr.fst")
_FINISHED_GRAPH = ("graph/HCLG.fst", "HCLG.fst")
_RUNTIME_WORDS = ("graph/Gr.fst", "Gr.fst")
_GRAPH_BEGINS = (2125659606).to_bytes(4, "little")
"""The magic number of OpenFst's files. Source: openfst.org, fst/fst.h (kFstMagicNumber)."""


class NoModel(IvrError):
    """A language is to be heard by Vosk, and its model is missing or cannot be read."""

    code = "no_model"


def must_be_there(folder: Path | None, languages: Sequence[Language]) -> None:
    """Raises `NoModel` with everything that keeps these languages from being heard."""
    problems = missing(folder, languages)
    if problems:
        raise NoModel("\n".join(problems), hint=WHERE_FROM)


def missing(folder: Path | None, languages: Sequence[Language]) -> tuple[str, ...]:
    """What keeps these languages from being heard, as far as can be seen without reading their models."""
    if folder is None:
        return tuple(f'"{language}" is to be heard by vosk, but IVR_VOSK_MODELS is not set.' for language in languages)
    problems = (_problem(folder / language) for language in languages)
    return tuple(
        f'The vosk model of "{language}": {text}' for language, text in zip(languages, problems, strict=True) if text
    )


def _problem(folder: Path) -> str | None:
    if not folder.is_dir():
        return f"there is no folder {folder}."
    for kinds in (_SOUND_MODEL, _FEATURES, (*_RUNTIME_GRAPH, *_FINISHED_GRAPH)):
        if _first(folder, kinds) is None:
            return f"{folder} holds no {kinds[0]}; is it the unpacked model itself?"
    # The library reads a broken graph without a word, and falls over it in the first call.
    graphs = (_first(folder, kinds) for kinds in (_RUNTIME_GRAPH, _RUNTIME_WORDS, _FINISHED_GRAPH))
    broken = next((graph for graph in graphs if graph is not None and not _begins_as_graph(graph)), None)
    return f"{broken} is damaged." if broken is not None else None


def _begins_as_graph(file: Path) -> bool:
    with file.open("rb") as graph:
        return graph.read(len(_GRAPH_BEGINS)) == _GRAPH_BEGINS


def _first(folder: Path, names: Iterable[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def takes_phrases(folder: Path) -> bool:
    """Whether the model in this folder can be told what to expect."""
    return _first(folder, _RUNTIME_GRAPH) is not None
