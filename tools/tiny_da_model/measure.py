"""How often a model mishears: words and sentences, by voices it was never trained on, through the real recogniser."""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import vosk

from tools.tiny_da_model import line, utterances
from tools.tiny_da_model.espeak import Manner
from tools.tiny_da_model.plan import SHARE_OF_JUMBLE, Plan
from tools.tiny_da_model.sound import (
    TELEPHONE_RATE,
    Samples16,
    at_level,
    from_mulaw,
    in_band,
    loudness,
    to_16_bit,
    to_mulaw,
)
from tools.tiny_da_model.texts import Texts
from tools.tiny_da_model.utterances import HELD_OUT_VOICES
from tools.tiny_da_model.word_graph import UNKNOWN

_PHRASES = 200
_YES_NO = ("ja", "nej", "ja tak", "nej tak")
_BEFORE, _AFTER = np.zeros(2400), np.zeros(6400)
_VOICE_DECIBELS = -20.0
_CHUNK_BYTES = 2 * TELEPHONE_RATE * 20 // 1000
_ATTEMPTS_A_SEED = 2  # sentences that a seed of the training may have used, where the first could not be aligned


@dataclass(frozen=True, slots=True)
class Condition:
    """A line: clean, or a telephone's band and G.711 with noise so many decibels below the voice."""

    name: str
    decibels_below: float | None = None


CONDITIONS = (
    Condition("clean"),
    Condition("telephone, noise 20 dB below", 20),
    Condition("telephone, noise 10 dB below", 10),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Sentences to be heard with a grammar, or with the model's own."""

    name: str
    sentences: list[list[str]]
    grammar: tuple[str, ...] | None
    seed: int


@dataclass(slots=True)
class Errors:
    """What went wrong in a trial; counts, and seconds of sound and of computing."""

    sentences: int = 0
    wrong_sentences: int = 0
    words: int = 0
    wrong_words: int = 0
    yes_or_no_heard: int = 0
    sound_seconds: float = 0.0
    computing_seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.sentences} sentences, words wrong {self.wrong_words / self.words:.1%}, "
            f"sentences wrong {self.wrong_sentences / self.sentences:.1%}, "
            f"with yes or no heard {self.yes_or_no_heard / self.sentences:.1%}, "
            f"{self.computing_seconds / self.sound_seconds:.3f} of real time"
        )


