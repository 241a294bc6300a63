"""Runs inferences while a meter samples."""

from __future__ import annotations

import time
from collections.abc import Callable

from edgekit.errors import InputError
from edgekit.harness.clock import Watch, hold_to_wait
from edgekit.harness.energy import Run
from edgekit.harness.session import Device
from edgekit.meters import Capture, Meter

_LEAST_IDLE_S = 0.2


def sample_run(
    device: Device,
    meter: Meter,
    runs: int,
    idle_s: float,
    advance: Callable[[], None] = lambda: None,
) -> tuple[Capture, Run]:
    """Leave the board alone, run inferences of what is loaded, leave it alone again.

    Args:
        device: an open session with a board whose input is written; it has been warmed up.
        meter: an instrument, entered.
        runs: inferences.
        idle_s: how long the board is left alone, before and behind.
        advance: called after each inference.

    Raises:
        InputError: no runs, or too short a rest.
        MisfitError: the board's clock is wrong.
        MeterError, DeviceError: one of both does not answer.
    """
    if runs < 1 or idle_s < _LEAST_IDLE_S:
        raise InputError(
            f"can't measure the energy of {runs} runs with {idle_s:g} s of rest",
            f"take --runs 1 or more and --idle {_LEAST_IDLE_S:g} or more",
        )
    # An emulator's energy is that of this computer: only tests measure it, by no clock.
    watch = None if device.link.emulated else Watch(device)
    meter.start()
    time.sleep(idle_s)
    ticks = []
    for _ in range(runs):
        timing = device.invoke()
        if watch is not None:
            hold_to_wait(timing)
        ticks.append(timing.ticks)
        advance()
    time.sleep(idle_s)
    capture = meter.stop()
    if watch is not None:
        watch.check()
    latency_s = sum(ticks) / runs / device.hello().tick_hz
    confirmed = watch is not None
    return capture, Run(runs, latency_s if confirmed else None, idle_s, clock_confirmed=confirmed)
