"""Programmers that are programs: their command lines, and what is said when they fail."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import flashers, targets
from edgekit.errors import DeviceError, EdgekitError, InputError, ToolError
from edgekit.flashers import Job
from edgekit.targets import FlasherSpec
from tests.flashers.conftest import Fakes
from tests.support.boards import roomiest

SETTINGS = {
    "openocd": {"configs": "interface/stlink.cfg target/some.cfg"},
    "pyocd": {"target": "some_chip"},
    "st_flash": {},
    "dfu_util": {"device": "0483:df11"},
    "bossac": {"offset": "0x10000"},
    "esptool": {"chip": "esp32c3", "offset": "0x0"},
    "jlink": {"device": "SOME_CHIP"},
    "gdb_remote": {"reset": "system_reset"},
}
PROGRAMS = {
    **{name: name.replace("_", "-") for name in SETTINGS},
    "jlink": "JLinkExe",
    "gdb_remote": "gdb-multiarch",
}
#: What each prints when all is well.
WELL = {
    "openocd": "** Programming Finished **\n** Verified OK **\nshutdown command invoked\n",
    "pyocd": "0001234 I Erased 4096 bytes, programmed 4096 bytes, skipped 0 bytes [loader]\n",
    "st_flash": "INFO common.c: Flash written and verified! jolly good!\n",
    "dfu_util": "Download\t[=========================] 100%\nFile downloaded successfully\n",
    "bossac": "Write 768 bytes to flash\nVerify 768 bytes of flash\nVerify successful\n",
    "esptool": "Wrote 768 bytes at 0x00000000\nHash of data verified.\nHard resetting\n",
    "jlink": "Downloading file [console.elf]...\nO.K.\n",
    "gdb_remote": "Section .text, range 0x0 -- 0x100: matched.\n",
}
#: (programmer, what it prints, its exit code, what the user reads)
FAILURES = [
    ("openocd", "Error: open failed\n** OpenOCD init failed **\n", 1, "finds no probe"),
    ("openocd", "Error: libusb_open() failed with LIBUSB_ERROR_ACCESS\n", 1, "may not open"),
    ("openocd", "Error: stm32x device protected\n** Programming Failed **", 1, "is protected"),
    ("openocd", "Warn : UNEXPECTED idcode: 0x2ba01477\nError: expected 1 of 1", 1, "not the one"),
    ("openocd", "** Programming Finished **\n** Verify Failed **\n", 1, "differs from the image"),
    ("openocd", "Error: init mode failed (unable to connect to the target)", 1, "does not reach"),
    ("pyocd", "No connected debug probes\nE No target device available", 1, "finds no probe"),
    ("pyocd", "C nRF52840 APPROTECT enabled: not automatically unlocking", 1, "is protected"),
    ("pyocd", "C STLink error (9): Get IDCODE error [__main__]", 1, "does not reach"),
    ("pyocd", "E flash program page failure (address 0x1000; result code 1)", 1, "differs"),
    ("pyocd", "E board part number does not match", 1, "not the one"),
    ("st_flash", "WARN usb.c: Couldn't find any ST-Link devices\n", 255, "finds no probe"),
    ("st_flash", "WARN common.c: Failed to unlock flash!\n", 255, "is protected"),
    ("st_flash", "ERROR common.c: Verification of flash failed at offset: 0\n", 255, "differs"),
    ("st_flash", "WARN common.c: unknown chip id! 0x413\n", 255, "not the one"),
    ("dfu_util", "dfu-util: No DFU capable USB device available\n", 74, "boot loader of"),
    ("dfu_util", "dfu-util: More than one DFU capable USB device found!", 64, "sees several"),
    ("dfu_util", "dfu-util: Cannot open DFU device 0483:df11", 74, "may not open"),
    ("dfu_util", "Error during download get_status: state(10) errVERIFY", 74, "differs"),
    ("dfu_util", "dfu-util: Last page at 0x090fffff is not writeable", 64, "is protected"),
    ("dfu_util", "Error: state(10) = dfuERROR, status(8) = errADDRESS", 74, "not the one"),
    ("bossac", "No device found on /dev/ttyACM9\n", 1, "boot loader of"),
    ("bossac", "Verify failed\nPage errors: 128\n", 2, "differs"),
    ("bossac", "Device unsupported\n", 1, "not the one"),
    ("bossac", "Flash is locked by the security bit\n", 1, "is protected"),
    ("esptool", "A fatal error occurred: Could not open /dev/x, the port is busy", 2, "can't open"),
    (
        "esptool",
        "A fatal error occurred: Failed to connect to ESP32-C3: No serial",
        2,
        "boot loader",
    ),
    ("esptool", "A fatal error occurred: This chip is ESP32-S3, not ESP32-C3.", 2, "not the one"),
    ("esptool", "A fatal error occurred: Secure Boot detected, writing is refused", 2, "protected"),
    ("esptool", "A fatal error occurred: MD5 of file does not match data in flash!", 2, "differs"),
    ("jlink", "Connecting to J-Link via USB...FAILED: Cannot connect", 1, "finds no probe"),
    ("jlink", "Cannot connect to target.\n", 1, "does not reach"),
    ("jlink", "Device APPROTECT is enabled: chip is secured\n", 1, "is protected"),
    ("jlink", "Verification failed @ address 0x00001000\n", 1, "differs"),
    ("jlink", 'Unknown device "SOME_CHIP" selected', 1, "not the one"),
    ("gdb_remote", "localhost:3333: Connection refused.", 1, "can't open"),
    ("gdb_remote", "Section .text, range 0x0 -- 0x100: MIS-MATCHED!\n", 0, "differs"),
    ("gdb_remote", "Remote connection closed\n", 1, "does not reach"),
    ("gdb_remote", "Flash is protected\nLoad failed\n", 1, "is protected"),
    ("gdb_remote", "Error erasing flash with vFlashErase packet\nLoad failed", 1, "not the one"),
]


def job_of(name: str, image: Path, probe: str | None = None) -> tuple[flashers.Flasher, Job]:
    target = roomiest()
    spec = FlasherSpec(name, tuple(SETTINGS[name].items()))
    target = replace(target, board=replace(target.board, flashers=(spec,)))
    default = "localhost:3333" if name == "gdb_remote" else None
    return flashers.prepare(image, target, probe=probe or default, port="/dev/ttyACM3")


def test_every_tool_is_tested_here() -> None:
    own = {"uf2", "usb_drive"}  # they copy, no program is run
    assert set(SETTINGS) | own == set(flashers.names()) == set(WELL) | own
    assert {name for name, *_ in FAILURES} == set(SETTINGS)


def test_the_boards_say_all_that_their_programmers_need() -> None:
    boards = [t for t in targets.all_boards() if t.board.flashers]
    assert len(boards) >= 5
    for target in boards:
        for spec in target.board.flashers:
            flasher, job = flashers.prepare(Path("x.elf"), target, name=spec.name, port="P")
            assert set(job.settings) >= set(flasher.SETTINGS)
            assert set(job.settings) - set(flasher.SETTINGS) <= {"listed_in"}
            assert all(flasher.plan(job))


@pytest.mark.parametrize("name", SETTINGS)
def test_it_programs_and_shows_the_very_command(name: str, image: Path, fakes: Fakes) -> None:
    fakes.add(PROGRAMS[name], WELL[name])
    flasher, job = job_of(name, image)
    flasher.program(job)
    calls = fakes.calls(PROGRAMS[name])
    assert calls
    if name != "jlink":  # its script lies in a folder of its own
        assert [shlex.split(x) for x in flasher.plan(job)] == [[PROGRAMS[name], *c] for c in calls]


def test_the_exact_commands(image: Path) -> None:
    def plan(name: str, probe: str | None = None) -> str:
        flasher, job = job_of(name, image, probe)
        return "\n".join(flasher.plan(job)).replace(str(image.with_suffix("")), "X")

    address = f"0x{roomiest().soc.memory('flash').origin:08x}"
    assert plan("openocd", "066A") == (
        "openocd -f interface/stlink.cfg -c 'adapter serial 066A' -f target/some.cfg "
        "-c 'program {X.elf} verify reset exit'"
    )
    assert plan("pyocd", "77") == "pyocd load --no-wait --target some_chip --uid 77 'X.elf'"
    assert plan("st_flash", "66") == f"st-flash --reset --serial 66 write 'X.bin' {address}"
    assert plan("dfu_util", "55") == (
        f"dfu-util --alt 0 --device 0483:df11 --serial 55 --dfuse-address {address}:leave "
        "--download 'X.bin'"
    )
    assert plan("bossac") == (
        "bossac --port /dev/ttyACM3 --offset 0x10000 --erase --write --verify --reset 'X.bin'"
    )
    assert plan("esptool") == (
        "esptool --chip esp32c3 elf2image --use-segments --output 'X.esp.bin' 'X.elf'\n"
        "esptool --chip esp32c3 --port /dev/ttyACM3 write-flash 0x0 'X.esp.bin'"
    )
    assert plan("jlink", "1234").splitlines()[0] == (
        "JLinkExe -NoGui 1 -ExitOnError 1 -SelectEmuBySN 1234 -device SOME_CHIP -if SWD "
        "-speed 4000 -CommanderScript SCRIPT"
    )
    assert "SCRIPT: loadfile" in plan("jlink")
    assert plan("gdb_remote") == (
        "gdb-multiarch -nx -batch -ex 'target remote localhost:3333' -ex load "
        "-ex compare-sections -ex 'monitor system_reset' -ex detach 'X.elf'"
    )


@pytest.mark.parametrize(("name", "says", "code", "read"), FAILURES)
def test_failures_in_the_users_words(
    name: str, says: str, code: int, read: str, image: Path, fakes: Fakes
) -> None:
    fakes.add(PROGRAMS[name], says, code)
    flasher, job = job_of(name, image)
    with pytest.raises(DeviceError, match=read) as caught:
        flasher.program(job)
    assert caught.value.hint
    assert "{" not in caught.value.message


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_not_known_shows_the_end_of_the_output(
    name: str, image: Path, fakes: Fakes
) -> None:
    fakes.add(PROGRAMS[name], "something new\n", 9)
    flasher, job = job_of(name, image)
    with pytest.raises(ToolError, match="failed with exit code 9") as caught:
        flasher.program(job)
    assert "something new" in caught.value.hint


@pytest.mark.parametrize("name", [n for n in SETTINGS if n != "pyocd"])
def test_an_end_without_success_is_none(name: str, image: Path, fakes: Fakes) -> None:
    """Some tools end with 0 whatever happened."""
    fakes.add(PROGRAMS[name], "done?\n", 0)
    flasher, job = job_of(name, image)
    with pytest.raises(EdgekitError):
        flasher.program(job)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_tool_is_answered_with_how_to_install_it(
    name: str, image: Path, fakes: Fakes
) -> None:
    flasher, job = job_of(name, image)
    with pytest.raises(ToolError, match=f"{PROGRAMS[name]} was not found") as caught:
        flasher.program(job)
    assert "install" in caught.value.hint


def test_an_unknown_probe_is_named(image: Path, fakes: Fakes) -> None:
    fakes.add("st-flash", "WARN usb.c: Couldn't find any ST-Link devices\n", 255)
    flasher, job = job_of("st_flash", image, probe="0042")
    with pytest.raises(DeviceError, match="serial number 0042"):
        flasher.program(job)


def test_a_board_without_a_programmer_says_what_to_add(image: Path) -> None:
    target = replace(roomiest(), board=replace(roomiest().board, flashers=()))
    with pytest.raises(InputError, match="does not say how it is programmed") as caught:
        flashers.prepare(image, target)
    assert "openocd" in caught.value.hint


def test_unknown_and_unprepared_programmers(image: Path) -> None:
    target = replace(roomiest(), board=replace(roomiest().board, flashers=(FlasherSpec("uf2"),)))
    with pytest.raises(InputError, match="openocd"):
        flashers.prepare(image, target, name="openodc")
    with pytest.raises(InputError, match=r"\[flash.openocd\] lacks configs"):
        flashers.prepare(image, target, name="openocd")


@pytest.mark.parametrize(("name", "what"), [("bossac", "--port"), ("gdb_remote", "--probe")])
def test_what_needs_an_address_says_so(name: str, what: str, image: Path) -> None:
    flasher, job = job_of(name, image)
    with pytest.raises(InputError) as caught:
        flasher.program(replace(job, port=None, probe=None))
    assert what in caught.value.hint