def measure(
    folder: Path, texts: Texts, count: int, report: Callable[[str], None], misheard: Callable[[str], None]
) -> None:
    """Report the errors of a model, with some `count` sentences a trial; each sentence not heard right to `misheard`."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    trials = list(_trials(texts, count))
    for condition in CONDITIONS:
        for trial in trials:
            report(f"{condition.name} | {trial.name}: {_tried(model, trial, condition, misheard)}")


def _trials(texts: Texts, count: int) -> Iterator[Trial]:
    chance = random.Random(98)
    usual = [texts.sentence(chance) for _ in range(count)]
    phrases = random.Random(99).sample(texts.phrases, min(_PHRASES, len(texts.phrases)))
    spoken = [phrase.split() for phrase in phrases[:count]]
    answers = [chance.choice(_YES_NO).split() for _ in range(min(60, count))]
    others = [sentence for sentence in usual if len(sentence) > 2 and not {"ja", "nej"} & set(sentence)][:100]
    yes_no = (*_YES_NO, UNKNOWN)
    yield Trial("sentences not in the training text, default grammar", _never_trained(texts, count), None, 1)
    yield Trial("usual sentences, default grammar", usual, None, 4)
    yield Trial("phrases, default grammar", spoken, None, 2)
    yield Trial("phrases as grammar", spoken, tuple(phrases), 2)
    yield Trial(f"phrases and {UNKNOWN} as grammar", spoken, (*phrases, UNKNOWN), 2)
    yield Trial(f"yes, no and {UNKNOWN} as grammar", answers, yes_no, 5)
    yield Trial(f"yes, no and {UNKNOWN} as grammar, other speech", others, yes_no, 6)


def _never_trained(texts: Texts, count: int) -> list[list[str]]:
    trained = set(_training_sentences(texts, Plan()))
    chance = random.Random(4242)
    found: dict[tuple[str, ...], None] = {}
    while len(found) < count:
        sentence = tuple(texts.sentence(chance))
        if len(sentence) > 1 and sentence not in trained:
            found[sentence] = None
    return [list(sentence) for sentence in found]


def _training_sentences(texts: Texts, plan: Plan) -> Iterator[tuple[str, ...]]:
    for epoch in range(plan.epochs):
        for seed in plan.seeds(epoch):
            chance = random.Random(seed)
            for _ in range(_ATTEMPTS_A_SEED):
                yield tuple(texts.sentence_or_jumble(chance, SHARE_OF_JUMBLE))


def _tried(model: vosk.Model, trial: Trial, condition: Condition, misheard: Callable[[str], None]) -> Errors:
    errors = Errors()
    chance = np.random.default_rng(trial.seed)
    for sentence in trial.sentences:
        samples = _sound(sentence, chance, condition)
        if samples is None:
            continue
        began = time.process_time()
        heard = _heard(model, samples, trial.grammar)
        errors.computing_seconds += time.process_time() - began
        errors.sound_seconds += len(samples) / TELEPHONE_RATE
        wrong = word_errors(sentence, heard)
        errors.sentences += 1
        errors.words += len(sentence)
        errors.wrong_words += wrong
        errors.wrong_sentences += wrong > 0
        errors.yes_or_no_heard += bool({"ja", "nej"} & set(heard))
        if wrong:
            misheard(f"   said: {' '.join(sentence)} | heard: {' '.join(heard)}")
    return errors


def _sound(sentence: list[str], chance: np.random.Generator, condition: Condition) -> Samples16 | None:
    """The sentence as it arrives, by any of the held-out voices."""
    manner = Manner(
        voice=HELD_OUT_VOICES[int(chance.integers(len(HELD_OUT_VOICES)))],
        words_a_minute=int(chance.integers(125, 195)),
        pitch=int(chance.integers(25, 75)),
        pitch_range=int(chance.integers(20, 80)),
        word_gap=int(chance.choice([0, 0, 0, 1, 3])),
    )
    said = utterances.say(sentence, manner)
    if said is None:
        return None
    samples = np.concatenate([_BEFORE, at_level(said.samples, _VOICE_DECIBELS), _AFTER])
    if condition.decibels_below is None:
        return to_16_bit(samples)
    noise = line.noise(chance, len(samples), str(chance.choice(["white", "pink", "brown"])))
    samples = in_band(samples)
    samples = samples + noise * (loudness(samples) / loudness(noise) * 10 ** (-condition.decibels_below / 20))
    return from_mulaw(to_mulaw(to_16_bit(samples)))


def _heard(model: vosk.Model, samples: Samples16, grammar: Iterable[str] | None) -> list[str]:
    """The words heard, in pieces of 20 ms as a carrier sends them."""
    if grammar is None:
        recogniser = vosk.KaldiRecognizer(model, TELEPHONE_RATE)
    else:  # Vosk does not read \u escapes
        recogniser = vosk.KaldiRecognizer(model, TELEPHONE_RATE, json.dumps(list(grammar), ensure_ascii=False))
    sound = samples.tobytes()
    results = [
        recogniser.Result()
        for start in range(0, len(sound), _CHUNK_BYTES)
        if recogniser.AcceptWaveform(sound[start : start + _CHUNK_BYTES])
    ]
    results.append(recogniser.FinalResult())
    return [word for result in results for word in json.loads(result)["text"].split()]


def word_errors(said: list[str], heard: list[str]) -> int:
    """How many words must be put in, left out or changed to make the one of the other."""
    distances = list(range(len(heard) + 1))
    for count, word in enumerate(said, start=1):
        diagonal, distances[0] = distances[0], count
        for index, other in enumerate(heard, start=1):
            changed = diagonal + (word != other)
            diagonal = distances[index]
            distances[index] = min(changed, distances[index] + 1, distances[index - 1] + 1)
    return distances[-1]
