from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from edgekit import builder, proc, targets
from edgekit.errors import DoesNotFitError, ToolError
from edgekit.harness.flash import flash_emulated
from tests.support import tiny
from tests.support.boards import roomiest

BOARDS = targets.board_names()
BOARD = roomiest().board.name


@pytest.mark.emulated
@pytest.mark.parametrize("board", BOARDS)
def test_console_and_stub(board: str) -> None:
    firmware = tiny.firmware(board)
    assert firmware.elf.is_file()
    assert firmware.stub is not None
    assert firmware.stub.is_file()
    gaps = firmware.elf.with_suffix(".bin").stat().st_size - firmware.sizes.flash_bytes
    assert 0 <= gaps < 2 * strictest_alignment(firmware.elf)  # of code, then of constants


def strictest_alignment(elf: Path) -> int:
    with elf.open("rb") as file:
        loaded = [s for s in ELFFile(file).iter_sections() if s["sh_type"] == "SHT_PROGBITS"]
        return max(int(s["sh_addralign"]) for s in loaded if s["sh_flags"] & SH_FLAGS.SHF_ALLOC)


@pytest.mark.emulated
@pytest.mark.parametrize("board", BOARDS)
def test_console_ram_is_what_the_fit_check_assumes(board: str) -> None:
    sizes = tiny.firmware(board).sizes
    console = sizes.ram_bytes - sizes.stack_bytes - sizes.arena_bytes
    assumed = builder.console_ram_bytes("tiny", 600)
    assert assumed - 128 <= console <= assumed


@pytest.mark.emulated
def test_the_same_sources_give_the_same_bytes_in_any_folder(tmp_path: Path) -> None:
    tiny.need("cmake", "arm-none-eabi-gcc")
    folder = tiny.write_project(targets.load_board(BOARD), tmp_path / "another/folder")
    image = builder.build(folder, folder / "a build").elf.read_bytes()
    assert image == tiny.firmware(BOARD).elf.read_bytes()


@pytest.mark.emulated
def test_it_builds_with_make_too(tmp_path: Path) -> None:
    tiny.need("cmake", "arm-none-eabi-gcc", "make")
    folder = tiny.write_project(targets.load_board(BOARD), tmp_path / "fw")
    build = tmp_path / "build"
    proc.run(["cmake", "-S", folder, "-B", build, "-G", "Unix Makefiles"])
    proc.run(["cmake", "--build", build])
    assert (build / "stub.elf").is_file()


def test_host_build_has_no_stub() -> None:
    firmware = tiny.firmware(BOARD, host=True)
    assert firmware.stub is None
    assert firmware.elf.name == "console"


def test_compile_errors_are_shown_briefly(tmp_path: Path) -> None:
    tiny.need("cmake", "cc")
    folder = tiny.write_project(targets.load_board(BOARD), tmp_path)
    (folder / "models/tiny/tiny.c").write_text("int x = nowhere;\n" * 50)
    with pytest.raises(ToolError, match="does not build") as caught:
        builder.build(folder, folder / "build", host=True)
    assert "nowhere" in caught.value.hint
    assert len(caught.value.hint.splitlines()) <= 8


@pytest.mark.emulated
def test_too_large_for_the_ram_says_by_how_much(tmp_path: Path) -> None:
    tiny.need("cmake", "arm-none-eabi-gcc")
    target = targets.load_board(BOARD)
    folder = tiny.write_project(target, tmp_path)
    model = folder / "models/tiny/tiny.c"
    model.write_text(model.read_text().replace("(1216)", f"({target.ram_bytes})"))
    with pytest.raises(DoesNotFitError, match=r"RAM by [\d,]+ bytes"):
        builder.build(folder, folder / "build")


def test_missing_tools_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny.write_project(targets.load_board(BOARD), tmp_path / "fw")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="cmake was not found") as caught:
        builder.build(folder, tmp_path / "build")
    assert "apt install cmake" in caught.value.hint
    fake = tmp_path / "cmake"
    fake.symlink_to(shutil.which("true", path="/bin:/usr/bin") or "/bin/true")
    with pytest.raises(ToolError, match="arm-none-eabi-gcc was not found") as caught:
        builder.build(folder, tmp_path / "build")
    assert "apt install gcc-arm-none-eabi" in caught.value.hint


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no firmware project"):
        builder.build(tmp_path, tmp_path / "build")


@pytest.mark.emulated
def test_own_board_builds_and_runs(tmp_path: Path) -> None:
    """Board and chip in somebody's own folder: nothing of edgekit is edited."""
    tiny.need("cmake", "arm-none-eabi-gcc", "qemu-system-arm")
    shipped = targets.load_board(BOARD)
    folder = tmp_path / "my_board"
    shutil.copytree(shipped.soc.folder, folder / "my_soc")
    text = (shipped.soc.folder.parents[1] / "boards" / BOARD / "board.toml").read_text()
    (folder / "board.toml").write_text(text.replace(f'"{shipped.soc.name}"', '"my_soc"'))
    target = targets.load_board(str(folder / "board.toml"))
    assert target.soc.name == "my_soc"
    project = tiny.write_project(target, tmp_path / "fw")
    firmware = builder.build(project, project / "build")
    assert flash_emulated(firmware.elf, target, tiny.BUILD_ID).model == "tiny"
