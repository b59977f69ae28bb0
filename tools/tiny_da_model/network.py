"""The network and its training. Needs PyTorch.

A time-delay network: three layers that look at every 10 ms, five at every 30 ms, and the outputs of `labels`.
V. Peddinti, D. Povey, S. Khudanpur, "A time delay neural network architecture for efficient modeling of long temporal
contexts", Interspeech 2015.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from tools.tiny_da_model import corpus
from tools.tiny_da_model.corpus import COEFFICIENTS, Example
from tools.tiny_da_model.kaldi import CONTEXT, Layer
from tools.tiny_da_model.labels import FRAMES_A_STEP, NONE, OUTPUTS, OUTPUTS_A_SOUND
from tools.tiny_da_model.plan import HELD_OUT_SEEDS, NotEnough, Plan

# (kernel, stride, width)
_LAYERS = (
    *((5, 1, 256), (3, 1, 256), (3, FRAMES_A_STEP, 256)),
    *((3, 1, 320), (3, 1, 320), (3, 1, 320), (3, 1, 320), (1, 1, 256)),
)
_FIRST_WITH_DROPOUT, _DROPOUT = 2, 0.1
_LEARNING_RATE, _LEAST_LEARNING_RATE, _WARM_UP_STEPS = 2e-3, 1e-5, 200
_WEIGHT_DECAY, _GREATEST_GRADIENT = 1e-3, 5.0
_BATCH, _STEPS_A_PIECE = 64, 50
_SHORTEST = 10  # frames
_REPORT_EVERY = 100  # batches


@dataclass(frozen=True, slots=True)
class Trained:
    """A network as layers, and for how many frames each of its outputs was right in training."""

    layers: list[Layer]
    frames: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Frames:
    """Examples one after another, with room between them."""

    features: npt.NDArray[np.float16]
    labels: npt.NDArray[np.int16]

    @classmethod
    def joined(cls, examples: Iterable[Example]) -> "_Frames":
        features, right = [], []
        room = CONTEXT + 1
        for example in examples:
            if len(example.features) >= _SHORTEST:
                features.append(np.pad(example.features, ((room, room), (0, 0)), mode="edge"))
                right.append(np.pad(example.labels, room, constant_values=NONE))
        return cls(np.concatenate(features), np.concatenate(right))

    def batches(self, chance: np.random.Generator) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Pieces of 1.5 seconds in any order, 64 at a time, with the label of every third frame."""
        length = FRAMES_A_STEP * _STEPS_A_PIECE
        first = int(chance.integers(CONTEXT, CONTEXT + length))
        starts = np.arange(first, len(self.features) - length - CONTEXT - FRAMES_A_STEP, length)
        chance.shuffle(starts)
        width = FRAMES_A_STEP * (_STEPS_A_PIECE - 1) + 1 + 2 * CONTEXT
        for batch in range(0, len(starts) - _BATCH + 1, _BATCH):
            chosen = starts[batch : batch + _BATCH, None]
            features = self.features[chosen - CONTEXT + np.arange(width)].astype(np.float32)
            right = self.labels[chosen + FRAMES_A_STEP * np.arange(_STEPS_A_PIECE)].astype(np.int64)
            yield torch.from_numpy(features).transpose(1, 2), torch.from_numpy(right)

    def count_batches(self) -> int:
        return len(self.features) // (FRAMES_A_STEP * _STEPS_A_PIECE) // _BATCH


