"""What a firmware runs on, read from what it reports, and what of it is not as fast as it could be.

The bits are those of the ARMv7-M and ARMv8-M Architecture Reference Manuals (DDI 0403, DDI 0553)
and of the RISC-V Instruction Set Manual, volume II.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from edgekit import targets
from edgekit.harness.protocol import System
from edgekit.harness.session import Device
from edgekit.targets import Core, Target

_ARMV6M, _ARMV7M, _RISCV = 1, 2, 3
_BUILT = {"dsp": 1 << 8, "mve": 1 << 9, "fpu": 1 << 10, "multiply": 1 << 11}
_INSTRUCTION_CACHE, _DATA_CACHE = 1 << 17, 1 << 16
_FPU_ENABLED = 0xF << 20
#: A clock that is slower than the rated one by more than this is worth a warning.
_TOLERANCE = 0.02
#: Fewer cycles than this are a counter that stands still.
_LEAST_CYCLES = 16
_CONVERT = "set `core` in the chip's soc.toml to one that has it, and convert again"


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the core, or an extension of its instructions. None: nobody can tell.

    Attributes:
        present: the core has it.
        enabled: it is on.
        built: the compiler was allowed to use it.
    """

    present: bool | None
    enabled: bool | None
    built: bool


@dataclass(frozen=True, slots=True)
class Warn:
    """Something that makes the firmware slower than it could be: what, and what to do."""

    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class SystemReport:
    """What a firmware runs on and how it was built.

    Attributes:
        core: its name and revision, as its own register says.
        identity: that register, CPUID or misa.
        emulated: clock and caches are not known then: an emulator has none that say anything.
        clock_hz: of the core, by its cycle counter and the port's timer; None where not measured.
        rated_hz: the chip's.
        caches: what is on and what is not, by name.
        units: DSP, FPU, MVE, multiplication; those that the architecture may have.
        compiler: its version.
        flags: how it was called for the model.
        kernels: the model's, by variant, with how many layers each computes.
        warnings: what is slower than it could be.
    """

    core: str
    identity: str
    emulated: bool
    clock_hz: float | None
    rated_hz: int
    caches: dict[str, bool]
    units: dict[str, Unit]
    compiler: str
    flags: str
    kernels: dict[str, int]
    warnings: tuple[Warn, ...]

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return asdict(self)

    def line(self) -> str:
        """All of it in a sentence."""
        parts = [self.core]
        if self.emulated:
            parts.append("clock and caches: not known, emulated")
        else:
            rated = f"of {self.rated_hz / 1e6:g}"
            clock = self.clock_hz
            parts.append(
                f"clock not measured ({rated} MHz)"
                if clock is None
                else f"{clock / 1e6:.4g} MHz {rated}, measured"
            )
            parts += [f"{name}: {'on' if on else 'OFF'}" for name, on in self.caches.items()]
        parts += [f"{name}: {_said(unit)}" for name, unit in self.units.items()]
        if self.kernels:
            each = ", ".join(f"{name} x {count}" for name, count in self.kernels.items())
            parts.append(f"kernels: {each}")
        return "; ".join([*parts, f"GCC {self.compiler}, {self.flags}"])


def read_system(
    device: Device, target: Target, variants: Iterable[str] = ()
) -> SystemReport | None:
    """Ask a device what it runs on; None for the console of this computer.

    Args:
        device: an open session.
        target: the board that its firmware was built for.
        variants: the kernel of each layer.

    Raises:
        DeviceError: it does not answer.
    """
    said = device.system()
    if said.first & 0xFF == 0:
        return None
    return interpret(said, target, device.hello().tick_hz, device.link.emulated, variants)


def interpret(
    said: System, target: Target, tick_hz: int, emulated: bool, variants: Iterable[str] = ()
) -> SystemReport:
    """What the registers mean.

    Args:
        said: what the device answered.
        target: the board that its firmware was built for.
        tick_hz: rate of the port's timer, as the firmware believes.
        emulated: whether it is no real chip.
        variants: the kernel of each layer.
    """
    known = _known(said)
    units = _units(said, target, known)
    caches = {} if emulated else _caches(said, target)
    clock = None if emulated else _clock(said, tick_hz)
    found = _of_core(said, target, known)
    found += _of_units(units, _name(said, known))
    found += [
        Warn(f"{name}: disabled", _cache_hint(target, name)) for name in caches if not caches[name]
    ]
    found += [] if emulated else _of_clock(said, target, clock)
    found += _of_flags(said.flags)
    kernels: dict[str, int] = {}
    for variant in variants:
        kernels[variant] = kernels.get(variant, 0) + 1
    return SystemReport(
        core=_title(said, known),
        identity=f"0x{said.identity:08x}",
        emulated=emulated,
        clock_hz=clock,
        rated_hz=target.soc.clock_hz,
        caches=caches,
        units=units,
        compiler=said.compiler,
        flags=said.flags,
        kernels=kernels,
        warnings=tuple(found),
    )


def _family(said: System) -> int:
    return said.first & 0xFF


def _part(said: System) -> int | None:
    return None if _family(said) == _RISCV else said.identity >> 4 & 0xFFF


