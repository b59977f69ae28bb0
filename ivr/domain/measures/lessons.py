"""What callers said when they were asked what it is about, what the engine took it for, and where it really belonged.

Where a matter belonged is the agent's word at wrap-up; without one, the caller's own: a yes to what was offered, one
chosen of two, a key. That the engine was sure is no evidence. Of callers who asked for somebody, by name or not, for
another language, or in danger of life, nothing is learnt: they told no matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ivr.domain.contacts.facts import Fact

_OF_THE_MATTER = frozenset({"question", "menu", "confirm", "choose"})
"""Places at which the caller is asked what it is about; elsewhere, whatever is not understood was no matter."""


class Way(StrEnum):
    """How the engine came to what it took the words for."""

    AT_ONCE = "at_once"
    CONFIRMED = "confirmed"  # yes to "Drejer det sig om …?"
    CHOSEN = "chosen"  # one of the two that were offered
    REFUSED = "refused"  # no to all that was offered
    SAID_AGAIN = "said_again"  # something else was said instead of an answer
    UNANSWERED = "unanswered"  # a person was asked for, a key led elsewhere, or the caller hung up
    NOT_UNDERSTOOD = "not_understood"


class Verdict(StrEnum):
    UNDERSTOOD = "understood"
    ASKED = "asked"  # rightly understood, but the caller had to be asked
    MISUNDERSTOOD = "misunderstood"
    UNKNOWN = "unknown"  # not understood, and the call ended without a topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A fact of one contact."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One utterance. `taken` are the topics that it was taken for: none, one, or the two that were offered.

    `confidence`, from 0 to 1, is that of the first of them. `belonged` is None where nobody has told.
    """

    contact: str
    at: datetime
    language: str
    words: str
    way: Way
    taken: tuple[str, ...]
    confidence: float | None
    belonged: str | None

    @property
    def verdict(self) -> Verdict:
        """Misunderstood: it belonged elsewhere than it was taken for, or the caller said no to what was offered."""
        is_elsewhere = self.belonged is not None and self.belonged not in self.taken
        if is_elsewhere or self.way is Way.REFUSED:
            return Verdict.MISUNDERSTOOD
        if self.belonged is None:
            return Verdict.UNKNOWN
        return Verdict.UNDERSTOOD if self.way is Way.AT_ONCE else Verdict.ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """`chosen_by` is the index of the fact by which the engine, or the caller, decided on the topic."""

    way: Way
    topics: tuple[str, ...]
    chosen_by: int | None = None


def lessons_of(
    contact: str, facts: Sequence[Happened], agents_topic: str | None, no_matters: frozenset[str] = frozenset()
) -> tuple[Lesson, ...]:
    """What one call teaches, by its facts in order. Words that have been forgotten teach nothing.

    `no_matters` are the topics which say only that the caller wants to speak to somebody.
    """
    told = None if agents_topic in no_matters else agents_topic
    heard = [at for at, fact in enumerate(facts) if fact.kind == Fact.HEARD]
    taken = {at: _taken(facts, at, until) for at, until in zip(heard, [*heard[1:], len(facts)], strict=True)}
    by_itself = {found.chosen_by for found in taken.values() if found is not None and found.way is Way.AT_ONCE}
    choices = {
        at: str(fact.data["topic"])
        for at, fact in enumerate(facts)
        if fact.kind == Fact.TOPIC_CHOSEN and fact.data["topic"] not in no_matters
    }
    callers = {at: topic for at, topic in choices.items() if at not in by_itself}
    found = []
    for at, what in taken.items():
        words, language = facts[at].data.get("words"), facts[at].data.get("language")
        is_matter = what is not None and not (what.topics and no_matters.issuperset(what.topics))
        if what is None or words is None or language is None or not is_matter:
            continue
        found.append(
            Lesson(
                contact=contact,
                at=facts[at].at,
                language=language,
                words=words,
                way=what.way,
                taken=what.topics,
                confidence=_confidence(facts[at], what.topics),
                belonged=_belonged(facts, at, what, told, callers, choices),
            )
        )
    return tuple(found)


def _taken(facts: Sequence[Happened], at: int, until: int) -> _Taken | None:
    """What the words at `at` were taken for; the next ones were said at `until`. None where they told no matter."""
    first = at + 1
    if first + 1 < until and facts[first].kind == Fact.PERSON_ASKED_FOR:
        # "En medarbejder om min boligstøtte" is a matter too.
        first += facts[first + 1].kind == Fact.TOPIC_CHOSEN
    if first >= until:
        return None
    fact = facts[first]
    if fact.kind == Fact.TOPIC_CHOSEN:
        return _Taken(way=Way.AT_ONCE, topics=(fact.data["topic"],), chosen_by=first)
    if fact.kind == Fact.NOT_UNDERSTOOD and fact.data.get("place") in _OF_THE_MATTER and "refused" not in fact.data:
        return _Taken(way=Way.NOT_UNDERSTOOD, topics=())
    if fact.kind == Fact.TOPIC_OFFERED:
        return _answered(facts, first, until)
    return None


def _answered(facts: Sequence[Happened], offered_at: int, until: int) -> _Taken:
    offered = tuple(facts[offered_at].data["topics"])
    for at in range(offered_at + 1, until):
        fact = facts[at]
        if fact.kind == Fact.NOT_UNDERSTOOD and "refused" in fact.data:
            return _Taken(way=Way.REFUSED, topics=offered)
        if fact.kind == Fact.TOPIC_CHOSEN and fact.data["topic"] in offered:
            way = Way.CONFIRMED if len(offered) == 1 else Way.CHOSEN
            return _Taken(way=way, topics=(fact.data["topic"],), chosen_by=at)
        if fact.kind == Fact.TOPIC_CHOSEN:
            return _Taken(way=Way.UNANSWERED, topics=offered)
    return _Taken(way=Way.SAID_AGAIN if until < len(facts) else Way.UNANSWERED, topics=offered)


def _confidence(heard: Happened, topics: tuple[str, ...]) -> float | None:
    confidences = dict(heard.data.get("candidates", ()))
    return confidences.get(topics[0]) if topics else None


def _belonged(
    facts: Sequence[Happened],
    at: int,
    what: _Taken,
    agents: str | None,
    callers: Mapping[int, str],
    choices: Mapping[int, str],
) -> str | None:
    own = what.topics[0] if what.chosen_by is not None else None
    later = [topic for chosen_at, topic in choices.items() if chosen_at > at and chosen_at != what.chosen_by]
    if own is not None and later and _helped_with(facts, what):
        # What came after was another matter, and the agent's word is about that one.
        return own
    if agents is not None:
        return agents
    said = [topic for chosen_at, topic in callers.items() if chosen_at > at]
    if said:
        return said[-1]
    return own or (later[-1] if later else None)


def _helped_with(facts: Sequence[Happened], what: _Taken) -> bool:
    """Whether the caller took the link of the topic, or said that its answer helped."""
    helped = (Fact.LINK_REQUESTED, Fact.HELPED)
    after = facts[what.chosen_by or 0 :]
    return any(fact.kind in helped and fact.data.get("topic") == what.topics[0] for fact in after)
