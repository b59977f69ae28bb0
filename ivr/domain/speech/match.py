"""What a caller said -> what it may mean: topics, people, yes or no, danger.

The only door to this package. It knows nothing of where the call stands; `flow/understanding.py` judges the
confidences. Danger is heard as widely as possible: a needless question costs seconds, a missed one may cost a life.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, isnan

from rapidfuzz import fuzz, process

from ivr.domain.heard import Candidate, Heard
from ivr.domain.language import Language
from ivr.domain.speech import confidence
from ivr.domain.speech.confidence import Judged, Thresholds
from ivr.domain.speech.grammar import Grammar
from ivr.domain.speech.hearing import Hearing
from ivr.domain.speech.lexicon import Lexicon
from ivr.domain.speech.names import Entry, Named, NameIndex
from ivr.domain.speech.normalise import spoken_digit, words_of
from ivr.domain.speech.topics import Impression, TopicEar

PERSON_TOPIC = "medarbejder"
ANYONE_TOPIC = "menneske"
MOST_CANDIDATES = 5
SHARPNESS = 4.0  # how quickly a lower score means a smaller share
LEAST_CONFIDENCE = 0.10
MOST_CONFIDENCE = 0.98
BEYOND_DOUBT = 0.99  # a topic as sure as this is not asked about, whatever else may be meant
BELOW_A_NAME = 0.2  # topics are kept this far below a name that was said, so that the two are not offered as a choice
LONGEST_NAME = 3
SURELY_SAID = 0.72  # how alike the words of a flag must sound
LEAST_USES = 2.0  # templates
PERSON_KEY = "0"  # said instead of pressed
DEPARTMENT = "department:"
SOUNDS_LIKE_ASKING = -0.5  # a score: -1 for what is surely something else
CLEARLY_A_MATTER = 0.90
CLEAR_MATTER = 0.40  # with a matter this clear, "a person" says how it is to be settled, not what it is
MOST_HINTS = 500  # Twilio's limits for hints
LONGEST_HINT = 100
LEAST_TRUST = 0.6  # words that the recogniser is not sure of at all are asked about, however clear their matter
FULL_CARRIER_CONFIDENCE = 0.7  # recognisers seldom say more of a short Danish sentence that they got right


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The phrase of a topic that lies nearest to what was said, and how near (0 to 1)."""

    topic: str
    phrase: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why the words were understood so: for the operator, never for a caller."""

    normalised: str
    nearest: tuple[Nearest, ...]
    heard: Heard
    impression: Impression | None = None
    in_words_of_danger: bool = False
    judged: Judged | None = None


class _Ear:
    """One language, ready to listen."""

    def __init__(self, hearing: Hearing) -> None:
        grammar = hearing.grammar
        self.grammar = grammar
        spelling = grammar.spelling
        flags = grammar.flags
        self.danger = self._sequences(flags.danger)
        self.person = self._sequences(flags.person)
        self.calling = self._sequences(flags.calling)
        self.introducing = self._sequences(flags.introducing)
        self.asking = frozenset(word for phrase in self.calling for word in phrase)
        self.answers = {
            True: (
                {words_of(text, spelling) for text in flags.yes},
                [words_of(t, spelling) for t in flags.yes_opening],
            ),
            False: ({words_of(text, spelling) for text in flags.no}, [words_of(t, spelling) for t in flags.no_opening]),
        }
        flag_words = {word for phrase in (*self.danger, *self.person, *self.calling) for word in phrase}
        # Flags keep their endings: "bløder" is danger, "blød" is a diet.
        self.flag_lexicon = Lexicon(flag_words, replace(spelling, endings=()))
        self.lexicon = Lexicon(_ordinary_words(grammar), spelling)
        self.topics = TopicEar(grammar, hearing.classifier)

    def _sequences(self, texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Flag phrases as words, shortest first."""
        phrases = {words_of(text, self.grammar.spelling) for text in texts}
        return tuple(sorted((phrase for phrase in phrases if phrase), key=lambda phrase: (len(phrase), phrase)))

    def said(self, phrases: Sequence[tuple[str, ...]], words: Sequence[str]) -> bool:
        """Whether the words of one of `phrases` were said in their order, others perhaps between them."""
        whole = self.flag_lexicon.joined(tuple(words))
        heard = [{known for known, alike in self.flag_lexicon.find(w).items() if alike >= SURELY_SAID} for w in whole]
        everything = set().union(*heard) if heard else set()
        return any(everything.issuperset(phrase) and _in_order(phrase, heard) for phrase in phrases)

    def without_introduction(self, words: Sequence[str]) -> tuple[str, ...]:
        """`words` without the caller's own name: "jeg hedder Mette Lund og …" asks for nobody called Mette."""
        for begin in range(len(words)):
            for phrase in self.introducing:
                end = begin + len(phrase)
                if tuple(words[begin:end]) == phrase:
                    return (*words[:begin], *self._after_name(words[end:]))
        return tuple(words)

    def impression(self, words: str) -> Impression:
        """What the words look like, the caller's own name left out."""
        spoken = words_of(words, self.grammar.spelling)
        matter = self.without_introduction(spoken)
        return self.topics.hear(words if matter == spoken else " ".join(matter))

    def judged(self, seen: Impression, spoken: Sequence[str]) -> Judged:
        """What the impression of the words is worth."""
        return confidence.judged(seen, self.grammar.calibration, in_words=self.said(self.danger, spoken))

    def _after_name(self, words: Sequence[str]) -> Sequence[str]:
        """What follows a name: at most three words, and none that tells a topic or binds sentences."""
        for position, word in enumerate(words[:LONGEST_NAME]):
            if word in self.lexicon or word in self.grammar.spelling.stop:
                return words[position:]
        return words[LONGEST_NAME:]

    def says_a_stranger(self, words: Sequence[str]) -> bool:
        """Whether a word that this language does not know stands right after one that asks for somebody: a name."""
        spelling = self.grammar.spelling
        known = spelling.stop | spelling.fillers
        return any(
            before in self.asking and word not in known and word not in self.lexicon and word not in self.flag_lexicon
            for before, word in pairwise(words)
        )

    def affirms(self, words: Sequence[str]) -> bool | None:
        """True for a yes, False for a no. A no counts first: "ja nej" and "ikke rigtigt" are no."""
        spelling = self.grammar.spelling
        spoken = tuple(word for word in words if word not in spelling.fillers)
        for answer in (False, True):
            whole, starts = self.answers[answer]
            if {spoken, tuple(words)} & whole or any(spoken[: len(start)] == start for start in starts):
                return answer
        return None


