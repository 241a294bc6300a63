"""What a linked image takes, read from its ELF file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from edgekit.errors import InputError

_OP = re.compile(r"(?P<model>\w+)_op(?P<index>\d{2,})_\w+(\.\w+)*$")
_FLAG_WRITE = 1
_FLAG_ALLOC = 2


@dataclass(frozen=True, slots=True)
class Section:
    """A section that takes room on the board.

    Attributes:
        name: e.g. `.text`.
        flash_bytes: what it takes in flash; initialized variables take flash and RAM.
        ram_bytes: what it takes in RAM.
    """

    name: str
    flash_bytes: int
    ram_bytes: int


@dataclass(frozen=True, slots=True)
class OpSize:
    """Flash of one op: its function, and its weights, biases and multipliers."""

    index: int
    code_bytes: int
    weights_bytes: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """What an image takes.

    Attributes:
        flash_bytes: everything that is programmed.
        weights_bytes: the constants of the ops.
        code_bytes: the rest of the flash.
        ram_bytes: stack, arena and variables.
        arena_bytes: the models' common arena.
        stack_bytes: reserved for the stack.
        sections: in the order of the image.
        ops: by index, of all models together if there is more than one.
    """

    flash_bytes: int
    weights_bytes: int
    code_bytes: int
    ram_bytes: int
    arena_bytes: int
    stack_bytes: int
    sections: tuple[Section, ...]
    ops: tuple[OpSize, ...]


def read(elf: Path) -> Sizes:
    """Read an image.

    Raises:
        InputError: the file is not there or no ELF file.
    """
    try:
        with elf.open("rb") as file:
            image = ELFFile(file)
            sections = tuple(_sections(image.iter_sections()))
            symbols = _symbols(image)
    except (OSError, ELFError) as error:
        raise InputError(f"can't read the image {elf}: {error}") from error
    ops = _ops(symbols)
    flash = sum(s.flash_bytes for s in sections)
    weights = sum(op.weights_bytes for op in ops)
    by_name = {s.name: s for s in sections}
    return Sizes(
        flash_bytes=flash,
        weights_bytes=weights,
        code_bytes=flash - weights,
        ram_bytes=sum(s.ram_bytes for s in sections),
        arena_bytes=next((size for name, kind, size in symbols if name == "ek_arena"), 0),
        stack_bytes=by_name[".stack"].ram_bytes if ".stack" in by_name else 0,
        sections=sections,
        ops=ops,
    )


def _sections(found: Iterable[Any]) -> Iterable[Section]:
    for section in found:
        flags, size = section["sh_flags"], section["sh_size"]
        if not flags & _FLAG_ALLOC or size == 0:
            continue
        in_image = section["sh_type"] != "SHT_NOBITS"
        in_ram = bool(flags & _FLAG_WRITE) or not in_image
        yield Section(section.name, size if in_image else 0, size if in_ram else 0)


def _symbols(image: ELFFile) -> list[tuple[str, str, int]]:
    """(name, type, bytes) of functions and objects."""
    table = image.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        return []
    return [
        (s.name, s["st_info"]["type"], s["st_size"])
        for s in table.iter_symbols()
        if s["st_info"]["type"] in ("STT_FUNC", "STT_OBJECT")
    ]


def _ops(symbols: Iterable[tuple[str, str, int]]) -> tuple[OpSize, ...]:
    """The generated code names what belongs to an op `<model>_op<NN>_...`."""
    code: dict[int, int] = defaultdict(int)
    weights: dict[int, int] = defaultdict(int)
    for name, kind, size in symbols:
        if found := _OP.match(name):
            sums = code if kind == "STT_FUNC" else weights
            sums[int(found["index"])] += size
    return tuple(OpSize(i, code[i], weights[i]) for i in sorted({*code, *weights}))
