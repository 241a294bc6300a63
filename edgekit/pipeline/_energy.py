"""The energy of an inference: measured by an instrument, read from a recording, or estimated."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgekit import meters
from edgekit.compiler import Compiled
from edgekit.errors import InputError, ToolError
from edgekit.harness import samples as sampling
from edgekit.harness.clock import Watch
from edgekit.harness.cycles import estimate
from edgekit.harness.energy import Energy, Run, energy_of
from edgekit.harness.energy_estimate import EnergyEstimate, estimate_energy
from edgekit.harness.energy_run import sample_run
from edgekit.harness.energy_trace import Trace, trace_of
from edgekit.harness.energy_use import Battery, Carbon, Cell, Grid, battery, carbon, per_right_uj
from edgekit.harness.measure import WARM_UP
from edgekit.harness.session import Device
from edgekit.harness.system import SystemReport
from edgekit.meters import Accuracy, Capture, Meter, Settings
from edgekit.meters.recording import Recording, save
from edgekit.pipeline._project import Project, build, connected, open_project, system_of
from edgekit.pipeline._report import keep_energy


@dataclass(frozen=True, slots=True)
class MeterOptions:
    """Which instrument, and how it is used.

    Attributes:
        text: what `meters.open_meter` takes.
        settings: how it is connected.
        idle_s: rest before and behind the inferences.
        save: where its samples are kept.
    """

    text: str
    settings: Settings
    idle_s: float = 1.0
    save: Path | None = None


@dataclass(frozen=True, slots=True)
class UseOptions:
    """What the energy is put into proportion with.

    Attributes:
        accuracy: share of right answers.
        cell: a battery.
        every_s: an inference in so many seconds.
        sleep_ua: current between them; the measured one at rest if None.
        grid: a mix of power plants.
    """

    accuracy: float | None = None
    cell: Cell | None = None
    every_s: float = 60.0
    sleep_ua: float | None = None
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class MeteredEnergy:
    """A measured energy, with who measured it.

    `accuracy` is what the instrument's maker states, None where that is not known here; `trace`
    what the report's picture is drawn from.
    """

    meter: str
    accuracy: Accuracy | None
    energy: Energy
    trace: Trace | None = None

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        stated = None if self.accuracy is None else asdict(self.accuracy)
        return {"meter": self.meter, "stated_accuracy": stated, **asdict(self.energy)}


@dataclass(frozen=True, slots=True)
class EnergyReport:
    """What `energy` found: one of `measured` and `estimated`, and what it means.

    `system` is what the firmware says that it runs on; None where no board was asked.
    """

    board: str
    measured: MeteredEnergy | None
    estimated: EnergyEstimate | None
    per_right_uj: float | None
    battery: Battery | None
    carbon: Carbon | None
    system: SystemReport | None = None

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "board": self.board,
            "measured": None if self.measured is None else self.measured.to_json(),
            "estimate": None if self.estimated is None else asdict(self.estimated),
            "per_right_uj": self.per_right_uj,
            "battery": None if self.battery is None else asdict(self.battery),
            "carbon": None if self.carbon is None else asdict(self.carbon),
            "system": None if self.system is None else self.system.to_json(),
        }


def energy(
    folder: Path,
    *,
    port: str = "",
    meter: MeterOptions | None = None,
    runs: int = 20,
    use: UseOptions | None = None,
) -> EnergyReport:
    """The energy of an inference.

    Args:
        folder: a project.
        port: a serial port with the board on it.
        meter: an instrument, or a recording; an estimate without one.
        runs: inferences.
        use: what it is put into proportion with.

    Raises:
        InputError: a recording or an option can't be used; a live meter without a port.
        EnergyError, MisfitError: what was measured does not fit together.
        ToolError: a package is missing, or there is nothing to estimate from.
        DeviceError: the board or the instrument does not answer.
    """
    project = open_project(folder)
    use = use or UseOptions()
    if meter is None:
        guess, system = _estimated(project, port, runs)
        return _kept(project, _report(project, None, guess, use, system))
    system = None
    with entered(meter, port) as instrument:
        if isinstance(instrument, Recording):
            found = from_recording(instrument, meter, None)
        else:
            with _board(project, port) as (device, system):
                for _ in range(WARM_UP):
                    device.invoke()
                found = metered(device, instrument, meter, runs)
    return _kept(project, _report(project, found, None, use, system))


@contextlib.contextmanager
def _board(project: Project, port: str) -> Iterator[tuple[Device, SystemReport | None]]:
    """A session with a board that has an input loaded, and what it says that it runs on."""
    compiled = project.compiled()
    with connected(project, "port", port=port) as device:
        device.write_inputs(_inputs(compiled))
        yield device, system_of(device, project, compiled)


def _kept(project: Project, found: EnergyReport) -> EnergyReport:
    """The same, kept for the report."""
    trace = None if found.measured is None else found.measured.trace
    plain = None if trace is None else asdict(trace)
    keep_energy(project.folder, project.build_id, found.to_json(), plain)
    return found


@contextlib.contextmanager
def entered(options: MeterOptions, port: str) -> Iterator[Meter]:
    """The instrument, set up: where it supplies the board, the board runs inside of the block.

    Raises:
        InputError: an instrument and no port with a real board; the samples' file is there already.
    """
    if options.save is not None and options.save.exists():
        raise InputError(f"{options.save} exists", "choose another file for the samples")
    meter = meters.open_meter(options.text, options.settings)
    if not port and not isinstance(meter, Recording):
        raise InputError(f"a {meter.title} measures a real board", "say where that is: --port PORT")
    with meter:
        yield meter


def metered(device: Device, meter: Meter, options: MeterOptions, runs: int) -> MeteredEnergy:
    """Run inferences of what is loaded while the instrument samples."""
    capture, run = sample_run(device, meter, runs, options.idle_s)
    if options.save is not None:
        save(capture, options.save)
    return _metered(meter, options, capture, run)


def from_recording(
    recording: Recording, options: MeterOptions, latency_s: float | None
) -> MeteredEnergy:
    """The energy of what a file has, by its marker.

    Args:
        recording: entered.
        options: how it was made.
        latency_s: of an inference by the board's timer, where it is known.
    """
    return _metered(recording, options, recording.stop(), Run(0, latency_s, 0.0))


def _metered(meter: Meter, options: MeterOptions, capture: Capture, run: Run) -> MeteredEnergy:
    accuracy = meter.accuracy
    if options.settings.gain is not None:
        accuracy = Accuracy(options.settings.gain, 0.0, "as given")
    found = energy_of(capture, run, accuracy)
    return MeteredEnergy(meter.title, accuracy, found, trace_of(capture))


def _inputs(compiled: Compiled) -> list[bytes]:
    sample = sampling.generated(compiled.graph, 1).inputs[0]
    return [array.tobytes() for array in sample]


def _estimated(
    project: Project, port: str, runs: int
) -> tuple[EnergyEstimate, SystemReport | None]:
    if port:
        with _board(project, port) as (device, system):
            watch = Watch(device)
            # The board's own time, not a meter's: the shortest of a few, as caches are warm.
            latency_s = min(t.ticks / t.tick_hz for t in (device.invoke() for _ in range(runs)))
            watch.check()
        cycles = latency_s * project.target.soc.clock_hz
        basis = "cycles: measured latency x rated clock"
        return estimate_energy(project.target, cycles, basis), system
    target = project.target
    estimate_energy(target, 0.0, "")  # before anything is built: is there a current at all?
    found = estimate(build(project.folder).elf, target, project.name, _inputs(project.compiled()))
    if not found:
        raise ToolError(
            f"there is no estimate of the cycles of {target.core.name}", "measure with --port"
        )
    model = found[0].title
    basis = f"cycles: estimate by the {model} model without wait states (docs/cycle-model.md)"
    return estimate_energy(target, found[0].cycles, basis), None


def _report(
    project: Project,
    measured: MeteredEnergy | None,
    guess: EnergyEstimate | None,
    use: UseOptions,
    system: SystemReport | None,
) -> EnergyReport:
    if measured is not None:
        e = measured.energy
        gross, net, volts, duration = e.gross_uj, e.net_uj, e.voltage_v, e.duration_s
        sleep = e.idle_ma * 1e3 if use.sleep_ua is None else use.sleep_ua
    else:
        assert guess is not None  # one of both
        gross = net = guess.gross_uj
        volts, duration = guess.volts, guess.duration_s
        if use.cell is not None and use.sleep_ua is None:
            raise InputError(
                "an estimate does not know what the board takes at rest", "give --sleep-ua"
            )
        sleep = use.sleep_ua or 0.0
    lasts = None
    if use.cell is not None:
        lasts = battery(
            use.cell,
            active_uj=gross,
            volts=volts,
            duration_s=duration,
            every_s=use.every_s,
            sleep_ua=sleep,
        )
    return EnergyReport(
        project.target.board.name,
        measured,
        guess,
        None if use.accuracy is None else per_right_uj(net, use.accuracy),
        lasts,
        None if use.grid is None else carbon(use.grid, gross),
        system,
    )
