"""Loads boards with their SoCs and cores.

A board is looked for below targets/boards, or is the path of a board.toml. Its SoC is looked for
in a folder beside that file (`<soc>/` or `socs/<soc>/`) and then below targets/socs, a core
likewise: somebody's own board needs no edit here.
"""

from __future__ import annotations

import re
from pathlib import Path

from edgekit import registry, resources
from edgekit.errors import InputError
from edgekit.targets._cycles import INSTRUCTION_CLASSES, CycleModel
from edgekit.targets._model import (
    Board,
    ChipCache,
    Core,
    EmulatorSpec,
    FlasherSpec,
    Memory,
    Power,
    Soc,
    Target,
)
from edgekit.targets._toml import Table

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FLAG = re.compile(r"-[A-Za-z0-9_+=.,-]+")
_MAX = 2**32


def board_names() -> list[str]:
    """The boards that are shipped, sorted."""
    return sorted(p.parent.name for p in (_root() / "boards").glob("*/board.toml"))


def all_boards() -> list[Target]:
    """Every shipped board with its chip, sorted by name."""
    return [load_board(name) for name in board_names()]


def all_cores() -> list[Core]:
    """Every shipped core, sorted by name."""
    return [_core(path) for path in sorted((_root() / "cores").glob("*.toml"))]


def load_board(name_or_path: str) -> Target:
    """Load a board.

    Args:
        name_or_path: a shipped board's name, or the path of a board.toml or its folder.

    Raises:
        InputError: there is no such board (the nearest name is offered), or a file breaks a rule
            (the message has file and key).
    """
    if name_or_path in board_names():
        return _target(_root() / "boards" / name_or_path / "board.toml")
    path = Path(name_or_path)
    if path.suffix == ".toml" or "/" in name_or_path:
        path = path if path.suffix == ".toml" else path / "board.toml"
        if not path.is_file():
            raise InputError(f"there is no board file {path}", "give the path of a board.toml")
        return _target(path.resolve())
    raise registry.unknown("board", name_or_path, board_names())


def _root() -> Path:
    return resources.targets_folder()


def _target(path: Path) -> Target:
    table = Table.read(path)
    soc_name = _name(table, "soc")
    soc = _soc(_find(table, "soc", soc_name, path.parent, "soc.toml"))
    return Target(_board(table, path, soc), soc)


def _find(table: Table, kind: str, name: str, beside: Path, filename: str) -> Path:
    """A SoC's or core's file: beside the file that names it, or shipped."""
    for folder in (beside, beside / f"{kind}s", _root() / f"{kind}s"):
        path = folder / name / filename if filename else folder / f"{name}.toml"
        if path.is_file():
            return path
    shipped = (_root() / f"{kind}s").iterdir()
    unknown = registry.unknown(kind, name, (p.stem for p in shipped))
    raise table.error(kind, unknown.message, unknown.hint)


def _name(table: Table, key: str) -> str:
    value = table.text(key)
    if not _NAME.fullmatch(value):
        raise table.error(key, f"must be a name in snake case, not {value!r}")
    return value


def _board(table: Table, path: Path, soc: Soc) -> Board:
    console = table.table("console")
    board = Board(
        name=path.parent.name,
        title=table.text("title"),
        soc=soc.name,
        baud=console.number("baud", 300, 4_000_000),
        url=table.text("url"),
        tested=table.one_of("tested", ("hil", "emulated", "build-only")),
        flashers=_flashers(table),
        usb_ids=_usb_ids(console),
        port=_port_values(table, soc),
        emulator=_emulator(table.table("emulator"), soc) if table.has("emulator") else None,
    )
    console.close()
    table.close()
    if board.tested == "emulated" and board.emulator is None:
        raise table.error("tested", "is 'emulated', but there is no [emulator]")
    if not _NAME.fullmatch(board.name):
        raise InputError(f"{path}: the folder's name must be in snake case, not {board.name!r}")
    return board


