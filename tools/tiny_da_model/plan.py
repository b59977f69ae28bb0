"""How much to train, and from which seeds: an utterance is a function of its seed, so two runs hear the same."""

from dataclasses import dataclass

SHARE_OF_JUMBLE = 0.5  # of the utterances: words in any order
HELD_OUT_SEEDS = range(900_000_000, 900_000_300)
_SEEDS_AN_EPOCH = 1_000_000


class NotEnough(ValueError):
    """There is less speech than fills one batch."""

    def __init__(self, utterances: int) -> None:
        super().__init__(f"{utterances} utterances do not fill a batch: take 100 or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`utterances` fresh ones in each of `epochs`, made by `jobs` processes."""

    utterances: int = 14_000
    epochs: int = 8
    jobs: int = 2

    def seeds(self, epoch: int) -> range:
        """The seeds of the utterances of an epoch, counted from 0."""
        first = _SEEDS_AN_EPOCH * (epoch + 1)
        return range(first, first + self.utterances)
