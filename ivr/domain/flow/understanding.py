"""From what was heard to what to do about it: sure, confirm, choose between two, not understood.

The bands are configuration (`graph.Understanding`). A person is always a better end than a third guess, so whatever the
caller has said no to is never offered again.
"""

from dataclasses import dataclass

from ivr.domain.flow.graph import Understanding
from ivr.domain.heard import Candidate, Heard


@dataclass(frozen=True, slots=True)
class Sure:
    """Go on with this topic."""

    topic: str


@dataclass(frozen=True, slots=True)
class Likely:
    """Ask "Drejer det sig om …?"."""

    topic: str


@dataclass(frozen=True, slots=True)
class Either:
    """Ask "A eller B?"."""

    topics: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood."""


Reading = Sure | Likely | Either | Unclear


def read(heard: Heard, bands: Understanding, *, refused: frozenset[str] = frozenset()) -> Reading:
    """What to make of an utterance, leaving out the topics that the caller has refused in this call."""
    left = sorted((c for c in heard.candidates if c.topic not in refused), key=_by_confidence)
    if heard.two_sided and len(left) == len(heard.candidates) > 1:
        return Either((left[0].topic, left[1].topic))
    if not left or left[0].confidence < bands.likely:
        return Unclear()
    best = left[0]
    if len(left) > 1:
        second = left[1]
        is_close = best.confidence - second.confidence < bands.margin
        if is_close and second.confidence >= bands.likely:
            return Either((best.topic, second.topic))
    return Sure(best.topic) if best.confidence >= bands.sure else Likely(best.topic)


def _by_confidence(candidate: Candidate) -> tuple[float, str]:
    return (-candidate.confidence, candidate.topic)