def _flashers(table: Table) -> tuple[FlasherSpec, ...]:
    """`[flash.<programmer>]` tables of texts, the usual programmer first."""
    if not table.has("flash"):
        return ()
    flash = table.table("flash")
    found = []
    for name, values in flash.rest().items():
        if not _NAME.fullmatch(name) or not isinstance(values, dict):
            raise flash.error(name, "must be a table [flash.<programmer>]")
        for key, value in values.items():
            if not _NAME.fullmatch(key) or not isinstance(value, str):
                raise flash.error(f"{name}.{key}", "must be a text")
        found.append(FlasherSpec(name, tuple(values.items())))
    return tuple(found)


def _usb_ids(console: Table) -> tuple[tuple[int, int], ...]:
    """`usb_ids = ["0483:374b"]`."""
    ids = console.texts("usb_ids") if console.has("usb_ids") else ()
    for text in ids:
        if not re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", text):
            raise console.error("usb_ids", f"must look like '0483:374b', not {text!r}")
    return tuple((int(t[:4], 16), int(t[5:], 16)) for t in ids)


def _port_values(table: Table, soc: Soc) -> tuple[tuple[str, int | str], ...]:
    """The board's [port] table, held to what the SoC asks for."""
    if not soc.port_settings:
        return ()
    port = table.table("port")
    values = port.rest()
    wanted = dict(soc.port_settings)
    for key in values:
        if key not in wanted:
            raise port.error(key, "is not a known key", f"{soc.name} knows: {', '.join(wanted)}")
    for key, meaning in wanted.items():
        if key not in values:
            raise port.error(key, f"is missing: {meaning}")
        value = values[key]
        if isinstance(value, str) and _IDENTIFIER.fullmatch(value):
            continue
        if type(value) is not int or not 0 <= value < _MAX:
            raise port.error(key, f"must be a pin's name or a number: {meaning}")
    return tuple((key, values[key]) for key in wanted)


def _emulator(table: Table, soc: Soc) -> EmulatorSpec:
    spec = EmulatorSpec(
        name=_name(table, "name"),
        machine=table.text("machine"),
        icount_shift=table.number("icount_shift", 0, 10) if table.has("icount_shift") else 0,
        timer_hz=table.number("timer_hz", 1, _MAX),
        options=table.texts("options") if table.has("options") else (),
        lacks=table.texts("lacks") if table.has("lacks") else (),
    )
    for name in spec.lacks:
        if name not in [memory.name for memory in soc.memories]:
            raise table.error("lacks", f"{soc.name} has no memory {name!r}")
    table.close()
    return spec


def _soc(path: Path) -> Soc:
    table = Table.read(path)
    core = _core(_find(table, "core", _name(table, "core"), path.parent, ""))
    settings = table.table("port") if table.has("port") else None
    registers = table.table("registers") if table.has("registers") else None
    soc = Soc(
        name=path.parent.name,
        folder=path.parent,
        core=core,
        memories=tuple(_memory(m) for m in table.tables("memory")),
        clock_hz=table.number("clock_hz", 1, _MAX),
        stack_bytes=table.number("stack_bytes", 256, 2**20),
        port_settings=_settings(settings) if settings else (),
        registers=_registers(registers) if registers else (),
        port_from=_shared_port(table, path.parent) if table.has("port_from") else None,
        power=_power(table.table("power")) if table.has("power") else None,
        cache=_cache(table.table("cache")) if table.has("cache") else None,
    )
    table.close()
    if len({m.name for m in soc.memories}) < len(soc.memories):
        raise table.error("memory", "two regions have the same name")
    for kind in ("flash", "ram"):
        if not any(m.kind == kind for m in soc.memories):
            raise table.error("memory", f"has no region of kind {kind!r}")
    if not any((folder / "port.c").is_file() for folder in (path.parent, soc.port_from) if folder):
        raise InputError(f"{path.parent} has no port.c", "it implements include/ek_port.h")
    return soc


