"""From scores to how sure one may be: calibrated, so that of ten answers at 0.8 eight are right.

The constants are those of logistic regressions over the half of the labelled utterances that is kept for tuning
(`tests/data`), both languages together; `python -m bench.calibration` finds them anew. What they are worth on the other half
stands in `docs/speech.md`.
"""

from dataclasses import dataclass
from math import exp

from ivr.domain.speech.topics import Impression

Signs = tuple[float, ...]
"""What a probability is judged by: as many numbers as it has constants, but for the last, which is added."""

# How far the best topic leads counts most; what sounds like somebody else's business counts against it.
RIGHT = (-1.20, 4.47, -0.18, -0.12)
TWO_SIDED = (2.00, -4.81, -0.69, 2.62, 1.13, -0.65)
OURS = (2.90, -6.48, 2.83, -3.39)

DANGER = (4.69, -3.00, -3.00, 4.77, -4.98)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How sure one must be (0 to 1). What each value costs is measured in `docs/speech.md`.

    Below `ours`, what was said is nothing that the house can help with: higher, and true matters are turned away, lower,
    and others' matters are taken up. From `either` on the caller is asked which of two is meant: lower, and clear sentences
    are asked about in vain. From `danger` on somebody's life is taken to be at stake: low, because a needless question
    costs seconds and a missed cry for help may cost a life.
    """

    ours: float = 0.75
    either: float = 0.16
    danger: float = 0.30


def right(heard: Impression) -> float:
    """How probable it is that the best topic is the one that is meant (0 to 1)."""
    return _logistic(RIGHT, signs_of_right(heard))


def two_sided(heard: Impression) -> float:
    """How probable it is that two topics are meant, or may be."""
    return _logistic(TWO_SIDED, signs_of_two_sides(heard))


def ours(heard: Impression) -> float:
    """How probable it is that any topic of the house is meant."""
    return _logistic(OURS, signs_of_ours(heard))


def danger(heard: Impression, *, in_words: bool) -> float:
    """How probable it is that somebody's life is at stake; `in_words` when words of danger were said."""
    return _logistic(DANGER, signs_of_danger(heard, in_words=in_words))


def signs_of_right(heard: Impression) -> Signs:
    best, second = _best_two(heard)
    return best, best - second, heard.elsewhere


def signs_of_two_sides(heard: Impression) -> Signs:
    return *signs_of_right(heard), heard.two_sided, float(heard.mixed_up)


def signs_of_ours(heard: Impression) -> Signs:
    best, _ = _best_two(heard)
    return best, heard.elsewhere, float(heard.outright)


def signs_of_danger(heard: Impression, *, in_words: bool) -> Signs:
    best, _ = _best_two(heard)
    return heard.danger, best, heard.elsewhere, float(in_words)


def _best_two(heard: Impression) -> tuple[float, float]:
    scores = [score for _, score in heard.topics[:2]]
    return (scores[0] if scores else -1.0), (scores[1] if len(scores) > 1 else -1.0)


def _logistic(constants: tuple[float, ...], signs: Signs) -> float:
    *slopes, offset = constants
    total = offset + sum(slope * sign for slope, sign in zip(slopes, signs, strict=True))
    return 1 / (1 + exp(-total))
