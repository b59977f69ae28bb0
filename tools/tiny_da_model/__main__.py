"""The command line: `python -m tools.tiny_da_model --help`."""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tools.tiny_da_model import measure, texts
from tools.tiny_da_model.folder import Incomplete, Model
from tools.tiny_da_model.lexicon import Unpronounced
from tools.tiny_da_model.plan import NotEnough, Plan
from tools.tiny_da_model.texts import TEXTS, TextsInvalid

DONE, YOURS_TO_MEND = 0, 1
_EXAMPLE = "Example: python -m tools.tiny_da_model graph tests/data/vosk-model-tiny-da"


class NotInstalled(Exception):
    """Training needs packages that only the tool's own requirements name."""

    def __init__(self, package: str | None) -> None:
        super().__init__(f"Training needs {package}: pip install -r tools/tiny_da_model/requirements.txt")


def main(arguments: list[str] | None = None) -> int:
    """Make or measure a model; 0 when done, 1 for what the user can mend."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except (TextsInvalid, Unpronounced, Incomplete, NotEnough, NotInstalled) as error:
        print(error, file=sys.stderr)
        return YOURS_TO_MEND
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.tiny_da_model", description="Makes the small Danish model of the tests.", epilog=_EXAMPLE
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    graph = commands.add_parser("graph", help="new words: rebuild graph/ and conf/ from the texts, in half a minute")
    graph.set_defaults(run=_graph)

    train = commands.add_parser("train", help="everything from nothing, in half an hour; needs PyTorch")
    train.add_argument("--utterances", type=_positive, default=Plan().utterances, help="in each epoch (%(default)s)")
    train.add_argument("--epochs", type=_positive, default=Plan().epochs, help="(%(default)s)")
    train.add_argument("--jobs", type=_positive, default=Plan().jobs, help="processes that speak (%(default)s)")
    train.set_defaults(run=_train)

    measuring = commands.add_parser("measure", help="how often a model mishears")
    measuring.add_argument("--sentences", type=_positive, default=200, help="in each trial (%(default)s)")
    measuring.add_argument("--misheard", action="store_true", help="print every sentence that was not heard right")
    measuring.set_defaults(run=_measure)

    for command in (graph, train, measuring):
        command.add_argument("model", type=Path, help="the folder of the model")
        command.add_argument("--texts", type=Path, default=TEXTS, help="a folder of texts in place of the tool's own")
    return parser


def _graph(given: argparse.Namespace) -> None:
    Model(given.model).write_graph(texts.read(given.texts), report)


def _train(given: argparse.Namespace) -> None:
    known = texts.read(given.texts)
    plan = Plan(utterances=given.utterances, epochs=given.epochs, jobs=given.jobs)
    trained = _network().train(given.texts, plan, report)
    model = Model(given.model)
    model.write_acoustic_model(trained.layers, trained.frames)
    model.write_graph(known, report)


def _measure(given: argparse.Namespace) -> None:
    model = Model(given.model)
    model.require_graph()
    misheard = report if given.misheard else lambda _: None
    measure.measure(model.folder, texts.read(given.texts), given.sentences, report, misheard)


def _network() -> ModuleType:
    """The one module that needs more than the project itself."""
    try:
        return import_module("tools.tiny_da_model.network")
    except ModuleNotFoundError as error:
        raise NotInstalled(error.name) from error


def report(line: str) -> None:
    print(line, flush=True)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
