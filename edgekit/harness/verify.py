"""Compares every operator's output on a device with the oracles', bit by bit."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edgekit.errors import DeviceError
from edgekit.harness.diagnose import cause
from edgekit.harness.metrics import Metrics, metrics
from edgekit.ir import Graph
from edgekit.ir.tensor import Array
from edgekit.ops import Layout

Sample = Sequence[Array]


class OpTrace(Protocol):
    """What the device says about one op's output."""

    @property
    def crc32(self) -> int:
        """CRC-32 of its bytes."""


class Tracer(Protocol):
    """The part of a device that verification needs; see `harness.session.Device`."""

    def write_inputs(self, inputs: Sequence[bytes]) -> None:
        """Load the model's inputs."""

    def trace(self) -> Sequence[OpTrace]:
        """Run the ops one by one."""

    def read_op_output(self, index: int) -> bytes:
        """Run up to an op and fetch what it wrote."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first value that differs.

    Attributes:
        place: `host`, `emulator` or `port`.
        sample: position of the input in the data.
        op_index: position of the first wrong op in the compiled graph.
        op: its kind.
        name: its name in the model.
        tensor: name of the output tensor.
        index: coordinates of the first wrong element.
        expected: the oracle's value there.
        got: the device's.
        wrong_elements: how many elements of the tensor differ.
        elements: how many it has.
        cause: what the differences point to; the op's own inputs are right.
    """

    place: str
    sample: int
    op_index: int
    op: str
    name: str
    tensor: str
    index: tuple[int, ...]
    expected: float
    got: float
    wrong_elements: int
    elements: int
    cause: str

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """How one place did.

    Attributes:
        samples: inputs run.
        tensors: operator outputs compared for each input.
        mismatches: operator outputs that differ, over all samples.
        metrics: the model's outputs against the oracle's.
        accuracy: share of right answers, where the data has labels.
        first: the first difference.
    """

    samples: int
    tensors: int
    mismatches: int
    metrics: Metrics
    accuracy: float | None = None
    first: Mismatch | None = None

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it; the first difference stands elsewhere."""
        found: dict[str, Any] = {
            "samples": self.samples,
            "tensors": self.tensors,
            "mismatches": self.mismatches,
            "metrics": asdict(self.metrics),
        }
        return found if self.accuracy is None else {**found, "accuracy": self.accuracy}


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The right answer to one sample.

    Attributes:
        crcs: CRC-32 of every op's output.
        final: the model's first output.
    """

    crcs: tuple[int, ...]
    final: Array


def expected_of(graph: Graph, outputs: Sequence[Array], layouts: Sequence[Layout] = ()) -> Expected:
    """What to keep of an oracle's answer: all outputs of many samples would fill the memory.

    Args:
        graph: the compiled graph.
        outputs: every op's output, NHWC.
        layouts: how each of them lies on the device; none: all as NHWC.
    """
    pairs = itertools.zip_longest(outputs, layouts)
    crcs = tuple(zlib.crc32(_stored(array, layout)) for array, layout in pairs)
    return Expected(crcs, outputs[_last(graph)])


def _stored(array: Array, layout: Layout) -> bytes:
    """What the device's arena holds of a tensor."""
    return np.ascontiguousarray(array).tobytes() if layout is None else layout.encode(array)