class Matcher:
    """Hears utterances in the languages of `hearings` and the names of `entries`. Immutable, safe between threads."""

    def __init__(
        self,
        hearings: Mapping[Language, Hearing],
        entries: Iterable[Entry] = (),
        thresholds: Thresholds = Thresholds(),  # noqa: B008 -- a value that nobody can change
    ) -> None:
        self._entries = tuple(entries)
        self._thresholds = thresholds
        self._ears = {language: _Ear(hearing) for language, hearing in hearings.items()}
        self._names = self._name_indices()

    def with_entries(self, entries: Iterable[Entry]) -> "Matcher":
        """The same ears with another directory; cheap, since nothing is read or learnt again."""
        other = Matcher({}, thresholds=self._thresholds)
        other._entries, other._ears = tuple(entries), self._ears
        other._names = other._name_indices()
        return other

    def hear(self, words: str, language: Language, carrier_confidence: float | None = None) -> Heard:
        """What `words`, spoken in `language`, may mean. A language without a grammar hears nothing but the words.

        `carrier_confidence` (0 to 1) is how sure the recogniser was of the words; None and 0 where it does not say.
        It lowers the confidence of topics, never danger.
        """
        ear = self._ears.get(language)
        if ear is None:
            return Heard(words=words)
        seen = ear.impression(words)
        judged = ear.judged(seen, words_of(words, ear.grammar.spelling))
        return self._heard(ear, words, language, carrier_confidence, seen, judged)

    def explain(self, words: str, language: Language, carrier_confidence: float | None = None) -> Explanation:
        """What `hear` answers, with the reading that was taken and the nearest phrases of the best topics."""
        ear = self._ears.get(language)
        if ear is None:
            return Explanation(normalised=words.strip().lower(), nearest=(), heard=Heard(words=words))
        seen = ear.impression(words)
        judged = ear.judged(seen, words_of(words, ear.grammar.spelling))
        return Explanation(
            normalised=seen.text,
            nearest=_nearest(ear.grammar, seen),
            heard=self._heard(ear, words, language, carrier_confidence, seen, judged),
            impression=seen,
            in_words_of_danger=ear.said(ear.danger, words_of(words, ear.grammar.spelling)),
            judged=judged,
        )

    def _heard(
        self,
        ear: _Ear,
        words: str,
        language: Language,
        carrier_confidence: float | None,
        seen: Impression,
        judged: Judged,
    ) -> Heard:
        spelling = ear.grammar.spelling
        spoken = words_of(words, spelling)
        called = ear.without_introduction(spoken)
        names = self._names[language]
        asks = ear.said(ear.calling, called) or _is_about_a_person(seen)
        is_ours = judged.ours >= self._thresholds.ours
        named = names.asked_for(called, asks=asks, ordinary=self._ordinary(ear, called))
        if self._is_only_a_place(ear, named, names.beside_departments(called)):
            named = ()
        elif not named and not is_ours:
            named = names.departments(called)
        wants_person = not named and (ear.said(ear.person, spoken) or spoken_digit(words, spelling) == PERSON_KEY)
        return Heard(
            words=words,
            candidates=_candidates(
                seen, named, _trust(carrier_confidence), _confidences(seen, judged.right) if is_ours else {}
            ),
            entries=tuple(entry.id for entry in named),
            unknown_name=asks and not (named or wants_person or _is_elsewhere(seen)) and ear.says_a_stranger(called),
            danger=judged.danger >= self._thresholds.danger,
            two_sided=not named and judged.right < BEYOND_DOUBT and judged.two_sided >= self._thresholds.either,
            affirms=ear.affirms(spoken),
            wants_person=wants_person,
        )

    def hints(self, language: Language) -> tuple[str, ...]:
        """Words for the carrier's recogniser to expect: names first, then short phrases of every topic in turn."""
        ear = self._ears.get(language)
        if ear is None:
            return ()
        by_topic: dict[str, list[str]] = {}
        for phrase in ear.grammar.phrases:
            by_topic.setdefault(phrase.topic, []).append(phrase.text)
        queues = [sorted(dict.fromkeys(texts), key=lambda text: (len(text), text)) for texts in by_topic.values()]
        names = [name for entry in self._entries for name in (entry.name, entry.department_name)]
        # Half the room at most for names, or a large directory would leave no topic.
        hints = dict.fromkeys(_short(names)[: MOST_HINTS // 2])
        for turn in range(max((len(queue) for queue in queues), default=0)):
            hints.update(dict.fromkeys(_short(queue[turn] for queue in queues if turn < len(queue))))
        return tuple(hints)[:MOST_HINTS]

    def _name_indices(self) -> dict[Language, NameIndex]:
        return {lang: NameIndex(self._entries, ear.grammar.spelling) for lang, ear in self._ears.items()}

    def _is_only_a_place(self, ear: _Ear, named: Sequence[Named], beside: Sequence[str]) -> bool:
        """Whether so much is said beside a department's name that it only tells where: "mødet i jobcentret"."""
        if not named or not all(entry.id.startswith(DEPARTMENT) for entry in named):
            return False
        seen = ear.topics.hear(" ".join(beside))
        judged = ear.judged(seen, ())
        is_matter = bool(seen.topics) and seen.topics[0][0] not in (PERSON_TOPIC, ANYONE_TOPIC)
        return is_matter and min(judged.right, judged.ours) >= CLEARLY_A_MATTER

    def _ordinary(self, ear: _Ear, spoken: Sequence[str]) -> frozenset[str]:
        """The words of the utterance that tell a topic: "rask" is a name only where somebody is asked for."""
        return frozenset(w for w in spoken if w in ear.lexicon and w not in ear.grammar.spelling.stop)


def _ordinary_words(grammar: Grammar) -> set[str]:
    """Words that tell matters, however they are spelled: callers name people in passing, but seldom the same ones."""
    uses: defaultdict[str, float] = defaultdict(float)
    for phrase in grammar.phrases:
        if phrase.topic != PERSON_TOPIC:
            for word in set(words_of(phrase.text, grammar.spelling)):
                uses[word] += phrase.weight
    return {word for word, count in uses.items() if count >= LEAST_USES}


def _in_order(phrase: Sequence[str], heard: Sequence[set[str]]) -> bool:
    left = iter(heard)
    return all(any(word in found for found in left) for word in phrase)


def _trust(carrier_confidence: float | None) -> float:
    """What a topic's confidence is multiplied by. Carriers send 0 where they mean "not known"."""
    if carrier_confidence is None or isnan(carrier_confidence) or carrier_confidence <= 0:
        return 1.0
    return LEAST_TRUST + (1 - LEAST_TRUST) * min(1.0, carrier_confidence / FULL_CARRIER_CONFIDENCE)


def _is_about_a_person(seen: Impression) -> bool:
    """Whether it sounds like somebody who asks for somebody, in whatever words."""
    return bool(seen.topics) and seen.topics[0][0] == PERSON_TOPIC and seen.topics[0][1] >= SOUNDS_LIKE_ASKING


def _is_elsewhere(seen: Impression) -> bool:
    """Whether it sounds more like somebody else's business than like somebody who is asked for."""
    return bool(seen.topics) and seen.elsewhere > max(0.0, dict(seen.topics).get(PERSON_TOPIC, -1.0))


def _candidates(
    seen: Impression, named: Sequence[Named], trust: float, scores: dict[str, float]
) -> tuple[Candidate, ...]:
    matter = max((sure for topic, sure in scores.items() if topic not in (ANYONE_TOPIC, PERSON_TOPIC)), default=0.0)
    if matter >= CLEAR_MATTER and ANYONE_TOPIC in scores:
        scores[ANYONE_TOPIC] = min(scores[ANYONE_TOPIC], matter - BELOW_A_NAME)
    if named:
        name = named[0].confidence
        scores = {topic: min(score, name - BELOW_A_NAME) for topic, score in scores.items() if topic != ANYONE_TOPIC}
        scores[PERSON_TOPIC] = name
    first = {topic for topic, _ in seen.topics[:2]}  # the two that may have to be asked about
    candidates = [
        Candidate(topic=topic, confidence=round(min(MOST_CONFIDENCE, score * trust), 3))
        for topic, score in scores.items()
        if score * trust >= LEAST_CONFIDENCE or topic in first
    ]
    return tuple(sorted(candidates, key=lambda found: (-found.confidence, found.topic))[:MOST_CANDIDATES])


def _confidences(seen: Impression, sure: float) -> dict[str, float]:
    """How sure each of the best topics is, where the best one is as `sure` as this."""
    if not seen.topics:
        return {}
    best, others = seen.topics[0], seen.topics[1:MOST_CANDIDATES]
    shares = [exp(SHARPNESS * score) for _, score in others]
    whole = exp(SHARPNESS * best[1]) + sum(shares)
    # What the best topic leaves is for the others, by their scores, and none of them is surer than the best.
    left = {topic: min(sure, share / whole, 1 - sure) for (topic, _), share in zip(others, shares, strict=True)}
    return {best[0]: sure, **left}


def _nearest(grammar: Grammar, seen: Impression) -> tuple[Nearest, ...]:
    found = []
    for topic, _ in seen.topics[:MOST_CANDIDATES]:
        phrases = [phrase.text for phrase in grammar.phrases if phrase.topic == topic]
        near = process.extractOne(seen.text, phrases, scorer=fuzz.token_sort_ratio)
        if near is not None:
            found.append(Nearest(topic=topic, phrase=near[0], score=near[1] / 100))
    return tuple(found)


def _short(texts: Iterable[str]) -> list[str]:
    """Texts that the carrier takes as one hint each: not too long, and no comma, which separates hints."""
    return [text for text in dict.fromkeys(texts) if text and len(text) <= LONGEST_HINT and "," not in text]
