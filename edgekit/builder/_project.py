"""The firmware's project files: everything but the model, its kernels and the build id."""

from __future__ import annotations

from pathlib import Path

import jinja2

from edgekit import flashers, resources
from edgekit.targets import Target

#: RAM of the console beside the stack, the arena and its copy of the input: the receive ring, the
#: frame buffers and the clock. A test holds it against the linked images.
CONSOLE_RAM_BYTES = 1152

#: How the MLPerf Tiny runner sends the inputs of its reference tasks; others send raw bytes.
_MLPERF_INPUT = {
    "vww01": "EK_MLPERF_UINT8",
    "ic01": "EK_MLPERF_UINT8",
    "ad01": "EK_MLPERF_FLOAT",
}


def project_tree(
    target: Target,
    model: str,
    input_bytes: int,
    *,
    inputs: int = 1,
    outputs: int = 1,
    arena_bytes: int = 0,
    small: bool = False,
) -> dict[str, str]:
    """The project of one model for one board.

    Args:
        target: the board.
        model: the model's C name: a lower-case identifier.
        input_bytes: the sum of the bytes of its inputs.
        inputs: how many it has.
        outputs: how many it has.
        arena_bytes: size of its arena, which decides in which memory that lies.
        small: compile the model for size, too.

    Returns:
        Text by path below firmware/: all but models/, kernels/ and include/ek_build_id.h.
    """
    root = resources.templates_folder()
    soc = f"port/{target.soc.name}"
    tree = {
        **_folder(root / "include", "include"),
        **_folder(root / "harness", "harness"),
        **_folder(root / "host", "port/host"),
        **(_folder(target.soc.port_from, soc) if target.soc.port_from else {}),
        **_folder(target.soc.folder, soc),
        "apps/console/main.c": _read(root / "project/apps/console/main.c"),
    }
    for name in target.core.startup:
        tree |= _folder(root / "startup" / name, "startup")
    values = {
        "board": target.board,
        "soc": target.soc,
        "core": target.core,
        **_memories(target, arena_bytes, console_ram_bytes(model, input_bytes)),
        "model": model,
        "input_bytes": input_bytes,
        "inputs": inputs,
        "outputs": outputs,
        "model_options": "-Os" if small else "",
        "programming": _programming(target),
        "mlperf_input": _MLPERF_INPUT.get(model, "EK_MLPERF_RAW"),
    }
    environment = _environment(root)
    for path, template in (
        ("CMakeLists.txt", "project/CMakeLists.txt.j2"),
        ("README.md", "project/README.md.j2"),
        ("apps/stub/main.c", "project/apps/stub/main.c.j2"),
        ("toolchain.cmake", "toolchain/toolchain.cmake.j2"),
        (f"{soc}/linker.ld", "linker/sections.ld.j2"),
        (f"{soc}/ek_board.h", "project/ek_board.h.j2"),
    ):
        tree[path] = environment.get_template(template).render(values)
    return dict(sorted(tree.items()))


def _memories(target: Target, arena_bytes: int, variables: int) -> dict[str, object]:
    """What the linker script uses; where the RAM does not suffice, the linker says by how much."""
    first = target.soc.memory("ram")
    arena, rest = target.placed(arena_bytes, variables) or (first, first)
    return {"flash": target.soc.memory("flash"), "arena_ram": arena.name, "ram": rest}


def _environment(root: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # this is C and CMake, not HTML
    )


def _programming(target: Target) -> list[str]:
    """How the board's usual programmer is called; nothing where it names none."""
    if not target.board.flashers:
        return []
    flasher, job = flashers.prepare(Path("build/console.elf"), target)
    return flasher.plan(job)


def console_ram_bytes(model: str, input_bytes: int) -> int:
    """RAM of the console beside the stack and the arena, its copy of the input included.

    Args:
        model: the model's C name; the console of the autoencoder task keeps its floats too.
        input_bytes: the sum of the bytes of its inputs.
    """
    floats = 4 * input_bytes if _MLPERF_INPUT.get(model) == "EK_MLPERF_FLOAT" else 0
    return CONSOLE_RAM_BYTES + input_bytes + floats


def _folder(folder: Path, to: str) -> dict[str, str]:
    """The C, assembler and CMake files of a folder."""
    files = sorted(p for p in folder.iterdir() if p.suffix in (".c", ".h", ".S", ".cmake"))
    return {f"{to}/{p.name}": _read(p) for p in files}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
