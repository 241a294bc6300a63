"""Core + Soc + Board -> Target, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edgekit.targets._cycles import CycleModel
from edgekit.targets._layout import arena_room, lay_out


@dataclass(frozen=True, slots=True)
class Core:
    """A processor core.

    Attributes:
        name: of its file below targets/cores.
        flags: compiler flags that select it.
        features: ISA features that kernel variants ask for, e.g. `dsp`, `fpu`, `mve`.
        alignment_bytes: how buffers are aligned in the arena; a power of two.
        toolchain: the compiler's prefix, e.g. `arm-none-eabi-`.
        startup: folders below firmware_templates/startup; they bring it from reset to main.
        cycle_models: what its instructions cost, the core's own first; none where that is not
            known.
        title: its maker's name for it.
        part: the part number in its CPUID register; None where it has no such register.
        inherent: features that every such core has, whatever its registers say.
    """

    name: str
    flags: tuple[str, ...]
    features: frozenset[str]
    alignment_bytes: int
    toolchain: str
    startup: tuple[str, ...]
    cycle_models: tuple[CycleModel, ...] = ()
    title: str = ""
    part: int | None = None
    inherent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory region of a chip.

    Attributes:
        name: the linker's name, e.g. `FLASH`.
        origin: first address.
        length_bytes: size.
        kind: `flash` or `ram`.
        data_origin: where loads reach the same bytes, if not where instructions are fetched.
    """

    name: str
    origin: int
    length_bytes: int
    kind: str
    data_origin: int | None = None


@dataclass(frozen=True, slots=True)
class ChipCache:
    """A cache or prefetch buffer that belongs to the chip, not to the core.

    Attributes:
        title: what it is, in the manual's words.
        register: address of the register that says whether it is on.
        on: the bits that are set while it is.
    """

    title: str
    register: int
    on: int


@dataclass(frozen=True, slots=True)
class Power:
    """What a chip takes while it computes, by its datasheet.

    Attributes:
        active_ua_per_mhz: typical, code running from flash, peripherals off.
        volts: the supply at which it was measured.
        error: how far a chip may be from that, relatively.
        source: datasheet and table.
    """

    active_ua_per_mhz: float
    volts: float
    error: float
    source: str


@dataclass(frozen=True, slots=True)
class Soc:
    """A chip: its core, memories and clock.

    Attributes:
        name: folder below targets/socs.
        folder: where soc.toml and port.c are.
        core: its core.
        memories: regions; the first of kind `flash` is the one used, those of kind `ram` have the
            fastest first.
        clock_hz: rated clock that port.c sets up.
        stack_bytes: stack that the linker script reserves.
        port_settings: (name, meaning) of what a board must tell port.c.
        registers: (name, number) of what the chip tells a port.c that serves several chips:
            addresses, interrupts, rates.
        port_from: folder of the SoC whose port.c and headers it shares; its own files win.
        power: its current while it computes; None where no datasheet says.
        cache: what makes its flash faster; None where nothing does, or where it can't be off.
    """

    name: str
    folder: Path
    core: Core
    memories: tuple[Memory, ...]
    clock_hz: int
    stack_bytes: int
    port_settings: tuple[tuple[str, str], ...] = ()
    registers: tuple[tuple[str, int], ...] = ()
    port_from: Path | None = None
    power: Power | None = None
    cache: ChipCache | None = None

    def memory(self, kind: str) -> Memory:
        """The region used for `flash`, or the fastest for `ram`."""
        return next(m for m in self.memories if m.kind == kind)

    @property
    def rams(self) -> tuple[Memory, ...]:
        """What the arena, the stack and the variables may lie in, the fastest first."""
        return tuple(m for m in self.memories if m.kind == "ram")


@dataclass(frozen=True, slots=True)
class EmulatorSpec:
    """How a board is emulated.

    Attributes:
        name: module in edgekit/emulators, e.g. `qemu`.
        machine: the emulator's name of the board.
        icount_shift: one instruction takes 2**shift ns of virtual time while counting, where
            that is how the emulator counts.
        timer_hz: rate of the port's timer in the emulator, which may differ from the chip's.
        options: further arguments of the emulator.
        lacks: names of the chip's memories that the emulator leaves out.
    """

    name: str
    machine: str
    icount_shift: int
    timer_hz: int
    options: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def instructions_per_tick(self) -> float:
        """Instructions executed per tick of the port's timer while counting."""
        return 1e9 / self.timer_hz / (1 << self.icount_shift)


@dataclass(frozen=True, slots=True)
class FlasherSpec:
    """A programmer of a board, a module in edgekit/flashers.

    Attributes:
        name: the module.
        settings: (key, text) of what it needs to know about the board.
    """

    name: str
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A board.

    Attributes:
        name: folder below targets/boards.
        title: its full name.
        soc: name of its chip.
        baud: console speed, 8N1.
        url: its maker's page.
        tested: `hil`, `emulated` or `build-only`; nothing more is claimed than was done.
        flashers: what programs it, the usual one first.
        usb_ids: (vendor, product) of its serial port, for `edgekit ports`.
        port: (name, value) of what the chip's port.c wants to know: numbers, or names of pins.
        emulator: None where nothing emulates it.
    """

    name: str
    title: str
    soc: str
    baud: int
    url: str
    tested: str
    flashers: tuple[FlasherSpec, ...] = ()
    usb_ids: tuple[tuple[int, int], ...] = field(default=())
    port: tuple[tuple[str, int | str], ...] = field(default=())
    emulator: EmulatorSpec | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A board with its chip: what code is generated for."""

    board: Board
    soc: Soc

    @property
    def core(self) -> Core:
        """The chip's core."""
        return self.soc.core

    @property
    def flash_bytes(self) -> int:
        """Flash that the linker script uses."""
        return self.soc.memory("flash").length_bytes

    @property
    def ram_bytes(self) -> int:
        """RAM of all memories; what lies in it is not split among them, see `placed`."""
        return sum(memory.length_bytes for memory in self.soc.rams)

    def arena_room(self, rest_bytes: int) -> int:
        """The largest arena that there is room for.

        Args:
            rest_bytes: variables of the firmware, without the stack.
        """
        return arena_room(self.soc.rams, rest_bytes + self.soc.stack_bytes)

    def placed(self, arena_bytes: int, rest_bytes: int) -> tuple[Memory, Memory] | None:
        """The memory of the arena and that of stack and variables; None where they don't fit.

        Args:
            arena_bytes: size of the arena.
            rest_bytes: variables of the firmware, without the stack.
        """
        rams = self.soc.rams
        found = lay_out(rams, arena_bytes, rest_bytes + self.soc.stack_bytes)
        return None if found is None else (rams[found.arena], rams[found.rest])