def _power(table: Table) -> Power:
    """The datasheet's current: whole µA a MHz, mV and per cent."""
    power = Power(
        active_ua_per_mhz=table.number("active_ua_per_mhz", 1, 100_000),
        volts=table.number("supply_mv", 500, 20_000) / 1000,
        error=table.number("error_percent", 1, 200) / 100,
        source=table.text("source"),
    )
    table.close()
    return power


def _cache(table: Table) -> ChipCache:
    """What the chip has between core and flash, and how to see that it is on."""
    cache = ChipCache(
        title=table.text("title"),
        register=table.number("register", 4, _MAX - 4),
        on=table.number("on", 1, _MAX - 1),
    )
    table.close()
    if cache.register % 4:
        raise table.error("register", f"must be a multiple of 4, not {cache.register:#x}")
    return cache


def _shared_port(table: Table, folder: Path) -> Path:
    """The folder of the SoC named by `port_from`, e.g. a sibling on the same FPGA board."""
    return _find(table, "soc", _name(table, "port_from"), folder.parent, "soc.toml").parent


def _registers(table: Table) -> tuple[tuple[str, int], ...]:
    """(name, number); the names become macros."""
    registers = tuple(table.rest().items())
    for key, value in registers:
        if not _NAME.fullmatch(key) or type(value) is not int or not 0 <= value < _MAX:
            raise table.error(key, "must be a snake-case name with a number of 32 bits")
    return registers


def _settings(table: Table) -> tuple[tuple[str, str], ...]:
    """(name, meaning); the names become macros."""
    settings = tuple(table.rest().items())
    for key, meaning in settings:
        if not _NAME.fullmatch(key) or not isinstance(meaning, str) or not meaning.strip():
            raise table.error(key, "must be a snake-case name with a text that explains it")
    return settings


def _memory(table: Table) -> Memory:
    memory = Memory(
        name=table.text("name"),
        kind=table.one_of("kind", ("flash", "ram")),
        origin=table.number("origin", 0, _MAX - 1),
        length_bytes=table.number("length_bytes", 1024, _MAX),
        data_origin=table.number("data_origin", 0, _MAX - 1) if table.has("data_origin") else None,
    )
    table.close()
    if not _IDENTIFIER.fullmatch(memory.name):
        raise table.error("name", f"must be a plain word, not {memory.name!r}")
    return memory


def _cycle_models(table: Table) -> tuple[CycleModel, ...]:
    """`[[cycle_model]]`: a title, and the cycles of every class of instructions."""
    models = []
    for entry in table.tables("cycle_model"):
        costs = tuple(entry.number(name, 0, 100) for name in INSTRUCTION_CLASSES)
        models.append(CycleModel(entry.text("title"), costs))
        entry.close()
    return tuple(models)


def _core(path: Path) -> Core:
    table = Table.read(path)
    core = Core(
        name=path.stem,
        flags=table.texts("flags"),
        features=frozenset(table.texts("features")),
        alignment_bytes=table.number("alignment_bytes", 1, 64),
        toolchain=table.text("toolchain"),
        startup=table.texts("startup"),
        cycle_models=_cycle_models(table) if table.has("cycle_model") else (),
        title=table.text("title") if table.has("title") else path.stem,
        part=table.number("part", 1, 0xFFF) if table.has("part") else None,
        inherent=frozenset(table.texts("inherent")) if table.has("inherent") else frozenset(),
    )
    table.close()
    if core.alignment_bytes & (core.alignment_bytes - 1):
        raise table.error("alignment_bytes", "must be a power of two")
    if not all(_FLAG.fullmatch(flag) for flag in core.flags):
        raise table.error("flags", "must be compiler flags without spaces")
    for name in core.startup:
        if not (resources.templates_folder() / "startup" / name).is_dir():
            raise table.error("startup", f"there is no firmware_templates/startup/{name}")
    return core
