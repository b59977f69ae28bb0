"""The states through which a sound passes: one for each, left after every frame with a chance that was counted.

The sound's first frame has an output of the network of its own, as in Kaldi's chain models. In the reordered form that
word alignment expects, the way on comes before the loop.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tools.tiny_da_model import labels, phones
from tools.tiny_da_model.phones import PHONES, SILENCE, Place

_LEAST_STAY, _MOST_STAY = 0.1, 0.9


def transition_on(number: int) -> int:
    """The transition into a sound, by its number in the files."""
    return 2 * number


def transition_loop(number: int) -> int:
    """The transition that stays in it."""
    return 2 * number - 1


@dataclass(frozen=True, slots=True)
class PhoneStatistics:
    """What training counted, as `am/phone_stats.json` keeps it.

    `stay` is the chance that one more frame follows, for silence and each of `PHONES`; `phone_logp` the logarithm of
    each sound's share of all sounds (0 for silence).
    """

    stay: list[float]
    phone_logp: list[float]

    @classmethod
    def counted(cls, frames: npt.NDArray[np.int64]) -> "PhoneStatistics":
        """From how many training frames each output of the network was right for."""
        first, later = frames[0::2], frames[1::2]
        stay = np.clip(later / (first + later + 1), _LEAST_STAY, _MOST_STAY)
        share = first[1:] / first[1:].sum()
        return cls(
            stay=[round(float(value), 4) for value in stay],
            phone_logp=[0.0, *(round(float(value), 4) for value in np.log(share + 1e-6))],
        )

    @classmethod
    def read(cls, path: Path) -> "PhoneStatistics":
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def cost_of_staying(self, phone: int) -> float:
        return -math.log(self.stay[phone])

    def cost_of_entering(self, phone: int) -> float:
        return -math.log(1 - self.stay[phone])


@dataclass(frozen=True, slots=True)
class FileState:
    """The one state of a sound in the files: its outputs of the network, and its chance of staying."""

    first_output: int
    later_output: int
    stay: float


def file_states(statistics: PhoneStatistics) -> list[FileState]:
    """The states in the order of the numbers in the files."""
    in_order = [SILENCE] + [phone for phone in range(1, len(PHONES) + 1) for _ in Place]
    assert len(in_order) == phones.count_in_files()
    return [
        FileState(labels.first_frame(phone), labels.later_frames(phone), statistics.stay[phone]) for phone in in_order
    ]
