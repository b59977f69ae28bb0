"""From scores to how sure one may be: calibrated, so that of ten answers at 0.8 eight are right.

Each probability is a logistic regression over a few signs. Its constants are the language's own (`calibration.py`), found on
the half of the labelled utterances that is kept for tuning (`tests/data`); what they are worth on the other half stands in
`docs/speech.md`.
"""

from dataclasses import dataclass
from math import exp

from ivr.domain.speech.calibration import Calibration, Constants
from ivr.domain.speech.topics import Impression

Signs = tuple[float, ...]
"""What a probability is judged by: a number for each of its slopes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How sure one must be (0 to 1). What each value costs is measured in `docs/speech.md`.

    Below `ours`, what was said is nothing that the house can help with: higher, and true matters are turned away, lower,
    and others' matters are taken up. From `either` on the caller is asked which of two is meant: lower, and clear sentences
    are asked about in vain. From `danger` on somebody's life is taken to be at stake: low, because a needless question
    costs seconds and a missed cry for help may cost a life.
    """

    ours: float = 0.70
    either: float = 0.12
    danger: float = 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How probable it is (0 to 1) that the best topic is right, that two are meant or may be, that any topic of the house is
    meant, and that somebody's life is at stake."""

    right: float
    two_sided: float
    ours: float
    danger: float


def judged(heard: Impression, by: Calibration, *, in_words: bool = False) -> Judged:
    """What the impression is worth; `in_words` when words of danger were said."""
    return Judged(
        right=_logistic(by.right, signs_of_right(heard)),
        two_sided=_logistic(by.two_sided, signs_of_two_sides(heard)),
        ours=_logistic(by.ours, signs_of_ours(heard)),
        danger=_logistic(by.danger, signs_of_danger(heard, in_words=in_words)),
    )


def signs_of_right(heard: Impression) -> Signs:
    best, second = _best_two(heard)
    return best, best - second, heard.elsewhere


def signs_of_two_sides(heard: Impression) -> Signs:
    return *signs_of_right(heard), heard.two_sided, float(heard.mixed_up)


def signs_of_ours(heard: Impression) -> Signs:
    best, _ = _best_two(heard)
    return best, heard.elsewhere


def signs_of_danger(heard: Impression, *, in_words: bool) -> Signs:
    best, _ = _best_two(heard)
    return heard.danger, best, heard.elsewhere, float(in_words)


def _best_two(heard: Impression) -> tuple[float, float]:
    scores = [score for _, score in heard.topics[:2]]
    return (scores[0] if scores else -1.0), (scores[1] if len(scores) > 1 else -1.0)


def _logistic(constants: Constants, signs: Signs) -> float:
    *slopes, offset = constants
    total = offset + sum(slope * sign for slope, sign in zip(slopes, signs, strict=True))
    return 1 / (1 + exp(-total))
