"""Benchmarks a device, and the statistics of its latencies."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.errors import InputError
from edgekit.harness.session import Device
from edgekit.targets import Target

#: Inferences before the measured ones: they fill caches and flash prefetch buffers.
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of repeated measurements, in the unit of the values.

    Attributes:
        count: number of values.
        median: half of them are below.
        p90: 90 % are at or below.
        p99: 99 % are at or below.
        spread: largest minus smallest.
    """

    count: int
    median: float
    p90: float
    p99: float
    spread: float


@dataclass(frozen=True, slots=True)
class OpMeasurement:
    """One op of one inference: its ticks, and what they stand for.

    Attributes:
        ticks: of the device's timer.
        instructions: where they are counted.
        latency_us: on a real board.
    """

    ticks: int
    instructions: int | None
    latency_us: float | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one inference costs on a device.

    Attributes:
        board: the target's name.
        where: `emulator` or `port`.
        instructions: of one inference, the median; None where they are not counted.
        latency_us: None in an emulator: no latency is claimed there.
        warm_up_us: latencies of the inferences before the measured ones.
        stack_bytes: high-water mark of one inference; None where it can't be told.
        arena_bytes: as the device reports it.
        output_sha256: of all outputs, one behind the other.
        ops: one by one.
    """

    board: str
    where: str
    instructions: int | None
    latency_us: Statistics | None
    warm_up_us: tuple[float, ...]
    stack_bytes: int | None
    arena_bytes: int
    output_sha256: str
    ops: tuple[OpMeasurement, ...]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank).

    Raises:
        InputError: there are no values.
    """
    if not values:
        raise InputError("no measurements")
    rank = math.ceil(percent / 100.0 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle.

    Raises:
        InputError: there are no values.
    """
    if not values:
        raise InputError("no measurements")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def statistics(values: Sequence[float]) -> Statistics:
    """Summarize measurements.

    Raises:
        InputError: there are none.
    """
    return Statistics(
        count=len(values),
        median=median(values),
        p90=percentile(values, 90),
        p99=percentile(values, 99),
        spread=max(values) - min(values),
    )


def bench(
    device: Device,
    target: Target,
    inputs: Sequence[bytes],
    *,
    runs: int = 10,
    warm_up: int = WARM_UP,
) -> Measurement:
    """Measure inferences of one input.

    Args:
        device: an open session.
        target: its board.
        inputs: the bytes of each input.
        runs: measured inferences; an emulator that counts gives the same each time.
        warm_up: inferences before them.

    Raises:
        InputError: runs is below 1.
        DeviceError: the device does not answer.
    """
    if runs < 1 or warm_up < 0:
        raise InputError(f"can't measure {runs} runs after {warm_up}", "take --runs 1 or more")
    hello = device.hello()
    device.write_inputs(inputs)
    before = [device.invoke() for _ in range(warm_up)]
    timings = [device.invoke() for _ in range(runs)]
    outputs = b"".join(device.read_output(i) for i in range(hello.outputs))
    counts = [t.instructions for t in timings if t.instructions is not None]
    latencies = [t.latency_us for t in timings if t.latency_us is not None]
    return Measurement(
        board=target.board.name,
        where="emulator" if device.link.emulated else "port",
        instructions=round(median(counts)) if counts else None,
        latency_us=statistics(latencies) if latencies else None,
        warm_up_us=tuple(t.latency_us for t in before if t.latency_us is not None),
        stack_bytes=device.stack_bytes(),
        arena_bytes=hello.arena_bytes,
        output_sha256=hashlib.sha256(outputs).hexdigest(),
        ops=_ops(device, hello.tick_hz),
    )


def _ops(device: Device, tick_hz: int) -> tuple[OpMeasurement, ...]:
    real = not device.link.emulated
    return tuple(
        OpMeasurement(
            op.ticks,
            device.instructions(op.ticks),
            op.ticks * 1e6 / tick_hz if real else None,
        )
        for op in device.trace()
    )
