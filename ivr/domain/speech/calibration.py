"""What a language's probabilities are judged by: the constants of logistic regressions, which belong to its grammar."""

from dataclasses import dataclass

Constants = tuple[float, ...]
"""As many slopes as a probability has signs (`confidence.py`), and what is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Constants for each probability: that the best topic is right, that two are meant, that any is ours, that a life is at stake.

    How far the best topic leads counts most; what sounds like somebody else's business counts against it. A grammar's own
    stand in its `common.yaml`, and `python -m bench.calibration` finds them; these are for one that has none.
    """

    right: Constants = (-1.2, 5.0, -0.3, -1.0)
    two_sided: Constants = (1.3, -3.0, -1.0, 2.5, 1.0, -1.0)
    ours: Constants = (3.0, -2.8, 0.5)
    danger: Constants = (5.0, -3.5, -1.5, 3.0, -2.4)
