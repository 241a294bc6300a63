"""MLPerf Tiny's accuracy and performance mode, by the protocol that its own runner speaks.

Accuracy mode loads every sample and infers once. Performance mode takes five samples; each is
inferred for at least ten seconds by the device's clock, and the median of the five rates counts.
"""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.errors import DeviceError, InputError
from edgekit.harness.session import Device
from edgekit.harness.statistics import median
from edgekit.ir import Tensor
from edgekit.ir.tensor import Array
from edgekit.ops.quantize import quantized

#: Bytes a `db` command, as the official runner sends them.
_CHUNK = 31
_TRIES = 3
_LINE_S = 300.0

LOOPS = 5
LEAST_S = 10.0
WARM_UP = 10
#: In an emulator time is not true: so many inferences prove the protocol and give instructions.
EMULATED_RUNS = 3

_LAP = re.compile(r"m-lap-us-(\d+)")
_RESULTS = re.compile(r"m-results-\[([^\]]*)\]")

#: The closed division's floors: top-1, or the area under the curve for anomalies.
FLOORS = {"kws01": 0.90, "vww01": 0.80, "ic01": 0.85, "ad01": 0.85}
_UNSIGNED = ("ic01", "vww01")
ANOMALIES = "ad01"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy mode's result.

    Attributes:
        samples: how many were inferred.
        top_1: share of samples whose largest result is at the label; None for anomalies.
        auc: area under the ROC curve: of each class against the others, averaged; for anomalies of
            the result itself. None where the labels have one class only.
        floor: what the closed division asks for; None for a model that is none of its tasks.
        passes: whether that is reached; None without a floor.
    """

    samples: int
    top_1: float | None
    auc: float | None
    floor: float | None
    passes: bool | None


@dataclass(frozen=True, slots=True)
class Performance:
    """Performance mode's result.

    Attributes:
        loops: measurements, of one sample each.
        inferences: of each.
        rates_hz: inferences a second of each loop, by the device's clock; none in an emulator.
        median_hz: what counts; None in an emulator.
        seconds: what each loop took by the device's clock; none in an emulator.
        instructions: of one inference, the median; None where they are not counted.
    """

    loops: int
    inferences: int
    rates_hz: tuple[float, ...]
    median_hz: float | None
    seconds: tuple[float, ...]
    instructions: int | None


class _IncompleteError(DeviceError):
    """An answer lacks lines: the device may have started anew."""


class Talk:
    """A conversation by the text protocol, of which every line is kept."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.log: list[str] = []

    @property
    def device(self) -> Device:
        """Whom it is with."""
        return self._device

    def say(self, command: str) -> list[str]:
        """Send a command; returns its answer.

        Raises:
            DeviceError: no answer.
        """
        self.log.append(f"> {command}%")
        lines = self._device.command(command, _LINE_S)
        self.log += [*lines, "m-ready"]
        return lines

    def identify(self) -> tuple[str, str]:
        """The device's name and its model's.

        Raises:
            DeviceError: it answers something else.
        """
        name = _only(self.say("name"), r"m-name-dut-\[(.*)\]")
        return name, _only(self.say("profile"), r"m-model-\[(.*)\]")

    def load(self, data: bytes) -> None:
        """Load a sample, again if a line was lost on the way.

        Raises:
            DeviceError: the device does not take it.
        """
        for _ in range(_TRIES):
            lines = self.say(f"db load {len(data)}")
            for at in range(0, len(data), _CHUNK):
                lines += self.say(f"db {data[at : at + _CHUNK].hex()}")
            errors = [line for line in lines if line.startswith("e-[")]
            if "m-load-done" in lines and not errors:
                return
        raise DeviceError(
            f"the device does not take a sample of {len(data)} bytes: "
            f"{errors[-1] if errors else 'it never says that it is complete'}",
            "is it the same model? `edgekit verify` compares it op by op",
        )

    def infer(self, runs: int, warm_up: int) -> tuple[float, npt.NDArray[np.float64]]:
        """Infer the loaded sample.

        Returns:
            What the runs took in seconds by the device's clock, and the result.

        Raises:
            DeviceError: the answer is not complete, as that of a device that starts anew.
        """
        lines = self.say(f"infer {runs} {warm_up}")
        laps = [int(m[1]) for line in lines if (m := _LAP.fullmatch(line))]
        results = [m[1] for line in lines if (m := _RESULTS.fullmatch(line))]
        if len(laps) != 2 or len(results) != 1 or laps[1] < laps[0]:
            raise _IncompleteError(f"the answer to infer is not complete: {lines}")
        try:
            values = np.array([float(text) for text in results[0].split(",")])
        except ValueError as error:
            raise DeviceError(f"the results are no numbers: {results[0]!r}") from error
        return (laps[1] - laps[0]) / 1e6, values


def wire_bytes(sample: Array, tensor: Tensor, model: str) -> bytes:
    """A sample as the task's data set has it: see docs/protocol.md.

    Args:
        sample: of the model's own type.
        tensor: the model's input.
        model: the model's name.
    """
    if model in _UNSIGNED:
        return bytes(b ^ 0x80 for b in sample.tobytes())
    if model == ANOMALIES and tensor.quant is not None and sample.dtype.kind == "i":
        real = (sample.astype(np.float64) - tensor.quant.zero_point) * tensor.quant.scale
        single = real.astype(np.float32)
        if not np.array_equal(quantized(single, tensor), sample):
            raise InputError("the samples can't be given as floats and quantized back to the same")
        return bytes(single.tobytes())
    return bytes(sample.tobytes())


