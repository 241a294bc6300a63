"""Estimates cycles: an emulator's own, or from the mix of instructions that it executes.

An estimate, never a measurement: docs/cycle-model.md says what it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit import emulators
from edgekit.errors import DeviceError
from edgekit.harness.session import Device
from edgekit.targets import Target

#: The function of the runtime that measures what it calls.
_MEASURES = "ek_clock_measure"

#: A request that is repeated while the inference runs interrupts it and is counted with it; that is
#: some hundred instructions, so that it need not be ruled out, but it should be rare.
_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class CycleEstimate:
    """By one model of a core's timing, without wait states.

    Attributes:
        title: of the model.
        cycles: of one inference.
        ops: of each op, run by itself.
    """

    title: str
    cycles: int
    ops: tuple[int, ...]


def estimate(
    elf: Path, target: Target, name: str, inputs: Sequence[bytes]
) -> tuple[CycleEstimate, ...]:
    """By the emulator's own model of the core's time, else by each cycle model of the core.

    Args:
        elf: the console with the model.
        target: the board.
        name: the model's C name.
        inputs: the bytes of each input.

    Returns:
        Nothing where there is neither, or the board has no emulator that could count.

    Raises:
        ToolError: no C compiler, or an emulator that takes no plugins.
        DeviceError: the board does not answer.
    """
    if target.board.emulator is None:
        return ()
    if title := emulators.whose_cycles(target):
        return (_emulated(elf, target, title, inputs),)
    models = target.core.cycle_models
    if not models:
        return ()
    functions = (f"{name}_invoke", f"{name}_run_op")
    counting = emulators.mixing(elf, target, functions, _MEASURES)
    with counting as (link, windows), Device(link, retry_s=_RETRY_S) as device:
        device.write_inputs(inputs)
        device.invoke()
        device.trace()
        found = windows()
        ops = device.hello().ops
    if [w.function for w in found] != [functions[0], *[functions[1]] * ops]:
        raise DeviceError(f"the inference of {ops} ops was counted as {len(found)} pieces")
    return tuple(
        CycleEstimate(
            model.title,
            model.cycles(found[0].counts),
            tuple(model.cycles(w.counts) for w in found[1:]),
        )
        for model in models
    )


def _emulated(elf: Path, target: Target, title: str, inputs: Sequence[bytes]) -> CycleEstimate:
    """Ticks of a board whose emulator models the time of its core."""
    with emulators.in_cycles(elf, target) as link, Device(link) as device:
        device.write_inputs(inputs)
        ticks = device.invoke().ticks
        return CycleEstimate(title, ticks, tuple(op.ticks for op in device.trace()))
