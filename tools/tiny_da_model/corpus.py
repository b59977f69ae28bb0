"""Examples to train with: an utterance on a telephone line as the numbers that the recogniser sees, each with its label.

An example is a function of its seed. Needs `kaldi-native-fbank`, whose features are those of the recogniser.
"""

import multiprocessing
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from tools.tiny_da_model import labels, line, texts, utterances
from tools.tiny_da_model.alignment import PlacedPhone
from tools.tiny_da_model.phones import SILENCE
from tools.tiny_da_model.plan import SHARE_OF_JUMBLE
from tools.tiny_da_model.sound import TELEPHONE_RATE, Samples, Samples16, loudness
from tools.tiny_da_model.texts import Texts
from tools.tiny_da_model.utterances import Utterance

COEFFICIENTS = 40
_SHARE_WITHOUT_SPEECH = 0.04
_SHARE_WITH_OTHER_SOUNDS = 0.12
_MURMURING = 60  # utterances
_MURMUR_SEED = 7
_CHUNK = 20


@dataclass(frozen=True, slots=True)
class Example:
    """`features` has a row of 40 for each frame, `labels` the right output for each."""

    features: npt.NDArray[np.float16]
    labels: npt.NDArray[np.int16]


def examples(folder: Path, seeds: range, jobs: int) -> Iterator[Example]:
    """The examples of these seeds from the texts in a folder, made by `jobs` processes."""
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(partial(example, folder), seeds, chunksize=_CHUNK)


def example(folder: Path, seed: int) -> Example:
    """The example of a seed: mostly a sentence with some silence around it, now and then nobody who speaks."""
    chance = np.random.default_rng(seed)
    said = _speech(texts.read(folder), seed, chance) if chance.random() >= _SHARE_WITHOUT_SPEECH else _nobody(chance)
    features = _features(line.over_the_line(said.samples, chance, _murmur(folder)))
    return Example(features.astype(np.float16), labels.frame_labels(list(said.phones), len(features)))


def _speech(known: Texts, seed: int, chance: Generator) -> Utterance:
    words = random.Random(seed)
    said = None
    while said is None:
        sentence = known.sentence_or_jumble(words, SHARE_OF_JUMBLE)
        said = _anybody(sentence, chance, seed)
    before, after = (_pause(chance, longest, said.samples) for longest in (0.7, 0.9))
    lead = len(before) / TELEPHONE_RATE
    placed = tuple(replace(phone, start=phone.start + lead, end=phone.end + lead) for phone in said.phones)
    return Utterance(np.concatenate([before, said.samples, after]), placed)


def _anybody(sentence: list[str], chance: Generator, seed: int) -> Utterance | None:
    voices = utterances.training_voices()
    manner = utterances.any_manner(chance, voices[int(chance.integers(len(voices)))])
    return utterances.say(sentence, manner, utterances.any_throat(chance), seed)


def _nobody(chance: Generator) -> Utterance:
    length = int(chance.uniform(1, 4) * TELEPHONE_RATE)
    samples = line.other_sounds(chance, length, int(chance.integers(0, 4)))
    if not samples.any():
        samples = chance.standard_normal(length) * 0.01
    return Utterance(samples, (PlacedPhone(None, SILENCE, 0, length / TELEPHONE_RATE),))


def _pause(chance: Generator, longest: float, speech: Samples) -> Samples:
    """Silence beside speech, sometimes with a cough or a click as loud as it."""
    length = int(chance.uniform(0.05, longest) * TELEPHONE_RATE)
    if chance.random() >= _SHARE_WITH_OTHER_SOUNDS:
        return np.zeros(length)
    sounds = line.other_sounds(chance, length + TELEPHONE_RATE // 2, int(chance.integers(1, 3)))
    return sounds * loudness(speech)


@cache
def _murmur(folder: Path) -> Samples:
    """Some minutes of one voice after another, to be laid over each other."""
    chance, words = np.random.default_rng(_MURMUR_SEED), random.Random(_MURMUR_SEED)
    parts: list[Samples] = []
    while len(parts) < _MURMURING:
        said = _anybody(texts.read(folder).sentence_or_jumble(words, SHARE_OF_JUMBLE), chance, len(parts))
        if said is not None:
            parts.append(said.samples / (np.sqrt(np.mean(said.samples**2)) + 1))
    return np.concatenate(parts)


def _features(samples: Samples16) -> npt.NDArray[np.float32]:
    """A row of MFCC for each 10 ms, as `conf/mfcc.conf` makes Vosk compute them."""
    mfcc = kaldi_native_fbank.OnlineMfcc(_options())
    mfcc.accept_waveform(TELEPHONE_RATE, samples.astype(np.float32).tolist())
    mfcc.input_finished()
    frames = [mfcc.get_frame(index) for index in range(mfcc.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, COEFFICIENTS), np.float32)


def _options() -> kaldi_native_fbank.MfccOptions:
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq = TELEPHONE_RATE
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = COEFFICIENTS
    options.mel_opts.low_freq = 40
    options.mel_opts.high_freq = -200
    options.num_ceps = COEFFICIENTS
    options.use_energy = False
    return options
