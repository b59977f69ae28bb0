"""Which output of the network is right at every frame."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.tiny_da_model.alignment import PlacedPhone
from tools.tiny_da_model.phones import PHONES, SILENCE

FRAME_SECONDS = 0.010
FRAMES_A_STEP = 3  # the network answers for every third frame
NONE = -1
OUTPUTS_A_SOUND = 2
OUTPUTS = OUTPUTS_A_SOUND * (len(PHONES) + 1)
_FIRST_CENTRE = 0.0125  # seconds: the middle of a window of 25 ms
_GAP = 0.001  # seconds between two sounds that are still neighbours


def first_frame(phone: int) -> int:
    """The output for the first frame of a sound."""
    return OUTPUTS_A_SOUND * phone


def later_frames(phone: int) -> int:
    """The output for all its other frames."""
    return OUTPUTS_A_SOUND * phone + 1


@dataclass(frozen=True, slots=True)
class _Run:
    """A sound from `start` seconds until the next one."""

    phone: int
    start: float


def frame_labels(placed: list[PlacedPhone], frames: int) -> npt.NDArray[np.int16]:
    """The right output of each 10 ms frame t, for a network that answers at t, t+3, t+6 …

    Every sound gets a frame on each of the three grids, however short it is: the graph cannot leave one out.
    """
    runs = _without_gaps(placed)
    labels = np.full(frames, NONE, np.int16)
    for phase in range(FRAMES_A_STEP):
        steps = (frames - phase + FRAMES_A_STEP - 1) // FRAMES_A_STEP
        starts = _first_steps(runs, phase)
        for run, start, following in zip(runs, starts, [*starts[1:], steps], strict=True):
            for step in range(start, min(max(following, start + 1), steps)):
                label = first_frame(run.phone) if step == start else later_frames(run.phone)
                labels[FRAMES_A_STEP * step + phase] = label
    return labels


def _without_gaps(placed: list[PlacedPhone]) -> list[_Run]:
    """The sounds with silence between, before and after them, and no two silences in a row."""
    runs: list[_Run] = []
    end = 0.0
    for phone in placed:
        if phone.start - end > _GAP or (not runs and phone.start > 0):
            runs.append(_Run(SILENCE, end))
        if not (phone.phone == SILENCE and runs and runs[-1].phone == SILENCE):
            runs.append(_Run(phone.phone, phone.start))
        end = phone.end
    if runs[-1].phone != SILENCE:
        runs.append(_Run(SILENCE, end))
    return runs


def _first_steps(runs: list[_Run], phase: int) -> list[int]:
    """The step at which each sound begins on one of the grids, later than the one before."""
    starts = [0]
    for run in runs[1:]:
        step = math.ceil((run.start - _FIRST_CENTRE - phase * FRAME_SECONDS) / (FRAMES_A_STEP * FRAME_SECONDS))
        starts.append(max(step, starts[-1] + 1))
    return starts
