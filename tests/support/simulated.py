"""Runs a board's image on a simulated core with the chip's memories and registers that remember.

Not an emulator of the chip: a register reads back what was written, plus the bits that the SoC's
simulated.toml names. What it proves is the image's own: that it starts, touches no memory that
the chip lacks, waits for nothing for ever, and talks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from edgekit.targets import Target
from edgekit.targets._toml import Table

#: Of the peripherals, beside the chip's memories; the last one is the core's own.
_PAGES = (
    (0x40000000, 0x20000000),
    (0x60000000, 0x01000000),
    (0xD0000000, 0x01000000),
    (0xE0000000, 0x00100000),
)
#: More than any start-up executes: about a second of a 16 MHz chip.
_MOST_INSTRUCTIONS = 20_000_000
#: A RISC-V core's answer to an instruction that it does not know.
_ILLEGAL_INSTRUCTION = 2
#: Between two reads of a counter that runs.
COUNTED = 1000
#: A page of its own, where calls return to.
_STOP = 0x0E000000


@dataclass(frozen=True, slots=True)
class Rule:
    """Once these bits of a register are set, those of another one read as set."""

    register: int
    bits: int
    then_register: int
    then_bits: int


@dataclass(frozen=True, slots=True)
class Registers:
    """How a chip's registers answer.

    Attributes:
        send: takes the bytes that the UART sends.
        receive: where received bytes are read.
        waiting: (register, bits) that say that a byte waits.
        waiting_inverted: whether the bits are clear while a byte waits.
        idle: (register, bits) that read as set from the start.
        rules: what becomes of what is asked for, on a chip that works.
        interrupt: number of the UART's interrupt.
        ticks_hz: the timer's rate once the clocks are up.
        slow_ticks_hz: its rate if nothing gets ready.
        boot_words: what the chip's boot ROM looks for in the image's first 4 KB; often nothing.
        counter: of a RISC-V core that counts its cycles in registers of its own, their numbers:
            what is counted (bit 0: cycles), whether (bit 0), how many.
    """

    send: int
    receive: int
    waiting: tuple[int, int]
    waiting_inverted: bool
    idle: tuple[tuple[int, int], ...]
    rules: tuple[Rule, ...]
    interrupt: int
    ticks_hz: int
    slow_ticks_hz: int
    boot_words: tuple[int, ...]
    counter: tuple[int, ...]


def registers(target: Target) -> Registers:
    """The SoC's simulated.toml."""
    table = Table.read(target.soc.folder / "simulated.toml")
    found = Registers(
        send=table.take("send", int),
        receive=table.take("receive", int),
        waiting=_pair(table.take("waiting", list)),
        waiting_inverted=table.has("waiting_inverted") and table.take("waiting_inverted", bool),
        idle=tuple(map(_pair, table.take("idle", list))),
        rules=tuple(Rule(*map(int, rule)) for rule in table.take("rules", list)),
        interrupt=table.take("interrupt", int),
        ticks_hz=table.take("ticks_hz", int),
        slow_ticks_hz=table.take("slow_ticks_hz", int),
        boot_words=_numbers(table, "boot_words"),
        counter=_numbers(table, "counter"),
    )
    table.close()
    return found


def _numbers(table: Table, key: str) -> tuple[int, ...]:
    return tuple(table.take(key, list) if table.has(key) else ())


def _pair(value: Any) -> tuple[int, int]:
    register, bits = value
    return int(register), int(bits)