def _known(said: System) -> Core | None:
    """The core that is there, if one of the shipped files describes it."""
    part = _part(said)
    return next((c for c in targets.all_cores() if part is not None and c.part == part), None)


def _name(said: System, known: Core | None) -> str:
    if _family(said) == _RISCV:
        letters = [chr(65 + i) for i in range(26) if said.identity >> i & 1]
        order = "IEMAFDQCBPVHSU"
        found = sorted(letters, key=lambda c: (order.find(c) + 1 or 99, c))
        return "RV32" + "".join(c for c in found if c not in "SUX")
    return known.title if known is not None else f"core with part number 0x{_part(said):03x}"


def _title(said: System, known: Core | None) -> str:
    name = _name(said, known)
    if _family(said) == _RISCV:
        return name
    return f"{name} r{said.identity >> 20 & 0xF}p{said.identity & 0xF}"


def _units(said: System, target: Target, known: Core | None) -> dict[str, Unit]:
    """What the architecture may have, and what of it is there, on and used."""
    family, inherent = _family(said), known.inherent if known is not None else frozenset()
    built = {name: bool(said.first & bit) for name, bit in _BUILT.items()}
    if family == _RISCV:
        here = bool(said.identity >> 12 & 1) if said.identity else None
        return {"multiplication": Unit(here, here, built["multiply"])}
    if family != _ARMV7M:
        return {}
    dsp = "dsp" in inherent or said.isar3 >> 4 & 0xF >= 3
    fpu = said.mvfr0 >> 4 & 0xF >= 2
    units = {
        "DSP": Unit(dsp, dsp, built["dsp"]),
        "FPU": Unit(fpu, fpu and said.cpacr & _FPU_ENABLED == _FPU_ENABLED, built["fpu"]),
    }
    if said.mvfr1 >> 8 & 0xF or "mve" in target.core.features:
        mve = bool(said.mvfr1 >> 8 & 0xF)
        units["MVE"] = Unit(mve, units["FPU"].enabled, built["mve"])
    return units


def _caches(said: System, target: Target) -> dict[str, bool]:
    """The core's own by CLIDR (level 1: bit 0 instructions, bit 1 data, bit 2 both), the chip's."""
    found = {}
    if _family(said) == _ARMV7M and (kinds := said.clidr & 7):
        if kinds & 5:
            found["instruction cache"] = bool(said.ccr & _INSTRUCTION_CACHE)
        if kinds & 6:
            found["data cache"] = bool(said.ccr & _DATA_CACHE)
    cache = target.soc.cache
    if cache is not None:
        found[cache.title] = said.cache & cache.on == cache.on
    return found


def _cache_hint(target: Target, name: str) -> str:
    cache = target.soc.cache
    if cache is not None and name == cache.title:
        return (
            f"the register at 0x{cache.register:08x} needs the bits 0x{cache.on:x}: does the "
            "port's clock setup get so far?"
        )
    return "switch it on in the port, with startup/ek_cache.h"


def _clock(said: System, tick_hz: int) -> float | None:
    if said.cycles < _LEAST_CYCLES or not said.ticks:
        return None
    return said.cycles / said.ticks * tick_hz


def _of_core(said: System, target: Target, known: Core | None) -> list[Warn]:
    expected = target.core.part
    if expected is None or _part(said) in (None, expected):
        return []
    return [
        Warn(
            f"the chip has a {_name(said, known)}, the firmware was built for a "
            f"{target.core.title}",
            "is it the right board? Else set `core` in the chip's soc.toml, and convert again",
        )
    ]


def _of_units(units: dict[str, Unit], core: str) -> list[Warn]:
    found = []
    for name, unit in units.items():
        if unit.present and not unit.built:
            found.append(Warn(f"{core} built without {name}", _CONVERT))
        elif unit.present and unit.enabled is False:
            found.append(Warn(f"{name} disabled", "start.S enables it in CPACR: what disables it?"))
    return found


def _of_clock(said: System, target: Target, clock: float | None) -> list[Warn]:
    if not said.ticks:
        return [Warn("the port's timer stands still", "see ek_port_ticks() in the chip's port.c")]
    rated = target.soc.clock_hz
    if clock is None or clock >= rated * (1 - _TOLERANCE):
        return []
    return [
        Warn(
            f"clock {clock / 1e6:.4g} MHz of {rated / 1e6:g}",
            "the crystal, the PLL or the regulator did not start: see [port] in the board's file "
            "(frequency and kind of the crystal) and the clock setup in the chip's port",
        )
    ]


def _of_flags(flags: str) -> list[Warn]:
    levels = re.findall(r"(?<!\S)-O(\w*)", flags)
    level = levels[-1] if levels else "0"
    if level not in ("0", "1", "g", ""):
        return []
    given = f"-O{level}" if levels else "no -O at all"
    return [
        Warn(
            f"the model was compiled with {given}",
            "build with -DCMAKE_BUILD_TYPE=Release, or remove the build folder",
        )
    ]


def _said(unit: Unit) -> str:
    if unit.present:
        state = "used" if unit.built else "NOT USED"
        return state if unit.enabled else f"{state}, OFF"
    return "none" if unit.present is False else "not known"
