"""The words of the model and the sentences they stand in, read from a folder of texts.

`topics.yaml` and `sentences.yaml` hold sentences, `words.txt` further words. Everything that the model can ever hear is
a word of one of the three.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

TEXTS = Path(__file__).parent / "texts"
_TOPIC_SLOT = "topic"
_SHARE_ABOUT_A_TOPIC, _SHARE_OF_A_TOPIC = 0.45, 0.25  # the others are about anything else
_LENGTHS_OF_A_JUMBLE = (1, 2, 3, 3, 4, 5, 6)


class TextsInvalid(ValueError):
    """The texts cannot be used; the message has a line for each thing to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What callers ring about: `about` names it ("et nyt pas"), `sentences` are whole ("mit pas er udløbet")."""

    about: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts:
    """Sentences by the way they are made, what may stand in their slots, and further words."""

    topics: dict[str, Topic]
    about_a_topic: tuple[str, ...]
    anything_else: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    words: tuple[str, ...]

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word, once, sorted."""
        sources = [self.words, *self.slots.values(), self.about_a_topic, *self._plain_sources()]
        return tuple(
            sorted({word for source in sources for text in source for word in text.split() if not _slot(word)})
        )

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Every sentence and name without a slot, once, sorted: a grammar to measure with."""
        sources = [*self._plain_sources(), self.slots["group"]]
        return tuple(sorted({text for source in sources for text in source if not any(map(_slot, text.split()))}))

    def sentence(self, chance: random.Random) -> list[str]:
        """The words of a sentence such as callers say."""
        kind = chance.random()
        if kind < _SHARE_ABOUT_A_TOPIC:
            return self._filled(chance, chance.choice(self.about_a_topic))
        if kind < _SHARE_ABOUT_A_TOPIC + _SHARE_OF_A_TOPIC:
            return self._filled(chance, chance.choice(self._any_topic(chance).sentences))
        return self._filled(chance, chance.choice(self.anything_else))

    def sentence_or_jumble(self, chance: random.Random, share_of_jumble: float) -> list[str]:
        """A sentence, or a few words of the vocabulary in any order: so every word is met."""
        if chance.random() >= share_of_jumble:
            return self.sentence(chance)
        return [chance.choice(self.vocabulary) for _ in range(chance.choice(_LENGTHS_OF_A_JUMBLE))]

    def _plain_sources(self) -> Iterator[tuple[str, ...]]:
        yield self.anything_else
        for topic in self.topics.values():
            yield topic.about
            yield topic.sentences

    def _any_topic(self, chance: random.Random) -> Topic:
        return self.topics[chance.choice(sorted(self.topics))]

    def _filled(self, chance: random.Random, template: str) -> list[str]:
        filled: list[str] = []
        for word in template.split():
            slot = _slot(word)
            filled += self._in_slot(chance, slot).split() if slot else [word]
        return filled

    def _in_slot(self, chance: random.Random, slot: str) -> str:
        if slot == _TOPIC_SLOT:
            return chance.choice(self._any_topic(chance).about)
        return chance.choice(self.slots[slot])


@cache
def read(folder: Path = TEXTS) -> Texts:
    """The texts of a folder. Raises TextsInvalid."""
    topics, sentences = _yaml(folder / "topics.yaml"), _yaml(folder / "sentences.yaml")
    try:
        texts = Texts(
            topics={
                name: Topic(about=tuple(topic["about"]), sentences=tuple(topic["sentences"]))
                for name, topic in topics.items()
            },
            about_a_topic=tuple(sentences["about_a_topic"]),
            anything_else=tuple(sentences["anything_else"]),
            slots={name: tuple(texts) for name, texts in sentences["slots"].items()},
            words=tuple(_further_words(folder / "words.txt")),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise TextsInvalid(
            f"{folder}: topics.yaml and sentences.yaml have not the form of those in {TEXTS.name}/: {error}"
        ) from error
    problems = list(_problems(texts))
    if problems:
        raise TextsInvalid("\n".join(f"{folder}: {problem}" for problem in problems))
    return texts


def _problems(texts: Texts) -> Iterator[str]:
    for word in texts.vocabulary:
        if word != word.lower():
            yield f'"{word}" has capitals: the recogniser knows small letters only.'
        if word.strip("[]<>#") != word:
            yield f'"{word}" looks like one of the recogniser\'s own marks.'
    known = [*texts.slots, _TOPIC_SLOT]
    topics = (topic.sentences for topic in texts.topics.values())
    for sentence in chain(texts.about_a_topic, texts.anything_else, *topics):
        for slot in filter(None, map(_slot, sentence.split())):
            if slot not in known:
                nearest = get_close_matches(slot, known, n=1)
                yield f'"{sentence}" has the slot "{slot}", which is not in `slots`.' + (
                    f' Nearest: "{nearest[0]}".' if nearest else ""
                )


def _slot(word: str) -> str | None:
    """The slot that a word stands for."""
    return word[1:-1] if word.startswith("{") and word.endswith("}") else None


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise TextsInvalid(f"{path} is not YAML: {error}") from error
    return content


def _further_words(path: Path) -> Iterator[str]:
    for line in _text(path).splitlines():
        if not line.startswith("#"):
            yield from line.split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TextsInvalid(f"{path} is missing: a folder of texts looks like {TEXTS.name}/.") from error