class Simulated:
    """A chip with an image in its memories.

    Args:
        elf: the image.
        target: the board.
        works: whether oscillators, PLLs and regulators answer as the chip's do; without, nothing
            ever becomes ready.
    """

    def __init__(self, elf: Path, target: Target, *, works: bool) -> None:
        unicorn = pytest.importorskip("unicorn", reason="not installed: unicorn")
        self._unicorn = unicorn
        self._target = target
        self._riscv = "rv32" in target.core.features
        self._registers = registers(target)
        self._rules = self._registers.rules if works else ()
        self._values: dict[int, int] = {}
        self._input = b""
        self._aliases: list[tuple[int, int, int]] = []
        self.sent = bytearray()
        self._core = _core(unicorn, target)
        with elf.open("rb") as file:
            image = ELFFile(file)
            self.entry = int(image["e_entry"])
            symbols = image.get_section_by_name(".symtab")
            self.symbols = {s.name: int(s["st_value"]) for s in symbols.iter_symbols() if s.name}
            self._map()
            for segment in image.iter_segments("PT_LOAD"):
                self._load(int(segment["p_paddr"]), segment.data())
        self._core.hook_add(
            unicorn.UC_HOOK_CODE,
            lambda core, *_: core.emu_stop(),
            begin=self.symbols["ek_port_wait"] & ~1,
            end=self.symbols["ek_port_wait"] & ~1,
        )

        if self._registers.counter:
            self._core.hook_add(unicorn.UC_HOOK_INTR, self._own_counter)

    @property
    def counts(self) -> bool:
        """Whether the core's own counter runs."""
        return all(self._values.get(number, 0) & 1 for number in self._registers.counter[:2])

    def _own_counter(self, core: Any, cause: int, _data: Any) -> None:
        """Do what the simulated core does not know: `csrw` and `csrr` of the counter."""
        behind = core.reg_read(self._register("PC"))
        word = self.peek(behind - 4)
        number, first = word >> 20, self._register("X0")
        known = (cause, number in self._registers.counter, word & 0x7F)
        assert known == (_ILLEGAL_INSTRUCTION, True, 0x73), hex(word)
        if word >> 12 & 7 == 1:  # csrrw with rd x0
            self._values[number] = core.reg_read(first + (word >> 15 & 31))
            return
        count = self._values.get(number, 0) + COUNTED * self.counts
        self._values[number] = count
        core.reg_write(first + (word >> 7 & 31), count)

    def _map(self) -> None:
        for memory in self._target.soc.memories:
            size = (memory.length_bytes + 0xFFF) & ~0xFFF
            self._core.mem_map(memory.origin & ~0xFFF, size)
            if memory.data_origin is not None:
                self._core.mem_map(memory.data_origin, size)
                self._aliases.append((memory.origin, memory.data_origin, memory.length_bytes))
        self._core.mem_map(_STOP, 0x1000)
        flash = self._target.soc.memory("flash")
        for base, size in _PAGES:
            if base <= flash.origin < base + size:  # an image that is loaded into RAM
                base, size = base + 0x400000, size - 0x400000
            self._core.mmio_map(base, size, self._reader(base), None, self._writer(base), None)

    def _load(self, address: int, data: bytes) -> None:
        """Into the flash, which nothing writes later, hence at both of its addresses."""
        self._core.mem_write(address, data)
        for origin, data_origin, length in self._aliases:
            if origin <= address < origin + length:
                self._core.mem_write(address - origin + data_origin, data)

    def _reader(self, base: int) -> Callable[..., int]:
        def read(_core: Any, offset: int, size: int, _data: Any) -> int:
            address = (base + offset) & ~3
            shift = 8 * ((base + offset) & 3)
            return self._read(address) >> shift & ((1 << 8 * size) - 1)

        return read

    def _read(self, address: int) -> int:
        r = self._registers
        if address == r.receive and self._input:
            byte, self._input = self._input[0], self._input[1:]
            return byte
        value = self._values.get(address, 0)
        for register, bits in r.idle:
            value |= bits if register == address else 0
        for rule in self._rules:
            if rule.then_register == address and self._is_set(rule):
                value |= rule.then_bits
        if address == r.waiting[0]:
            set_it = bool(self._input) != r.waiting_inverted
            value = value | r.waiting[1] if set_it else value & ~r.waiting[1]
        return value

    def _is_set(self, rule: Rule) -> bool:
        return self._values.get(rule.register, 0) & rule.bits == rule.bits

    def _writer(self, base: int) -> Callable[..., None]:
        def write(_core: Any, offset: int, _size: int, value: int, _data: Any) -> None:
            address = base + offset
            if address == self._registers.send:
                self.sent.append(value & 0xFF)
                return
            self._values[address & ~3] = value

        return write

    def _run(self, start: int, stop: int) -> None:
        """Until `stop`, or until the firmware waits for a byte."""
        thumb = 0 if self._riscv else 1
        self._core.emu_start(start | thumb, stop, count=_MOST_INSTRUCTIONS)

    def _register(self, name: str) -> int:
        kind = "riscv" if self._riscv else "arm"
        module = getattr(self._unicorn, f"{kind}_const")
        return int(getattr(module, f"UC_{kind.upper()}_REG_{name}"))

    def boot(self) -> str:
        """From reset until the firmware waits for the first byte; what it says meanwhile."""
        start = self.entry
        if not self._riscv:
            top, start = self.vectors()
            self._core.reg_write(self._register("SP"), top)
        self._run(start, _STOP)
        return self.sent.decode("ascii")

    def poke(self, address: int, word: int) -> None:
        """Write a word into a memory."""
        self._core.mem_write(address, word.to_bytes(4, "little"))

    def peek(self, address: int) -> int:
        """Read a word of a memory."""
        return int.from_bytes(self._core.mem_read(address, 4), "little")

    def vectors(self) -> tuple[int, int]:
        """The stack and the reset handler, as the core reads them."""
        table = self._core.mem_read(self.symbols["ek_vectors"], 8)
        return int.from_bytes(table[:4], "little"), int.from_bytes(table[4:], "little")

    def call(self, address: int, argument: int = 0) -> int:
        """Call a function of one argument or none; what it returns."""
        link, result = ("RA", "A0") if self._riscv else ("LR", "R0")
        self._core.reg_write(self._register(result), argument)
        self._core.reg_write(self._register(link), _STOP | (0 if self._riscv else 1))
        self._run(address & ~1, _STOP)
        return int(self._core.reg_read(self._register(result)))

    def ask(self, data: bytes) -> bytes:
        """Receive bytes by interrupt, let the console answer; what was sent."""
        at = len(self.sent)
        waiting_at = self._core.reg_read(self._register("PC"))
        stack = self._core.reg_read(self._register("SP"))
        link = self._core.reg_read(self._register("RA" if self._riscv else "LR"))
        self._input = data
        self.call(self._handler(), self._registers.interrupt)
        assert not self._input, "the interrupt left bytes unread"
        self._core.reg_write(self._register("SP"), stack)
        self._core.reg_write(self._register("RA" if self._riscv else "LR"), link)
        assert waiting_at & ~1 == self.symbols["ek_port_wait"] & ~1
        self._run(link & ~1, _STOP)  # as if the wait were over
        return bytes(self.sent[at:])

    def _handler(self) -> int:
        if self._riscv:
            return self.symbols["ek_interrupt"]
        table = self.symbols["ek_interrupts"] + 4 * self._registers.interrupt
        return int.from_bytes(self._core.mem_read(table, 4), "little")


def _core(unicorn: Any, target: Target) -> Any:
    """The core that is nearest to the target's."""
    if "rv32" in target.core.features:
        return unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
    core = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    flag = next(f for f in target.core.flags if f.startswith("-mcpu="))
    model = flag.removeprefix("-mcpu=").upper().replace("-", "_").replace("M0PLUS", "M0")
    core.ctl_set_cpu_model(getattr(unicorn.arm_const, f"UC_CPU_ARM_{model}"))
    return core
