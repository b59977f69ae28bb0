"""Which topics an utterance may be about, whether it has two sides, and whether somebody is in danger.

Everything that is learnt from the grammars of one language meets here: the classifier, the words that mend a recogniser's
slips, and the ways in which callers turn in the middle of a sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.domain.speech.classifier import Classifier, Example, Scores
from ivr.domain.speech.grammar import Grammar
from ivr.domain.speech.normalise import as_written
from ivr.domain.speech.readings import Reader, Reading
from ivr.domain.speech.spelling import Mender

TOPIC, SIDES, ALARM = "topic", "sides", "alarm"
"""The questions that the classifier answers."""

ELSEWHERE = "_elsewhere"
BREADTHS = {ELSEWHERE: 8.0}
"""What is nobody's business is as wide as many topics: counted as one of them, a tenth of it was taken for a topic."""

ONE, TWO = "one", "two"
SAFE, DANGER = "safe", "danger"

# A reading that leaves words out must itself make this much sense, and a contrast or a denial nearly as much as the whole.
_SENSE = -0.4
_NEARLY = 0.2
_TELLING = 2  # words that may tell a topic
_WHOLE_REMAINS = 0.3  # what was said before a turn still colours what comes after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """What an utterance looks like. `topics` are scores, best first; the others are scores by themselves.

    A score is about 1 for what is meant and about -1 for anything else. `text` is the reading that was taken. `mixed_up` is
    set where the first two topics are a pair that callers are known to mean with the same words.
    """

    text: str
    topics: tuple[tuple[str, float], ...]
    elsewhere: float
    two_sided: float
    mixed_up: bool
    danger: float


def questions(grammar: Grammar) -> Mapping[str, Sequence[Example]]:
    """What a classifier of this language learns from."""
    return {TOPIC: list(_topics(grammar)), SIDES: list(_sides(grammar)), ALARM: list(_alarm(grammar))}


class TopicEar:
    """One language, ready to hear topics. Immutable, safe between threads."""

    def __init__(self, grammar: Grammar, classifier: Classifier) -> None:
        self._spelling = grammar.spelling
        self._classifier = classifier
        self._reader = Reader(grammar.turns)
        self.mender = Mender(_said(grammar), grammar.spelling.letters)
        labels = classifier.labels.get(TOPIC, ())
        self._topics = [(place, label) for place, label in enumerate(labels) if label != ELSEWHERE]
        self._pairs = {frozenset(either.topics) for either in grammar.either}
        self._elsewhere = labels.index(ELSEWHERE) if ELSEWHERE in labels else None

    def hear(self, words: str) -> Impression:
        """What `words` look like."""
        # With every letter as it was written: two spellings of a sound are the mender's business.
        spoken = self._reader.matter(as_written(words, self._spelling))
        texts = self._reader.readings(self._reader.matter(self.mender.mended(spoken.split())))
        # What was said counts beside what it was mended to: a slip may be mended to a wrong word, and danger must be heard.
        scores = self._classifier.scores([*(reading.text for reading in texts), spoken])
        if TOPIC not in scores:
            return Impression(text=spoken, topics=(), elsewhere=-1.0, two_sided=-1.0, mixed_up=False, danger=-1.0)
        scores[TOPIC][0] = (scores[TOPIC][0] + scores[TOPIC][-1]) / 2
        taken, found = self._read(texts, scores)
        ranked = sorted(((label, float(found[place])) for place, label in self._topics), key=lambda pair: -pair[1])
        return Impression(
            text=taken,
            topics=tuple(ranked),
            elsewhere=float(found[self._elsewhere]) if self._elsewhere is not None else -1.0,
            two_sided=self._score(scores, SIDES, TWO)[0],
            mixed_up=frozenset(label for label, _ in ranked[:2]) in self._pairs,
            danger=max(self._score(scores, ALARM, DANGER)),
        )

    def _read(self, texts: Sequence[Reading], scores: Scores) -> tuple[str, NDArray[np.float32]]:
        """The reading that is taken: the last that makes sense by itself. Its scores, with an echo of the whole."""
        rows = scores[TOPIC]
        taken, found = texts[0].text, rows[0]
        for reading, row in list(zip(texts, rows, strict=False))[1:]:
            if len(self._telling(reading.text)) < (1 if reading.corrects else _TELLING):
                continue
            sense = row.max() if row.argmax() != self._elsewhere else -1.0
            needed = _SENSE if reading.corrects else max(_SENSE, rows[0].max() - _NEARLY)
            if sense > needed:
                taken, found = reading.text, row + _WHOLE_REMAINS * rows[0]
        return taken, found

    def _telling(self, text: str) -> list[str]:
        return [word for word in text.split() if word not in self._spelling.stop]

    def _score(self, scores: Scores, question: str, answer: str) -> list[float]:
        answers = self._classifier.labels.get(question, ())
        return [float(score) for score in scores[question][:, answers.index(answer)]] if answer in answers else [-1.0]


def _said(grammar: Grammar) -> Iterator[str]:
    for texts in (
        (phrase.text for phrase in grammar.phrases),
        (either.text for either in grammar.either),
        grammar.elsewhere,
        grammar.alarms.danger,
        grammar.alarms.harmless,
    ):
        yield from (as_written(text, grammar.spelling) for text in texts)


def _topics(grammar: Grammar) -> Iterator[Example]:
    spelling = grammar.spelling
    for phrase in grammar.phrases:
        yield Example(as_written(phrase.text, spelling), phrase.topic, phrase.weight)
    for either in grammar.either:
        for topic in either.topics:
            yield Example(as_written(either.text, spelling), topic, either.weight / len(either.topics))
    # Silence is nobody's business: so that there is something else to be heard, however little the grammar holds.
    for text in ("", *grammar.elsewhere):
        yield Example(as_written(text, spelling), ELSEWHERE)


def _sides(grammar: Grammar) -> Iterator[Example]:
    for phrase in grammar.phrases:
        yield Example(as_written(phrase.text, grammar.spelling), ONE, phrase.weight)
    for either in grammar.either:
        yield Example(as_written(either.text, grammar.spelling), TWO, either.weight)


def _alarm(grammar: Grammar) -> Iterator[Example]:
    for text in grammar.alarms.danger:
        yield Example(as_written(text, grammar.spelling), DANGER)
    for text in grammar.alarms.harmless:
        yield Example(as_written(text, grammar.spelling), SAFE, 2.0)
    for text in grammar.elsewhere:
        yield Example(as_written(text, grammar.spelling), SAFE)
    for phrase in grammar.phrases:
        yield Example(as_written(phrase.text, grammar.spelling), SAFE, phrase.weight / 2)