def verify_device(
    device: Tracer,
    graph: Graph,
    samples: Sequence[Sample],
    expected: Sequence[Expected],
    outputs_of: Callable[[int], Sequence[Array]],
    *,
    place: str,
    labels: npt.NDArray[np.int64] | None = None,
    advance: Callable[[], None] = lambda: None,
    layouts: Sequence[Layout] = (),
) -> PlaceResult:
    """Run every sample and compare every operator's output.

    The device sends a CRC-32 of each output; the first tensor whose CRC differs is fetched whole,
    and so are the model's outputs.

    Args:
        device: a session with a device that runs the model.
        graph: the compiled graph.
        samples: per sample, one array per model input.
        expected: the oracle's answers, one per sample.
        outputs_of: every op's right output for one sample; asked for the first wrong one.
        place: the word for reports.
        labels: the right classes, one per sample.
        advance: called after each sample.
        layouts: how each op's output lies on the device; none: all as NHWC.

    Raises:
        DeviceError: the device answers with another number of ops or bytes.
    """
    mismatches = 0
    first: Mismatch | None = None
    finals: list[Array] = []
    for number, (sample, wanted) in enumerate(zip(samples, expected, strict=True)):
        device.write_inputs([array.tobytes() for array in sample])
        traced = device.trace()
        if len(traced) != len(wanted.crcs):
            raise DeviceError(
                f"the {place} runs {len(traced)} ops, the model has {len(wanted.crcs)}",
                "another firmware is on the board: `edgekit build` and `edgekit flash` again",
            )
        wrong = [
            i
            for i, (trace, crc) in enumerate(zip(traced, wanted.crcs, strict=True))
            if trace.crc32 != crc
        ]
        mismatches += len(wrong)
        if wrong and first is None:
            right = outputs_of(number)[wrong[0]]
            layout = layouts[wrong[0]] if layouts else None
            first = _describe(device, graph, (place, number, wrong[0]), right, layout)
        finals.append(_final(device, graph, wanted.final, bool(wrong)))
        advance()
    answers = np.stack(finals)
    truth = np.stack([wanted.final for wanted in expected])
    return PlaceResult(
        len(finals),
        len(graph.ops),
        mismatches,
        metrics(_real(answers, graph), _real(truth, graph)),
        None if labels is None else accuracy(answers, labels),
        first,
    )


def accuracy(outputs: Iterable[Array], labels: npt.NDArray[np.int64]) -> float:
    """Share of samples whose largest output is at the label; ties go to the first."""
    answers = [int(np.argmax(output)) for output in outputs]
    return float(np.mean(np.array(answers) == labels[: len(answers)]))


def _last(graph: Graph) -> int:
    """The op that writes the model's first output."""
    return next(i for i, op in enumerate(graph.ops) if graph.outputs[0] in op.outputs)


def _final(device: Tracer, graph: Graph, expected: Array, differs: bool) -> Array:
    """The model's first output on the device; equal CRCs spare the transfer."""
    if not differs:
        return expected
    return _array(device.read_op_output(_last(graph)), expected)


def _array(data: bytes, like: Array) -> Array:
    if len(data) != like.nbytes:
        raise DeviceError(f"the device sends {len(data)} bytes of a tensor of {like.nbytes}")
    return np.frombuffer(data, like.dtype).reshape(like.shape)


def _real(values: Array, graph: Graph) -> npt.NDArray[np.float64]:
    quant = graph.tensors[graph.outputs[0]].quant
    real = values.astype(np.float64)
    if values.dtype.kind != "i" or quant is None:
        return real
    return (real - quant.zero_point) * quant.scale


def _describe(
    device: Tracer, graph: Graph, where: tuple[str, int, int], wanted: Array, layout: Layout
) -> Mismatch:
    """The first difference of a tensor whose checksum is wrong.

    Args:
        device: the device.
        graph: the compiled graph.
        where: place, sample, position of the op.
        wanted: the right values.
        layout: how they lie on the device.
    """
    place, sample, position = where
    data = device.read_op_output(position)
    got = _array(data, wanted) if layout is None else layout.decode(data, wanted.shape)
    # Compared as bytes: two NaNs of one pattern are equal, 0.0 and -0.0 are not.
    width = wanted.dtype.itemsize
    differs = (
        np.frombuffer(got.tobytes(), f"V{width}") != np.frombuffer(wanted.tobytes(), f"V{width}")
    ).reshape(wanted.shape)
    op = graph.ops[position]
    if not differs.any() and data != _stored(wanted, layout):
        raise DeviceError(
            f"the {place}'s op {position} ({op.kind}) writes the right values, but a wrong border "
            "around them",
            "this is a defect of edgekit: please report it with the model",
        )
    if not differs.any():
        raise DeviceError(
            f"the {place}'s checksum of op {position} ({op.kind}) differs, its tensor does not",
            "the device's memory changes by itself: check its supply and the stack's size",
        )
    index = tuple(int(i) for i in np.argwhere(differs)[0])
    return Mismatch(
        place,
        sample,
        position,
        op.kind,
        op.name,
        graph.output(op).name,
        index,
        float(wanted[index]),
        float(got[index]),
        int(differs.sum()),
        wanted.size,
        cause(wanted, got, differs, graph.output(op)),
    )
