from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgekit import builder, targets
from edgekit.targets import Target
from tests.support.boards import roomiest

BOARDS = targets.board_names()


@pytest.fixture(params=BOARDS)
def target(request: pytest.FixtureRequest) -> Target:
    return targets.load_board(request.param)


def test_it_has_what_a_build_needs(target: Target) -> None:
    tree = builder.project_tree(target, "kws", 490)
    soc = f"port/{target.soc.name}"
    needed = {
        "CMakeLists.txt",
        "README.md",
        "toolchain.cmake",
        "apps/console/main.c",
        "apps/stub/main.c",
        "include/ek_port.h",
        "harness/ek_console.c",
        "startup/start.S",
        "port/host/port.c",
        f"{soc}/port.c",
        f"{soc}/linker.ld",
        f"{soc}/ek_board.h",
    }
    assert needed <= set(tree)
    assert not any(path.startswith(("models/", "kernels/")) for path in tree)
    assert "include/ek_build_id.h" not in tree


def test_it_is_deterministic_and_names_no_place(target: Target) -> None:
    tree = builder.project_tree(target, "kws", 490)
    assert tree == builder.project_tree(target, "kws", 490)
    assert not [p for p, text in tree.items() if str(Path.cwd()) in text or "{{" in text]


def test_the_linker_script_has_the_chips_memory(target: Target) -> None:
    script = builder.project_tree(target, "kws", 490)[f"port/{target.soc.name}/linker.ld"]
    lengths = [int(n) for n in re.findall(r"LENGTH = (\d+)", script)]
    flash = target.soc.memory("flash")
    again = [] if flash.data_origin is None else [target.flash_bytes]  # its other address
    assert lengths == [target.flash_bytes, *again, *(m.length_bytes for m in target.soc.rams)]
    assert sum(m.length_bytes for m in target.soc.rams) == target.ram_bytes
    assert f"ek_stack_bytes = {target.soc.stack_bytes};" in script


def test_board_settings_become_macros(target: Target) -> None:
    header = builder.project_tree(target, "kws", 490)[f"port/{target.soc.name}/ek_board.h"]
    for name, value in target.board.port:
        assert f"#define EK_BOARD_{name.upper()} {value}\n" in header


@pytest.mark.parametrize(
    ("model", "how", "ram"),
    [("kws01", "RAW", 490), ("ic01", "UINT8", 490), ("ad01", "FLOAT", 5 * 490)],
)
def test_reference_tasks_send_their_input_in_their_ways(model: str, how: str, ram: int) -> None:
    tree = builder.project_tree(roomiest(), model, 490)
    assert f"EK_MLPERF_INPUT=EK_MLPERF_{how}\n" in tree["CMakeLists.txt"]
    assert builder.console_ram_bytes(model, 490) == builder.CONSOLE_RAM_BYTES + ram


def test_the_stub_knows_several_inputs() -> None:
    target = roomiest()
    one = builder.project_tree(target, "kws", 490)["apps/stub/main.c"]
    two = builder.project_tree(target, "kws", 490, inputs=2, outputs=2)["apps/stub/main.c"]
    assert "kws_input()[i]" in one
    assert "KWS_OUTPUT_SIZE" in one
    assert "kws_input_0()[i]" in two
    assert "kws_input_1()[i]" in two
    assert "KWS_OUTPUT_0_SIZE" in two
    assert len(one.splitlines()) < 45
