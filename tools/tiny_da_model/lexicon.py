"""How each word is pronounced: what the synthesiser says for it, alone and among other words."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tools.tiny_da_model import alignment
from tools.tiny_da_model.texts import Texts

Sounds = tuple[int, ...]

_SEED = 3
_ROUNDS_AMONG_OTHERS, _WORDS_A_TIME = 3, 3
_SENTENCES, _SHARE_OF_JUMBLE = 6000, 0.2
_MOST, _LEAST_TIMES, _LEAST_SHARE = 3, 2, 0.08


class Unpronounced(ValueError):
    """The synthesiser has no sounds of its own for a word."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(
            "The synthesiser cannot say by themselves: " + ", ".join(words) + ". "
            "Tell in texts/spoken.yaml how they are said, or leave them out."
        )


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """The sounds of a word (numbers of `phones.PHONES`) and how often, of 1, it is said so."""

    sounds: Sounds
    share: float


Lexicon = dict[str, list[Pronunciation]]


def of(texts: Texts) -> Lexicon:
    """Every word of the texts with its up to three usual pronunciations, the most usual first. Raises Unpronounced."""
    heard: dict[str, Counter[Sounds]] = defaultdict(Counter)
    for sentence, times in Counter(_to_say(texts)).items():
        for word, sounds in _listen(sentence):
            heard[word][sounds] += times
    silent = [word for word in texts.vocabulary if not heard[word]]
    if silent:
        raise Unpronounced(silent)
    return {word: _usual(heard[word]) for word in texts.vocabulary}


def _to_say(texts: Texts) -> Iterator[tuple[str, ...]]:
    """Each word alone, then in threes with others, then sentences."""
    chance = random.Random(_SEED)
    words = list(texts.vocabulary)
    yield from ((word,) for word in words)
    for _ in range(_ROUNDS_AMONG_OTHERS):
        chance.shuffle(words)
        for start in range(0, len(words) - _WORDS_A_TIME + 1, _WORDS_A_TIME):
            yield tuple(words[start : start + _WORDS_A_TIME])
    for _ in range(_SENTENCES):
        yield tuple(texts.sentence_or_jumble(chance, _SHARE_OF_JUMBLE))


def _listen(words: tuple[str, ...]) -> Iterator[tuple[str, Sounds]]:
    """The words that got sounds of their own when they were said together."""
    said = alignment.say(list(words))
    if said is not None:
        for index, word in enumerate(words):
            sounds = said.pronunciation(index)
            if sounds:
                yield word, sounds


def _usual(counted: Counter[Sounds]) -> list[Pronunciation]:
    most = counted.most_common(_MOST)
    enough = min(max(_LEAST_TIMES, _LEAST_SHARE * counted.total()), most[0][1])
    kept = [(sounds, times) for sounds, times in most if times >= enough]
    total = sum(times for _, times in kept)
    return [Pronunciation(sounds, times / total) for sounds, times in kept]
