"""`am/final.mdl` as Kaldi reads it: the states of the sounds and a network that is ready to run.

The layout of the file: `src/hmm/transition-model.cc`, `src/hmm/hmm-topology.cc`, `src/nnet3/am-nnet-simple.cc`,
`src/nnet3/nnet-nnet.cc` and `src/matrix/compressed-matrix.cc` of Kaldi.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tools.tiny_da_model.hmm import FileState

CONTEXT = 16  # frames that the network looks at on each side
_STEPS = 65535  # of a weight in two bytes
_NO_HMM = -1  # says that the first frame of a sound has its own output
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer of the network: `weights` has a row per output and reads `kernel` inputs, oldest first.

    `stride` is how far apart the next layer's inputs are; every layer but the last is rectified.
    """

    kernel: int
    stride: int
    weights: Weights
    bias: Weights


class _Writer:
    """Kaldi's binary notation: tokens, and numbers that say how long they are."""

    def __init__(self) -> None:
        self.content = bytearray(b"\0B")

    def tokens(self, *tokens: str) -> None:
        for token in tokens:
            self.content += token.encode() + b" "

    def text(self, text: str) -> None:
        self.content += text.encode()

    def integers(self, *values: int) -> None:
        for value in values:
            self.content += struct.pack("<bi", 4, value)

    def number(self, value: float) -> None:
        self.content += struct.pack("<bf", 4, value)

    def integer_list(self, values: list[int]) -> None:
        self.integers(len(values))
        self.content += np.asarray(values, "<i4").tobytes()

    def vector(self, values: npt.ArrayLike) -> None:
        array = np.asarray(values, "<f4")
        self.tokens("FV")
        self.integers(len(array))
        self.content += array.tobytes()

    def matrix_in_two_bytes(self, matrix: Weights) -> None:
        """Each weight as one of 65536 steps between the least and the greatest."""
        values = np.asarray(matrix, np.float64)
        least = float(values.min())
        span = float(values.max()) - least or 1.0
        self.tokens("CM2")
        self.content += struct.pack("<ffii", least, span, *values.shape)
        self.content += np.clip(np.round((values - least) / span * _STEPS), 0, _STEPS).astype("<u2").tobytes()


def write_acoustic_model(
    path: Path, states: list[FileState], layers: list[Layer], priors: npt.NDArray[np.float64]
) -> None:
    """`states` in the order of the sounds' numbers; `priors` has the share of each output of the network."""
    writer = _Writer()
    _write_states(writer, states)
    _write_network(writer, layers)
    writer.tokens("<LeftContext>")
    writer.integers(CONTEXT)
    writer.tokens("<RightContext>")
    writer.integers(CONTEXT)
    writer.tokens("<Priors>")
    writer.vector(priors)
    path.write_bytes(writer.content)


def _write_states(writer: _Writer, states: list[FileState]) -> None:
    writer.tokens("<TransitionModel>")
    _write_topology(writer, len(states))
    writer.tokens("<Tuples>")
    writer.integers(len(states))
    for number, state in enumerate(states, start=1):
        writer.integers(number, 0, state.first_output, state.later_output)
    writer.tokens("</Tuples>", "<LogProbs>")
    chances = [chance for state in states for chance in (state.stay, 1 - state.stay)]
    writer.vector([0.0, *np.log(chances)])
    writer.tokens("</LogProbs>", "</TransitionModel>")


def _write_topology(writer: _Writer, sounds: int) -> None:
    """One topology for all sounds: a state that loops, and one that ends."""
    writer.tokens("<Topology>")
    writer.integer_list(list(range(1, sounds + 1)))
    writer.integer_list([-1] + [0] * sounds)
    writer.integers(_NO_HMM)
    writer.integers(1, 2)  # one topology, of two states
    writer.integers(0, 1, 2)  # outputs of the first state, and its ways on:
    for to in (0, 1):
        writer.integers(to)
        writer.number(0.5)
    writer.integers(-1, -1, 0)  # the last state: no outputs, no ways on
    writer.tokens("</Topology>")


def _write_network(writer: _Writer, layers: list[Layer]) -> None:
    names = [f"tdnn{number}" for number in range(1, len(layers))] + ["output"]
    writer.tokens("<Nnet3>")
    writer.text("\n" + "\n".join(_wiring(names, layers)) + "\n\n")
    writer.tokens("<NumComponents>")
    writer.integers(2 * len(layers))
    for name, layer in zip(names, layers, strict=True):
        writer.tokens("<ComponentName>", f"{name}.affine", "<FixedAffineComponent>", "<LinearParams>")
        writer.matrix_in_two_bytes(layer.weights)
        writer.tokens("<BiasParams>")
        writer.vector(layer.bias)
        writer.tokens("</FixedAffineComponent>", "<ComponentName>", f"{name}.{_after(name)}")
        _write_nonlinearity(writer, _after(name), len(layer.bias))
    writer.tokens("</Nnet3>")


def _after(name: str) -> str:
    """What the sums of a layer go through."""
    return "log-softmax" if name == "output" else "relu"


def _write_nonlinearity(writer: _Writer, kind: str, width: int) -> None:
    component = {"relu": "RectifiedLinearComponent", "log-softmax": "LogSoftmaxComponent"}[kind]
    writer.tokens(f"<{component}>", "<Dim>")
    writer.integers(width)
    for statistic in ("<ValueAvg>", "<DerivAvg>"):
        writer.tokens(statistic)
        writer.vector([])
    writer.tokens("<Count>")
    writer.number(0.0)
    writer.tokens(f"</{component}>")


def _wiring(names: list[str], layers: list[Layer]) -> list[str]:
    """The lines that tell which component reads what."""
    lines = [f"input-node name=input dim={layers[0].weights.shape[1] // layers[0].kernel}"]
    previous, spread = "input", 1  # frames between neighbouring inputs
    for name, layer in zip(names, layers, strict=True):
        affine, after = f"{name}.affine", f"{name}.{_after(name)}"
        lines.append(f"component-node name={affine} component={affine} input={_inputs(previous, layer.kernel, spread)}")
        lines.append(f"component-node name={after} component={after} input={affine}")
        previous = after
        spread *= layer.stride
    return [*lines, f"output-node name=output input={previous} objective=linear"]


def _inputs(source: str, kernel: int, spread: int) -> str:
    offsets = [(index - kernel // 2) * spread for index in range(kernel)]
    parts = [source if offset == 0 else f"Offset({source}, {offset})" for offset in offsets]
    return parts[0] if len(parts) == 1 else f"Append({', '.join(parts)})"