def accuracy(
    talk: Talk,
    model: str,
    samples: Iterable[bytes],
    labels: npt.NDArray[np.int64],
    advance: Callable[[], None] = lambda: None,
    groups: npt.NDArray[np.int64] | None = None,
) -> Accuracy:
    """Accuracy mode.

    Args:
        talk: the device.
        model: its model's name.
        samples: as they go over the wire.
        labels: the right classes; for anomalies 1 where it is one.
        advance: called after each sample.
        groups: for anomalies the recording that each window is from: the mean of its windows'
            results counts.

    Raises:
        DeviceError: the device does not answer as it should.
        InputError: there are no samples.
    """
    rows = []
    for data in samples:
        rows.append(_classified(talk, data))
        advance()
    if not rows:
        raise InputError("there are no samples")
    results = np.stack(rows)
    truth = labels[: len(results)]
    if model == ANOMALIES:
        top_1, area = None, _anomalies(results[:, 0], truth, groups)
        reached = area
    else:
        top_1 = float(np.mean(results.argmax(axis=1) == truth))
        area, reached = _mean_auc(results, truth), top_1
    floor = FLOORS.get(model)
    passes = None if floor is None else reached is not None and reached >= floor
    return Accuracy(len(results), top_1, area, floor, passes)


def _classified(talk: Talk, data: bytes) -> npt.NDArray[np.float64]:
    """One sample's result; again where the device started anew in between."""
    for _ in range(_TRIES):
        # A device that starts anew says m-ready as well: its answers alone do not tell.
        with contextlib.suppress(_IncompleteError):
            talk.load(data)
            result = talk.infer(1, 0)[1]
            if talk.device.is_whole():
                return result
        talk.device.is_whole()
    raise DeviceError("the device keeps starting anew", "is its supply strong enough?")


def performance(
    talk: Talk, samples: Sequence[bytes], advance: Callable[[], None] = lambda: None
) -> Performance:
    """Performance mode, with as many inferences as ten seconds need.

    Args:
        talk: the device.
        samples: as they go over the wire; five, or fewer that are used again.
        advance: called after each loop.

    Raises:
        DeviceError: the device does not answer, or its clock and this computer's do not fit.
    """
    device = talk.device
    talk.load(samples[0])
    emulated = device.link.emulated
    runs = EMULATED_RUNS if emulated else _runs_for(talk)
    seconds = []
    for loop in range(LOOPS):
        talk.load(samples[loop % len(samples)])
        started = time.monotonic()
        took, _ = talk.infer(runs, 1 if emulated else WARM_UP)
        _hold_to_watch(device, took, time.monotonic() - started)
        seconds.append(took)
        advance()
    rates = () if emulated else tuple(runs / took for took in seconds)
    ticks = median(seconds) / runs * device.hello().tick_hz
    return Performance(
        LOOPS,
        runs,
        rates,
        median(rates) if rates else None,
        () if emulated else tuple(seconds),
        device.instructions(round(ticks)) if emulated else None,
    )


def auc(scores: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]) -> float | None:
    """The area under the ROC curve, by ranks (Mann and Whitney); ties count half.

    None where all or none are positive.
    """
    count = int(positive.sum())
    others = len(positive) - count
    if count == 0 or others == 0:
        return None
    values, inverse, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    ranks = (ends - (sizes - 1) / 2)[inverse]
    assert len(values)  # there are scores
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def _anomalies(
    scores: npt.NDArray[np.float64],
    truth: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64] | None,
) -> float | None:
    """The area under the curve of the recordings, or of the windows where those are not known."""
    if groups is None:
        return auc(scores, truth != 0)
    _, first, inverse = np.unique(groups[: len(scores)], return_index=True, return_inverse=True)
    means = np.bincount(inverse, scores) / np.bincount(inverse)
    return auc(means, truth[first] != 0)


def _mean_auc(results: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]) -> float | None:
    areas = [auc(results[:, i], truth == i) for i in range(results.shape[1])]
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else None


def _runs_for(talk: Talk) -> int:
    """So many inferences last ten seconds, with a little to spare."""
    runs = 1
    while True:
        took, _ = talk.infer(runs, WARM_UP if runs == 1 else 0)
        if took >= 0.1:
            return max(1, math.ceil(runs * LEAST_S * 1.02 / took))
        runs *= 10


def _hold_to_watch(device: Device, took: float, watched: float) -> None:
    """The rules' second clock: the device can't have taken longer than this computer waited.

    Raises:
        DeviceError: it says so.
    """
    if not device.link.emulated and took > watched * 1.02 + 0.01:
        raise DeviceError(
            f"the device says that it took {took:.3f} s, its answer was there after "
            f"{watched:.3f} s: its clock is wrong",
            "does the board run at the clock that its soc.toml gives?",
        )


def _only(lines: list[str], pattern: str) -> str:
    found = [m[1] for line in lines if (m := re.fullmatch(pattern, line))]
    if len(found) != 1:
        raise DeviceError(f"the device's answer is not the protocol's: {lines}")
    return found[0]
