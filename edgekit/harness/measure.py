"""Benchmarks a device, and the statistics of its latencies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.errors import InputError
from edgekit.harness.clock import ClockCheck, MisfitError, Watch, hold_to_wait
from edgekit.harness.session import Device, Timing
from edgekit.harness.statistics import Statistics, is_stable, median, statistics
from edgekit.targets import Target

#: Inferences before the measured ones: they fill caches and flash prefetch buffers.
WARM_UP = 3
#: `until_stable` gives up after so many times `runs`.
_MOST_BATCHES = 50
#: Running ops one by one costs calls and cold caches, but not more than this factor.
_MOST_MISFIT = 1.5
_TRACES = 5
_MOST_DIFFERENCE = 0.01
_FEW_TICKS = 200


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
        latencies_us: of each measured inference, in their order.
        stable: whether the medians of batches agreed in the end; None where nobody asked.
        clock: the board's clock against this computer's; None in an emulator.
        profile_overhead: how much longer the ops take one by one than together, relatively: their
            caches are cold, and each is called by itself.
        resets: how often the board started anew meanwhile; what it lost was done again.
        timer_overhead_ticks: what reading the timer costs; subtracted from every figure.
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
    latencies_us: tuple[float, ...]
    stable: bool | None
    clock: ClockCheck | None
    profile_overhead: float
    timer_overhead_ticks: int
    resets: int


def bench(
    device: Device,
    target: Target,
    inputs: Sequence[bytes],
    *,
    runs: int = 10,
    warm_up: int = WARM_UP,
    until_stable: bool = False,
) -> Measurement:
    """Measure inferences of one input.

    Args:
        device: an open session.
        target: its board.
        inputs: the bytes of each input.
        runs: measured inferences; an emulator that counts gives the same each time.
        warm_up: inferences before them.
        until_stable: go on, `runs` at a time, until their medians agree.

    Raises:
        InputError: runs is below 1.
        MisfitError: figures do not fit each other; says which.
        DeviceError: the device does not answer.
    """
    if runs < 1 or warm_up < 0:
        raise InputError(f"can't measure {runs} runs after {warm_up}", "take --runs 1 or more")
    hello = device.hello()
    device.write_inputs(inputs)
    watch = None if device.link.emulated else Watch(device)
    before = [_invoke(device) for _ in range(warm_up)]
    timings, stable = _timings(device, runs, until_stable)
    outputs = b"".join(device.read_output(i) for i in range(hello.outputs))
    ops, overhead = _profile(device, [t.ticks for t in timings])
    counts = [t.instructions for t in timings if t.instructions is not None]
    _hold_counts(counts)
    latencies = [t.latency_us for t in timings if t.latency_us is not None]
    return Measurement(
        board=target.board.name,
        where="emulator" if device.link.emulated else "port",
        instructions=round(median(counts)) if counts else None,
        latency_us=statistics(latencies) if latencies else None,
        warm_up_us=tuple(t.latency_us for t in before if t.latency_us is not None),
        latencies_us=tuple(latencies),
        stable=stable,
        clock=None if watch is None else watch.check(),
        profile_overhead=overhead,
        timer_overhead_ticks=hello.overhead_ticks,
        stack_bytes=device.stack_bytes(),
        arena_bytes=hello.arena_bytes,
        output_sha256=hashlib.sha256(outputs).hexdigest(),
        ops=ops,
        resets=device.resets,
    )


def _invoke(device: Device) -> Timing:
    timing = device.invoke()
    if not device.link.emulated:
        hold_to_wait(timing)
    return timing


def _timings(device: Device, runs: int, until_stable: bool) -> tuple[list[Timing], bool | None]:
    """The measured inferences, and whether they became stable; None where nobody asked."""
    timings = [_invoke(device) for _ in range(runs)]
    if not until_stable:
        return timings, None
    while not is_stable([t.ticks for t in timings], runs):
        if len(timings) >= _MOST_BATCHES * runs:
            return timings, False
        timings += [_invoke(device) for _ in range(runs)]
    return timings, True


def _profile(device: Device, whole: Sequence[int]) -> tuple[tuple[OpMeasurement, ...], float]:
    """Every op, run by itself, and how much longer that takes than all together, relatively.

    Raises:
        MisfitError: so much that one of both is wrong.
    """
    least: list[int] = []
    for _ in range(_TRACES):
        ticks = [op.ticks for op in device.trace()]
        # Something may have come in between once; what an op needs is the least that was seen.
        least = [min(pair) for pair in zip(least, ticks, strict=True)] if least else ticks
        total, few = sum(least), _FEW_TICKS * len(least)
        if min(whole) / _MOST_MISFIT - few <= total <= max(whole) * _MOST_MISFIT + few:
            break
    else:
        raise MisfitError(
            f"the ops one by one take {total:,} ticks, the whole inference "
            f"{min(whole):,} to {max(whole):,}",
            "does something else run on the board, or does its timer stop meanwhile?",
        )
    middle = median(whole)
    return _ops(device, least), total / middle - 1 if middle else 0.0


def _hold_counts(counts: Sequence[int]) -> None:
    """An emulator that counts executes the same each time.

    Raises:
        MisfitError: it does not.
    """
    if counts and max(counts) - min(counts) > _MOST_DIFFERENCE * max(counts) + _FEW_TICKS:
        raise MisfitError(
            f"the emulator counted {min(counts):,} to {max(counts):,} instructions for the same "
            "inference",
            "does the code use what it never set? A build with sanitizers may tell: `edgekit "
            "build --host --sanitize`",
        )


def _ops(device: Device, ticks: Sequence[int]) -> tuple[OpMeasurement, ...]:
    real = not device.link.emulated
    tick_hz = device.hello().tick_hz
    return tuple(
        OpMeasurement(each, device.instructions(each), each * 1e6 / tick_hz if real else None)
        for each in ticks
    )
