"""The folder of a model as Vosk opens it: `am/` from training, `graph/` and `conf/` from the texts.

The graph is made of sounds, so new words need no training: `write_graph` takes what `am/` has and the texts.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tools.tiny_da_model import default_grammar, fst, hmm, kaldi, lexicon, phones, word_graph
from tools.tiny_da_model.hmm import PhoneStatistics
from tools.tiny_da_model.kaldi import Layer
from tools.tiny_da_model.phones import NUMBERS, Place
from tools.tiny_da_model.texts import Texts

_SENTENCES_OF_THE_DEFAULT_GRAMMAR, _SEED = 40_000, 11
_NO_WORD = "<eps>"
_LEAST_FRAMES = 50  # of an output: for its prior

_MFCC = """\
--use-energy=false
--sample-frequency=8000
--num-mel-bins=40
--num-ceps=40
--low-freq=40
--high-freq=-200
--dither=0.0
"""
_DECODING = """\
--min-active=200
--max-active=3000
--beam=11.0
--lattice-beam=4.0
--acoustic-scale=0.4
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


class Incomplete(ValueError):
    """A folder has not what a command begins with."""

    def __init__(self, missing: Path, command: str) -> None:
        super().__init__(f"{missing} is missing: is this the folder of a model? The command {command} makes it.")


@dataclass(frozen=True, slots=True)
class Model:
    """Where the parts of a model lie."""

    folder: Path

    @property
    def acoustic(self) -> Path:
        return self.folder / "am" / "final.mdl"

    @property
    def statistics(self) -> Path:
        return self.folder / "am" / "phone_stats.json"

    @property
    def graph(self) -> Path:
        return self.folder / "graph"

    @property
    def configuration(self) -> Path:
        return self.folder / "conf"

    @property
    def word_table(self) -> Path:
        return self.graph / "words.txt"

    def words(self) -> set[str]:
        """The words that the model has now, `[unk]` among them; none where it has no graph yet."""
        if not self.word_table.exists():
            return set()
        return {line.split()[0] for line in self.word_table.read_text(encoding="utf-8").splitlines()} - {_NO_WORD}

    def require_graph(self) -> None:
        """Raises Incomplete where the model cannot be listened with yet."""
        if not self.word_table.exists():
            raise Incomplete(self.word_table, "graph")

    def write_acoustic_model(self, layers: list[Layer], frames: npt.NDArray[np.int64]) -> None:
        """The trained part. `frames`: for how many frames each output was right in training."""
        statistics = PhoneStatistics.counted(frames)
        priors = (frames + _LEAST_FRAMES) / (frames + _LEAST_FRAMES).sum()
        self.acoustic.parent.mkdir(parents=True, exist_ok=True)
        kaldi.write_acoustic_model(self.acoustic, hmm.file_states(statistics), layers, priors)
        statistics.write(self.statistics)

    def write_graph(self, texts: Texts, report: Callable[[str], None]) -> None:
        """Everything that follows from the texts.

        Raises Incomplete, and lexicon.Unpronounced; the graph is then as it was.
        """
        for needed in (self.acoustic, self.statistics):
            if not needed.exists():
                raise Incomplete(needed, "train")
        before = self.words()
        pronounced = lexicon.of(texts)
        (self.graph / "phones").mkdir(parents=True, exist_ok=True)
        built = word_graph.build(pronounced, PhoneStatistics.read(self.statistics))
        fst.write_lookahead(self.graph / "HCLr.fst", built.graph, built.reachable, built.end_label)
        chance = random.Random(_SEED)
        sentences = (texts.sentence(chance) for _ in range(_SENTENCES_OF_THE_DEFAULT_GRAMMAR))
        fst.write_acceptor(self.graph / "Gr.fst", default_grammar.build(built.words, sentences))
        self._write_tables(built.words)
        self._write_configuration()
        report(f"{len(built.words)} words, {len(built.graph.arcs)} states, {built.graph.count_arcs()} arcs")
        for word in sorted(set(built.words) - before) if before else []:
            report(f"new: {word} {_as_said(pronounced[word][0].sounds)}")

    def _write_tables(self, words: list[str]) -> None:
        """The names of the numbers in the graph."""
        _write_table(self.word_table, [_NO_WORD, *words])
        places = [(sound, place) for sound in NUMBERS for place in Place]
        _write_table(
            self.graph / "phones.txt", [_NO_WORD, "SIL", *(f"{sound}_{'BIES'[place]}" for sound, place in places)]
        )
        boundaries = ["1 nonword"]
        boundaries += [f"{phones.in_files(NUMBERS[sound], place)} {place.name.lower()}" for sound, place in places]
        (self.graph / "phones" / "word_boundary.int").write_text("\n".join(boundaries) + "\n", encoding="utf-8")
        # Vosk wants the list, the graph has none of its symbols: a number that no arc carries.
        unused = hmm.transition_on(phones.count_in_files()) + 1
        (self.graph / "disambig_tid.int").write_text(f"{unused}\n", encoding="utf-8")

    def _write_configuration(self) -> None:
        self.configuration.mkdir(exist_ok=True)
        (self.configuration / "mfcc.conf").write_text(_MFCC, encoding="utf-8")
        (self.configuration / "model.conf").write_text(_DECODING, encoding="utf-8")


def _write_table(path: Path, names: list[str]) -> None:
    path.write_text("".join(f"{name} {number}\n" for number, name in enumerate(names)), encoding="utf-8")


def _as_said(sounds: tuple[int, ...]) -> str:
    return "/" + " ".join(phones.PHONES[sound - 1] for sound in sounds) + "/"