class _Network(nn.Module):
    def __init__(self, mean: npt.NDArray[np.float32], spread: npt.NDArray[np.float32]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("spread", torch.from_numpy(spread))
        widths = [COEFFICIENTS, *(width for _, _, width in _LAYERS)]
        self.layers = nn.ModuleList(
            nn.Conv1d(before, width, kernel, stride=stride)
            for before, (kernel, stride, width) in zip(widths, _LAYERS, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _, _, width in _LAYERS)
        self.output = nn.Conv1d(widths[-1], OUTPUTS, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """[batch, coefficient, frame] -> [batch, output, step]"""
        values = (features - self.mean[:, None]) / self.spread[:, None]
        for index, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            values = norm(functional.relu(layer(values)))
            if index >= _FIRST_WITH_DROPOUT:
                values = functional.dropout(values, _DROPOUT, self.training)
        return self.output(values)


def train(folder: Path, plan: Plan, report: Callable[[str], None]) -> Trained:
    """A network trained on nothing but speech made from the texts in a folder. Raises NotEnough."""
    held_out = _Frames.joined(corpus.examples(folder, HELD_OUT_SEEDS, plan.jobs))
    data = _Frames.joined(corpus.examples(folder, plan.seeds(0), plan.jobs))
    batches = plan.epochs * data.count_batches()
    if batches == 0:
        raise NotEnough(plan.utterances)
    sample = data.features[::7].astype(np.float32)
    torch.manual_seed(0)
    network = _Network(sample.mean(0), sample.std(0) + 1e-3)
    report(f"{sum(parameter.numel() for parameter in network.parameters())} weights, {batches} batches")
    course = _Course(network, batches, report)
    frames = np.zeros(OUTPUTS, np.int64)
    chance = np.random.default_rng(5)
    for epoch in range(plan.epochs):
        if epoch > 0:
            data = _Frames.joined(corpus.examples(folder, plan.seeds(epoch), plan.jobs))
        frames += np.bincount(data.labels[data.labels != NONE], minlength=OUTPUTS)
        for features, right in data.batches(chance):
            course.learn(features, right)
        report(f"epoch {epoch + 1}: {_judged(network, held_out)}")
    return Trained(_folded(network.eval()), frames)


class _Course:
    """Training under way: the learning rate rises at first, then falls along a cosine."""

    def __init__(self, network: _Network, batches: int, report: Callable[[str], None]) -> None:
        self._network = network
        self._optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
        self._batches = batches
        self._report = report
        self._done = 0
        self._losses: list[float] = []
        self._began = time.monotonic()

    def learn(self, features: torch.Tensor, right: torch.Tensor) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self._network(features)
        loss = functional.cross_entropy(outputs.float(), right, ignore_index=NONE)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), _GREATEST_GRADIENT)
        self._optimizer.step()
        self._done += 1
        self._losses.append(loss.item())
        if self._done % _REPORT_EVERY == 0:
            seconds = time.monotonic() - self._began
            self._report(f"batch {self._done} of {self._batches}: loss {np.mean(self._losses):.3f} ({seconds:.0f} s)")
            self._losses.clear()

    def _learning_rate(self) -> float:
        rising = min(1.0, (self._done + 1) / _WARM_UP_STEPS)
        falling = 0.5 + 0.5 * math.cos(math.pi * min(1.0, self._done / self._batches))
        return _LEARNING_RATE * rising * falling + _LEAST_LEARNING_RATE


def _judged(network: _Network, held_out: _Frames) -> str:
    """How well the network does on utterances it has not learnt from."""
    network.eval()
    loss = hits = total = 0.0
    with torch.no_grad():
        for features, right in held_out.batches(np.random.default_rng(0)):
            outputs = network(features)
            counted = right != NONE
            loss += float(functional.cross_entropy(outputs, right, ignore_index=NONE, reduction="sum"))
            same_sound = outputs.argmax(1) // OUTPUTS_A_SOUND == right // OUTPUTS_A_SOUND
            hits += int((same_sound & counted).sum())
            total += int(counted.sum())
    network.train()
    return f"on held-out utterances a loss of {loss / total:.3f}, and {hits / total:.1%} of the sounds right"


def _folded(network: _Network) -> list[Layer]:
    """The network as plain layers: what was done to the inputs of each is now part of its weights."""
    scale = (1.0 / network.spread).double()
    shift = (-network.mean / network.spread).double()
    layers = []
    with torch.no_grad():
        for layer, norm in zip([*network.layers, network.output], [*network.norms, None], strict=True):
            weights, bias = layer.weight.double(), layer.bias.double()
            bias = bias + (weights * shift[None, :, None]).sum((1, 2))
            weights = (weights * scale[None, :, None]).permute(0, 2, 1)
            layers.append(
                Layer(
                    kernel=weights.shape[1],
                    stride=layer.stride[0],
                    weights=weights.reshape(len(weights), -1).float().numpy(),
                    bias=bias.float().numpy(),
                )
            )
            if norm is not None:
                scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).double()
                shift = norm.bias.double() - norm.running_mean.double() * scale
    return layers
